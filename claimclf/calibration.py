"""Confidence that means what it says: temperature or vector scaling, fitted on validation sentences.

Source: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017. One temperature
for all labels never changes which one is the likeliest; vector scaling can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import needs_extra
from claimclf.labels import LABELS

Floats = NDArray[np.floating]
_FOLDS, _FEWEST_ARTICLES = 5, 20


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis, in float64."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logits are divided by `temperature`; with vector scaling each label's is then multiplied and shifted by its own.

    >>> Calibration(2.0).probabilities(np.array([[2.0, 0.0]])).round(2).tolist()
    [[0.73, 0.27]]

    Raises:
        ValueError: a temperature or scale is not above 0, or a number is not finite.
    """

    temperature: float = 1.0
    scale: tuple[float, ...] = ()
    bias: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not all(0 < factor < float("inf") for factor in (self.temperature, *self.scale)):
            raise ValueError(f"a temperature is a number above 0, not {self.temperature}; so is a scale: {self.scale}")
        if len(self.scale) != len(self.bias) or not np.isfinite(self.bias).all():
            raise ValueError(f"vector scaling needs a finite bias for every scale, not {self.bias}")

    def scaled(self, logits: Floats) -> Floats:
        """Logits (..., labels) as they are weighed against each other, before the shift that is the same for all."""
        return logits / self.temperature * (np.array(self.scale) if self.scale else 1.0)

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities of logits of shape (sentences, labels)."""
        return softmax(self.scaled(logits) + (np.array(self.bias) if self.bias else 0.0))

    def shifted(self, bias: Mapping[str, float]) -> Calibration:
        """The same with `bias` added to the logits of the labels it names: above 0, a label is given more readily.

        >>> Calibration(2.0).shifted({"official_denial": 0.3}).bias
        (0.0, 0.0, 0.3, 0.0)
        """
        if not bias:
            return self
        before = zip(LABELS, self.bias or (0.0,) * len(LABELS), strict=True)
        return Calibration(
            self.temperature, self.scale or (1.0,) * len(LABELS), tuple(b + bias.get(label, 0.0) for label, b in before)
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON; without vector scaling, the temperature alone."""
        vector = {"scale": list(self.scale), "bias": list(self.bias)} if self.scale else {}
        return {"temperature": self.temperature, **vector}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Calibration:
        """The inverse of `to_dict`."""
        scale, bias = (tuple(map(float, content.get(key, ()))) for key in ("scale", "bias"))
        return cls(float(content["temperature"]), scale, bias)


def log_loss(probabilities: Floats, labels: NDArray[np.integer]) -> float:
    """The mean negative log-likelihood of the true labels (indexes), in nats."""
    likely = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(likely, np.finfo(np.float64).eps, 1.0)).mean())


def fit(logits: Floats, labels: NDArray[np.integer], articles: NDArray[np.integer] | None = None) -> Calibration:
    """Temperature or vector scaling, whichever has the lower log loss on articles it was not fitted on.

    `logits` is (sentences, labels), `labels` (sentences,) of indexes, `articles` (sentences,) says which sentences
    stand together: in five folds over articles both are compared. Without articles, or with fewer than 20, or where a
    label is missing: the temperature.

    >>> fit(np.array([[9.0, 0.0], [9.0, 0.0], [9.0, 0.0]]), np.array([0, 0, 1])).temperature > 1
    True
    """
    if articles is None or len(np.unique(articles)) < _FEWEST_ARTICLES:
        return fit_temperature(logits, labels)
    _, number = np.unique(articles, return_inverse=True)
    losses = {fit_temperature: 0.0, fit_vector: 0.0}
    for fold in range(_FOLDS):
        held = number % _FOLDS == fold
        if len(np.unique(labels[~held])) < logits.shape[1]:
            return fit_temperature(logits, labels)
        for method in losses:
            losses[method] += log_loss(method(logits[~held], labels[~held]).probabilities(logits[held]), labels[held])
    return min(losses, key=lambda method: losses[method])(logits, labels)


def fit_temperature(logits: Floats, labels: NDArray[np.integer]) -> Calibration:
    """The temperature between 0.05 and 20 with the least log loss on these sentences."""
    with needs_extra("train"):
        from scipy.optimize import minimize_scalar
        from scipy.special import logsumexp
    places = np.arange(len(labels))

    def loss(log_temperature: float) -> float:  # without the clip of `log_loss`, which would make plateaus
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        return float((logsumexp(scaled, axis=1) - scaled[places, labels]).mean())

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return Calibration(float(np.exp(best.x)))


def fit_vector(logits: Floats, labels: NDArray[np.integer]) -> Calibration:
    """A temperature, and a scale and a bias for each label, with the least log loss on these sentences.

    The scales are held to a factor of e around 1 and the biases to 2, by a weak Gaussian prior on both.
    """
    with needs_extra("train"):
        from scipy.optimize import minimize
        from scipy.special import logsumexp
    first, classes, places = fit_temperature(logits, labels), logits.shape[1], np.arange(len(labels))
    base = logits.astype(np.float64) / first.temperature

    def loss(theta: NDArray[np.float64]) -> float:
        scaled = base * np.exp(theta[:classes]) + theta[classes:]
        prior = (theta**2).sum() / (2 * len(labels))
        return float((logsumexp(scaled, axis=1) - scaled[places, labels]).mean() + prior)

    bounds = [(-1.0, 1.0)] * classes + [(-2.0, 2.0)] * classes
    best = minimize(loss, np.zeros(2 * classes), method="L-BFGS-B", bounds=bounds).x
    return Calibration(first.temperature, tuple(np.exp(best[:classes]).tolist()), tuple(best[classes:].tolist()))


def expected_calibration_error(probabilities: Floats, labels: NDArray[np.integer], bins: int = 15) -> float:
    """The gap between confidence and accuracy, over bins of equally many sentences.

    Source: Nixon et al., "Measuring Calibration in Deep Learning", 2019 (adaptive bins, top label).

    >>> expected_calibration_error(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]), bins=1)
    0.5
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    order = np.argsort(confidence, kind="stable")
    gaps = [
        len(part) * abs(float(confidence[part].mean()) - float(right[part].mean()))
        for part in np.array_split(order, min(bins, len(order)))
        if len(part)
    ]
    return float(sum(gaps) / len(order))
