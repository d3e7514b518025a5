"""Windows and their token logits → the status of each sentence, with the words that decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Span
from claimclf.checkpoint import Checkpoint
from claimclf.cues import deciding_words
from claimclf.encoding import Window, sentence_means
from claimclf.evaluation.conformal import Conformal
from claimclf.labels import LABELS
from claimclf.predictions import SentencePrediction


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
    ranked = np.argsort(-probabilities, axis=1, kind="stable")
    owners = np.concatenate([window.sentence_ids for window in windows])
    scaled, rows = checkpoint.calibration.scaled(np.concatenate(tokens)), np.arange(len(owners))
    margins = scaled[rows, ranked[owners, 0]] - scaled[rows, ranked[owners, 1]]  # of tokens of none: never looked at
    shares = list(zip((at for window in windows for at in window.offsets), margins.tolist(), strict=True))
    order = np.argsort(owners, kind="stable")
    edges = np.searchsorted(owners[order], np.arange(len(spans) + 1)).tolist()
    read_in = np.bincount([i for window in windows for i in set(window.sentence_ids) - {-1}], minlength=len(spans))
    found = []
    for i, span in enumerate(spans):
        own = [shares[place] for place in order[edges[i] : edges[i + 1]].tolist()]
        read = max(1, int(read_in[i]))
        found.append(_result(text, span, probabilities[i], own, read, thresholds, abstain_below))
    return tuple(found)


def _result(
    text: str,
    span: Span,
    probabilities: NDArray[np.floating],
    shares: Sequence[tuple[tuple[int, int], float]],
    windows: int,
    thresholds: NDArray[np.float64] | None,
    abstain_below: float,
) -> SentencePrediction:
    by_label = dict(zip(LABELS, probabilities.tolist(), strict=True))
    label = max(LABELS, key=by_label.__getitem__)
    return SentencePrediction(
        span.start,
        span.end,
        span.of(text),
        label,
        by_label[label],
        by_label,
        deciding_words(text, span, shares),
        windows,
        None if thresholds is None else Conformal.label_set(probabilities, thresholds),
        by_label[label] < abstain_below,
    )
