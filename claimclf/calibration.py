"""Confidence that means what it says: temperature scaling, fitted on validation sentences.

Source: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017. One temperature
for all classes never changes which label is the likeliest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import needs_extra

Floats = NDArray[np.floating]


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis, in float64."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logits are divided by `temperature` before the softmax; 1 leaves them as they are.

    >>> Calibration(2.0).probabilities(np.array([[2.0, 0.0]])).round(2).tolist()
    [[0.73, 0.27]]

    Raises:
        ValueError: the temperature is not above 0, or not finite.
    """

    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.temperature < float("inf"):
            raise ValueError(f"a temperature is a number above 0, not {self.temperature}")

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities of logits of shape (sentences, labels)."""
        return softmax(logits / self.temperature)


def log_loss(probabilities: Floats, labels: NDArray[np.integer]) -> float:
    """The mean negative log-likelihood of the true labels (indexes), in nats."""
    likely = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(likely, 1e-12, 1.0)).mean())


def fit(logits: Floats, labels: NDArray[np.integer]) -> Calibration:
    """The temperature between 0.05 and 20 with the least log loss on these sentences.

    `logits` is (sentences, labels), `labels` (sentences,) of indexes.

    >>> fit(np.array([[9.0, 0.0], [9.0, 0.0], [9.0, 0.0]]), np.array([0, 0, 1])).temperature > 1
    True
    """
    with needs_extra("train"):
        from scipy.optimize import minimize_scalar
        from scipy.special import logsumexp
    places = np.arange(len(labels))

    def loss(log_temperature: float) -> float:  # without the clip of `log_loss`, which would make plateaus
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        return float((logsumexp(scaled, axis=1) - scaled[places, labels]).mean())

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return Calibration(float(np.exp(best.x)))


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
