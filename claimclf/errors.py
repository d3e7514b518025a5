"""Every error claimclf raises on purpose. Each says where, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


class ClaimclfError(Exception):
    """Parent of all errors below; catch this to catch them all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the data: `where` is file:line or an article id.

    >>> str(Problem("a.article:3", "unknown label 'denail'", "did you mean 'official_denial'?"))
    "a.article:3: unknown label 'denail'; did you mean 'official_denial'?"
    """

    where: str
    found: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.found}" + (f"; {self.hint}" if self.hint else "")


class DataError(ClaimclfError):
    """Annotated data that cannot be used as it stands, with all its problems at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class MissingTextsError(DataError):
    """Stand-off labels whose texts are not on this machine."""


class ConfigError(ClaimclfError):
    """A setting that is unknown, mistyped or out of range; all of a configuration's at once."""


class ModelError(ClaimclfError):
    """A model that cannot be found, loaded or exported."""


class InputError(ClaimclfError):
    """Text or sentence boundaries that cannot be classified."""


class MissingExtraError(ClaimclfError, ImportError):
    """A package that an optional extra brings is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"the package {package!r} is needed for this: pip install 'claimclf[{extra}]'")


def exit_code(error: ClaimclfError | OSError) -> int:
    """What the command and the scripts end with: 2 for settings, 3 for data and input, 4 for all else.

    >>> exit_code(ConfigError("epochs: -1 is no number of epochs"))
    2
    """
    if isinstance(error, ConfigError):
        return 2
    return 3 if isinstance(error, (DataError, InputError)) else 4


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Turn a failed import of a package into an error that names the pip command of `extra`.

    >>> with needs_extra("train"):
    ...     import json
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or str(error)).partition(".")[0]
        if package == "claimclf":
            raise
        raise MissingExtraError(package, extra) from error
