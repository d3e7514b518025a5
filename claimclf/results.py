"""Windows and their token logits → the status of each sentence, with the words that decided."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Span
from claimclf.checkpoint import Checkpoint
from claimclf.cues import deciding_words
from claimclf.encoding import Window, sentence_means
from claimclf.evaluation.conformal import Conformal
from claimclf.labels import LABELS
from claimclf.predictions import SentencePrediction

_Token = tuple[tuple[int, int], NDArray[np.float32]]


def sentence_predictions(
    text: str,
    spans: Sequence[Span],
    windows: Sequence[Window],
    tokens: Sequence[NDArray[np.float32]],
    checkpoint: Checkpoint,
    thresholds: NDArray[np.float64] | None = None,
    abstain_below: float = 0.0,
) -> tuple[SentencePrediction, ...]:
    """The sentences at `spans` of an article, from its `windows` and the logits (tokens, labels) of each.

    `thresholds` (labels,) make label sets; without them there are none.
    """
    if not spans:
        return ()
    logits, _ = sentence_means(windows, tokens, len(spans))
    probabilities = checkpoint.calibration.probabilities(logits)
    parts: list[list[_Token]] = [[] for _ in spans]
    read_in = [0] * len(spans)
    for window, rows in zip(windows, tokens, strict=True):
        for owner, offsets, row in zip(window.sentence_ids, window.offsets, rows, strict=True):
            if owner >= 0:
                parts[owner].append((offsets, row))
        for owner in set(window.sentence_ids) - {-1}:
            read_in[owner] += 1
    return tuple(
        _result(text, span, probabilities[i], parts[i], max(1, read_in[i]), checkpoint, thresholds, abstain_below)
        for i, span in enumerate(spans)
    )


def _result(
    text: str,
    span: Span,
    probabilities: NDArray[np.floating],
    tokens: Sequence[_Token],
    windows: int,
    checkpoint: Checkpoint,
    thresholds: NDArray[np.float64] | None,
    abstain_below: float,
) -> SentencePrediction:
    order = np.argsort(-probabilities, kind="stable")
    best, second = int(order[0]), int(order[1])
    scaled = checkpoint.calibration.scaled(np.array([row for _, row in tokens]).reshape(-1, len(LABELS)))
    shares = [(at, float(row[best] - row[second])) for (at, _), row in zip(tokens, scaled, strict=True)]
    by_label = {label: float(p) for label, p in zip(LABELS, probabilities, strict=True)}
    return SentencePrediction(
        span.start,
        span.end,
        span.of(text),
        LABELS[best],
        by_label[LABELS[best]],
        MappingProxyType(by_label),
        deciding_words(text, span, shares),
        windows,
        None if thresholds is None else Conformal.label_set(probabilities, thresholds),
        by_label[LABELS[best]] < abstain_below,
    )
