"""The model that a command was told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimclf.errors import ConfigError, InputError

if TYPE_CHECKING:
    from claimclf.predict import ClaimClassifier


def load_model(model: str, **settings: Any) -> ClaimClassifier:
    """`ClaimClassifier.load`, whose settings are options here.

    Raises:
        ConfigError: a setting is none that there is, or out of range.
        ModelError: there is no such model, or a damaged one.
    """
    from claimclf.predict import ClaimClassifier

    try:
        return ClaimClassifier.load(model, **settings)
    except InputError as error:
        raise ConfigError(str(error)) from error
