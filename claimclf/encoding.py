"""Sentences and their neighbours → token windows, and token spans → characters. The only home of context.

A window holds whole sentences: those it decides (its targets), and some before and after them as context. Every
sentence is a target of exactly one window; one longer than a window is a target of several, a piece in each, and
nothing of it is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from claimclf.articles import Span

CONTEXT = -1  # the sentence id of a token that belongs to no target


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How windows are cut: `max_tokens` with special tokens, `context` sentences on each side at most.

    >>> WindowSettings(max_tokens=128, context=1).to_dict()
    {'max_tokens': 128, 'context': 1}

    Raises:
        ValueError: a setting is out of range.
    """

    max_tokens: int = 128
    context: int = 1

    def __post_init__(self) -> None:
        if self.max_tokens < 8 or self.context < 0:
            raise ValueError(f"windows need max_tokens >= 8 and context >= 0, not {self}")

    def to_dict(self) -> dict[str, int]:
        """The settings as they are saved with a model."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids with special tokens, and for each token the index of the target it belongs to (`CONTEXT` for others).

    `offsets` are the tokens' code points in the article, (0, 0) for special tokens; `neighbour_ids` the index of the
    sentence that a token of context belongs to, `CONTEXT` for all others. All four are of one length.
    """

    input_ids: list[int]
    sentence_ids: list[int]
    offsets: list[tuple[int, int]]
    neighbour_ids: list[int]


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    offsets: list[tuple[int, int]]


class Encoder:
    """Cuts an article into `Window`s with a `tokenizers.Tokenizer`.

    >>> encoder = Encoder(tokenizer, WindowSettings())                    # doctest: +SKIP
    >>> windows = encoder.windows("It rained. It may stop.", [Span(0, 10), Span(11, 23)])   # doctest: +SKIP
    """

    def __init__(self, tokenizer: Tokenizer, settings: WindowSettings) -> None:
        # a clone, since truncation and padding are state that other users of the tokenizer may rely on
        self._tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.settings = settings
        probe = self._tokenizer.encode("a")
        inside = [i for i, special in enumerate(probe.special_tokens_mask) if not special]
        self._before = probe.ids[: inside[0]]
        self._after = probe.ids[inside[-1] + 1 :]
        self._budget = settings.max_tokens - len(self._before) - len(self._after)

    def windows(self, text: str, sentences: Sequence[Span]) -> list[Window]:
        """The windows of an article, in order; `sentence_ids` are indexes into `sentences`."""
        tokens = self._tokens(text, sentences)
        lengths = [len(t.ids) for t in tokens]
        windows: list[Window] = []
        for low, start, end, high in _cut(lengths, self._budget, self.settings.context):
            if lengths[start] > self._budget:
                windows += self._pieces(start, tokens[start])
            else:
                windows.append(self._assemble([(i, tokens[i]) for i in range(low, high)], range(start, end)))
        return windows

    def _tokens(self, text: str, sentences: Sequence[Span]) -> list[_Tokens]:
        # A space in front of all but the first word of the text: byte-level vocabularies know words by it.
        view = no_surrogates(text)
        pieces = [(" " if span.start else "") + span.of(view) for span in sentences]
        encoded = self._tokenizer.encode_batch(pieces, add_special_tokens=False)
        tokens = []
        for span, encoding in zip(sentences, encoded, strict=True):
            shift = span.start - (1 if span.start else 0)
            offsets = [(max(span.start, a + shift), b + shift) for a, b in encoding.offsets]
            tokens.append(_Tokens(encoding.ids, offsets))
        return tokens

    def _pieces(self, index: int, tokens: _Tokens) -> Iterator[Window]:
        count = -(-len(tokens.ids) // self._budget)
        edges = [len(tokens.ids) * i // count for i in range(count + 1)]
        for a, b in pairwise(edges):
            yield self._assemble([(index, _Tokens(tokens.ids[a:b], tokens.offsets[a:b]))], range(index, index + 1))

    def _assemble(self, parts: list[tuple[int, _Tokens]], targets: range) -> Window:
        ids, offsets = list(self._before), [(0, 0)] * len(self._before)
        own, neighbours = [CONTEXT] * len(self._before), [CONTEXT] * len(self._before)
        for owner, tokens in parts:
            ids += tokens.ids
            offsets += tokens.offsets
            named, unnamed = [owner] * len(tokens.ids), [CONTEXT] * len(tokens.ids)
            own += named if owner in targets else unnamed
            neighbours += unnamed if owner in targets else named
        after = [CONTEXT] * len(self._after)
        ids += self._after
        offsets += [(0, 0)] * len(self._after)
        own += after
        neighbours += after
        return Window(ids, own, offsets, neighbours)


def _cut(lengths: list[int], budget: int, context: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (low, start, end, high): targets `start:end`, context `low:start` and `end:high`.

    Targets are taken greedily; then the last of them are given back, to be context here and targets of the next.
    """
    start = 0
    while start < len(lengths):
        low, used = start, lengths[start]
        while low > 0 and start - low < context and used + lengths[low - 1] <= budget:
            low -= 1
            used += lengths[low]
        end = start + 1
        while end < len(lengths) and used + lengths[end] <= budget:
            used += lengths[end]
            end += 1
        high = end
        if end < len(lengths):
            end = max(start + 1, end - context)
            used -= sum(lengths[end:high])
            high = end
            while high < len(lengths) and high - end < context and used + lengths[high] <= budget:
                used += lengths[high]
                high += 1
        yield low, start, end, high
        start = end


def no_surrogates(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which no tokenizer takes; the length stays."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def pad(windows: Sequence[Window], pad_id: int, step: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Input ids and attention mask of a batch, both (windows, longest), rounded up to a multiple of `step`."""
    longest = max(len(w.input_ids) for w in windows)
    longest += -longest % step
    ids = np.full((len(windows), longest), pad_id, dtype=np.int64)
    mask = np.zeros((len(windows), longest), dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.input_ids)] = window.input_ids
        mask[row, : len(window.input_ids)] = 1
    return ids, mask


def sentence_means(
    windows: Sequence[Window], token_logits: Sequence[NDArray[np.float32]], sentences: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The mean of each sentence's token logits, (sentences, labels), and its number of tokens, (sentences,).

    `token_logits` has one array of shape (tokens, labels) a window. A sentence without any token has zeros.
    """
    labels = token_logits[0].shape[1] if token_logits else 0
    sums = np.zeros((sentences, labels), dtype=np.float64)
    counts = np.zeros(sentences, dtype=np.int64)
    for window, logits in zip(windows, token_logits, strict=True):
        owners = np.asarray(window.sentence_ids)
        inside = owners != CONTEXT
        np.add.at(sums, owners[inside], logits[: len(owners)][inside])
        np.add.at(counts, owners[inside], 1)
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32), counts
