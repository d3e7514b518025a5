"""Several annotators of a text → one label a sentence, by one rule for each case, with the counts of each.

- The label is the one that most annotators gave; at a tie, the first by the guidelines' questions.
- An annotator who left a sentence unmarked while others marked it has no vote on it: those who marked it decide.
- An annotator has one vote a sentence: where one gave two labels, the first by the questions; where one labelled a text
  twice, both times are put together. Passes without a name count as an annotator each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from claimclf.articles import Sentence
from claimclf.errors import Problem
from claimclf.labels import LABELS, Label, did_you_mean
from claimclf.projection import QUESTIONS

MAJORITY, SOFT = "majority", "soft"
_LISTED = 20  # annotators named in an error
_SEVERAL, _UNLIKE, _TIES, _SOME = "labelled by several", "not alike", "ties", "unmarked by some"


@dataclass(frozen=True)
class Together:
    """The sentences of a text with their labels, who gave which (named annotators alone), and counts for `note`."""

    sentences: tuple[Sentence, ...]
    ratings: tuple[Mapping[str, Label], ...]
    counts: Counter[str]


def together(passes: Sequence[tuple[str, tuple[Sentence, ...]]], soft: bool = False) -> Together:
    """What annotators (name, sentences of a text as this one labelled them) say together; there is one at least.

    What only the others gave is `also`; where `soft`, each sentence keeps the votes.

    Raises:
        ValueError: they labelled different stretches of the text.
    """
    said = [(name, sentences) for name, sentences in passes if any(s.label is not None for s in sentences)]
    if len({tuple(s.span for s in sentences) for _, sentences in said}) > 1:
        raise ValueError("some annotators labelled the whole text, others parts of it; export them apart")
    names = [name for name, _ in said]
    counts: Counter[str] = Counter()
    found, ratings = [], []
    for row in zip(*(sentences for _, sentences in said), strict=True) if said else zip(passes[0][1], strict=True):
        votes = Counter(s.label for s in row if s.label is not None)
        found.append(_sentence(row, votes, soft))
        if votes:
            counts += _counts(votes, len(passes))
        given = {name: s.label for name, s in zip(names, row, strict=False) if name and s.label is not None}
        ratings += [given] if len(given) > 1 else []
    return Together(tuple(found), tuple(ratings), counts)


def _sentence(row: Sequence[Sentence], votes: Counter[Label], soft: bool) -> Sentence:
    if not votes:
        return Sentence(row[0].span, None)
    label = min(votes, key=lambda label: (-votes[label], QUESTIONS.index(label)))
    others = {label for s in row for label in (s.label, *s.also) if label is not None} - {label}
    also = tuple(label for label in LABELS if label in others)
    return Sentence(row[0].span, label, also, votes=tuple(votes[label] for label in LABELS) if soft else ())


def _counts(votes: Counter[Label], annotators: int) -> Counter[str]:
    several, top = votes.total() > 1, max(votes.values())
    return Counter(
        {
            _SEVERAL: int(several),
            _UNLIKE: int(len(votes) > 1),
            _TIES: int(list(votes.values()).count(top) > 1),
            _SOME: int(votes.total() < annotators),
        }
    )


def note(counts: Counter[str]) -> str:
    """The counts as one line.

    >>> note(Counter())
    '0 sentences labelled by two or more, 0 of them not alike, 0 ties, 0 unmarked by some, for whom others decide'
    """
    return (
        f"{counts[_SEVERAL]:,} sentences labelled by two or more, {counts[_UNLIKE]:,} of them not alike, "
        f"{counts[_TIES]:,} ties, {counts[_SOME]:,} unmarked by some, for whom others decide"
    )


def unknown(wanted: str | None, texts: Mapping[str, int]) -> tuple[Problem, ...]:
    """The problem that an annotator is not among those of the data (name → number of texts), with who is there."""
    if wanted is None or wanted in texts:
        return ()
    there = [f"{name or '(without a name)'} ({texts[name]:,})" for name in sorted(texts, key=lambda n: (-texts[n], n))]
    more = [f"{len(there) - _LISTED:,} more"] if len(there) > _LISTED else []
    shown = ", ".join([*there[:_LISTED], *more]) or "nobody"
    found = f"no annotator {wanted!r}; who labelled texts here (how many): {shown}"
    hint = did_you_mean(wanted, [MAJORITY, SOFT, *filter(None, texts)])
    return (Problem("--annotators", found, hint if hint.startswith("did") else f"or {MAJORITY}, or {SOFT}"),)
