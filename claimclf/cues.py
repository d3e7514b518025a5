"""The words that decided: a sentence's logit is a mean over tokens, so each word has an exact share of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from claimclf.articles import Span

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_MOST = 3  # spans
_ENOUGH = 0.5  # of the largest share


def deciding_words(text: str, sentence: Span, shares: Sequence[tuple[tuple[int, int], float]]) -> tuple[Span, ...]:
    """The words with the largest shares in the margin by which the label won, as spans of `text`.

    `shares` has each token's offsets in `text` and its share: its logit for the label less that for the runner-up.
    Words count from half the largest share on, three spans at most, neighbours joined, in order of place.

    >>> deciding_words("It may rain.", Span(0, 12), [((0, 2), .1), ((3, 6), 2.), ((7, 11), .2), ((11, 12), 0.)])
    (Span(start=3, end=6),)
    """
    words = [match.span() for match in _WORD.finditer(text, sentence.start, sentence.end)]
    weights = [0.0] * len(words)
    at = 0
    for (start, end), share in sorted(shares):
        while at < len(words) and words[at][1] <= start:
            at += 1
        if at < len(words) and words[at][0] < end:
            weights[at] += share
    if not words or max(weights) <= 0:
        return ()
    limit = _ENOUGH * max(weights)
    chosen = sorted(sorted(range(len(words)), key=lambda i: -weights[i])[:_MOST])
    spans: list[Span] = []
    last = -2
    for i in chosen:
        if weights[i] < limit:
            continue
        if i == last + 1 and spans:
            spans[-1] = Span(spans[-1].start, words[i][1])
        else:
            spans.append(Span(*words[i]))
        last = i
    return tuple(spans)
