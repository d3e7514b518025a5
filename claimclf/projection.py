"""Labelled spans of an annotation tool → labels of sentences, by one rule for each case, with the counts of each.

- A span labels every sentence of which it covers at least half (white space aside).
- A span that covers half of no sentence labels the one in which most of it lies.
- Two labels on one sentence: the one that the guidelines' questions reach first (denial, speculation, claim, report) is
  its label, the others are `also`.
- A sentence without a span stays unlabelled. A span in no sentence is an error: what was annotated is never lost.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from claimclf.articles import Sentence, Span
from claimclf.labels import Label
from claimclf.sentences import split

QUESTIONS = (Label.OFFICIAL_DENIAL, Label.SPECULATION, Label.UNVERIFIED_CLAIM, Label.FACTUAL_REPORT)
CASES = ("whole sentence", "part of a sentence", "several sentences", "two labels in a sentence", "unlabelled sentence")


@dataclass(frozen=True)
class Projected:
    """The sentences of a text, and how often each of `CASES` came up."""

    sentences: tuple[Sentence, ...]
    counts: Counter[str]


def project(text: str, labelled: Sequence[tuple[Span, Label]], spans: Sequence[Span] | None = None) -> Projected:
    """Label the sentences of `text` (split here, or at `spans`) by labelled spans.

    `spans` are in order and do not overlap.

    >>> found = project("It rained. It may stop.", [(Span(11, 17), Label.SPECULATION)])
    >>> [str(s.label) for s in found.sentences], found.counts["part of a sentence"]
    (['None', 'speculation'], 1)

    Raises:
        ValueError: a span with words lies in no sentence.
    """
    places = list(spans) if spans is not None else [s for s in split(text) if any(c.isalnum() for c in s.of(text))]
    given: list[list[Label]] = [[] for _ in places]
    counts: Counter[str] = Counter()
    ends = [place.end for place in places]
    sizes = [_letters(text, place, place) for place in places]
    for span, label in labelled:
        first = bisect_right(ends, span.start)
        near = range(first, max(first, bisect_left(places, span.end, key=lambda place: place.start)))
        shared = {i: _letters(text, span, places[i]) for i in near}
        covered = [i for i in near if sizes[i] and 2 * shared[i] >= sizes[i]]
        if not covered and any(shared.values()):
            covered = [max(near, key=lambda i: shared[i])]
        if not covered and any(c.isalnum() for c in span.of(text)):
            raise ValueError(f"{label!s} marks {span.of(text)[:60]!r}, which lies in none of the article's sentences")
        for i in covered:
            given[i].append(label)
        if len(covered) > 1:
            counts["several sentences"] += 1
        elif covered:
            whole = shared[covered[0]] == sizes[covered[0]]
            counts["whole sentence" if whole else "part of a sentence"] += 1
    sentences = []
    for place, labels in zip(places, given, strict=True):
        ordered = [label for label in QUESTIONS if label in labels]
        counts["two labels in a sentence"] += len(ordered) > 1
        counts["unlabelled sentence"] += not ordered
        sentences.append(Sentence(place, ordered[0] if ordered else None, tuple(ordered[1:])))
    return Projected(tuple(sentences), counts)


def _letters(text: str, one: Span, other: Span) -> int:
    start, end = max(one.start, other.start), min(one.end, other.end)
    return sum(not c.isspace() for c in text[start:end]) if start < end else 0
