"""Arrays → logits, behind one Protocol: OpenVINO or ONNX Runtime for exported models, torch for training checkpoints.

Windows of an exported model are computed one by one, or in batches whose rows do not touch each other, as many at once
as there are threads: a prediction does not depend on what else is in a batch, nor on the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article
from claimclf.encoding import Encoder, Window, pad, sentence_means
from claimclf.labels import LABELS


class Runtime(Protocol):
    """What runs a network: token ids in, token logits out.

    `name` is what computes, with its version and precision; `why` says why it was chosen. `batch_tokens` bounds a
    batch, 0 where windows are computed one by one. Windows are padded to a multiple of `step` tokens, and only those of
    one padded length share a batch; where `step` is 0, to the longest of the batch. `threads` is how many batches may
    be computed at once.
    """

    name: str
    why: str
    batch_tokens: int
    step: int
    threads: int

    def logits(self, input_ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (windows, tokens, labels) of ids and attention mask (windows, tokens)."""

    def close(self) -> None:
        """Give memory and threads back."""


def window_logits(runtime: Runtime, windows: Sequence[Window], pad_id: int) -> list[NDArray[np.float32]]:
    """Logits of each window's tokens, (tokens, labels), in order; windows of a batch are alike in length."""
    order = sorted(range(len(windows)), key=lambda i: -len(windows[i].input_ids))
    batches = _batches([len(windows[i].input_ids) for i in order], runtime.batch_tokens, runtime.step)

    def run(batch: range) -> NDArray[np.float32]:
        return runtime.logits(*pad([windows[order[place]] for place in batch], pad_id, runtime.step or 1))

    if runtime.threads > 1 and len(batches) > 1:
        with ThreadPoolExecutor(min(runtime.threads, len(batches))) as pool:
            computed = list(pool.map(run, batches))
    else:
        computed = [run(batch) for batch in batches]
    found = {
        order[place]: logits[row, : len(windows[order[place]].input_ids)]
        for batch, logits in zip(batches, computed, strict=True)
        for row, place in enumerate(batch)
    }
    return [found[i] for i in range(len(windows))]


def _batches(lengths: Sequence[int], tokens: int, step: int) -> list[range]:
    """Cut places of `lengths`, which fall, into batches whose padded size is at most `tokens`.

    With a `step`, a batch has one padded length, and a power of two of windows: shapes are then few.
    """
    batches, at = [], 0
    padded = [n + -n % step for n in lengths] if step else lengths
    while at < len(lengths):
        end = min(at + max(1, tokens // max(1, padded[at])), len(lengths))
        if step:
            while padded[end - 1] < padded[at]:
                end -= 1
            end = at + (1 << ((end - at).bit_length() - 1))
        batches.append(range(at, end))
        at = end
    return batches


def article_logits(
    runtime: Runtime, encoder: Encoder, articles: Sequence[Article], pad_id: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Of all labelled sentences: logits (sentences, labels), label indexes and article numbers (sentences,)."""
    logits, true = [np.zeros((0, len(LABELS)), np.float32)], [np.zeros(0, np.int64)]
    owner = [np.zeros(0, np.int64)]
    for number, article in enumerate(articles):
        if not article.labelled:  # without windows, means have no columns that could be joined to the others
            continue
        windows = encoder.windows(article.text, [s.span for s in article.sentences])
        means, _ = sentence_means(windows, window_logits(runtime, windows, pad_id), len(article.sentences))
        labels = np.array([-1 if s.label is None else s.label.position for s in article.sentences])
        logits.append(means[labels >= 0])
        true.append(labels[labels >= 0])
        owner.append(np.full(len(true[-1]), number))
    return np.concatenate(logits), np.concatenate(true), np.concatenate(owner)
