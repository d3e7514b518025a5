"""`Span`, `Sentence` and `Article`: frozen and validated, the currency of everything above.

All offsets are Unicode code points of the article's text, half-open: `text[start:end]`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from types import MappingProxyType
from typing import Literal

from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS, Label

Part = Literal["title", "body"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text, `start` included and `end` not, in code points; never empty.

    >>> Span(4, 7).of("The fox ran.")
    'fox'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"no span of text: start {self.start}, end {self.end}")

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article; `label` is None where annotators left it without one.

    `also` holds other labels that can be defended; `cues` (words that decided the label) and `sources`
    (whom the content is attributed to) are spans in the article, inside the sentence. `votes`, where they are known,
    say how many annotators gave each label, in label order; training learns from them in place of label and `also`.

    >>> Sentence(Span(0, 22), Label.SPECULATION).span.of("It may rain on Sunday. It did.")
    'It may rain on Sunday.'
    """

    span: Span
    label: Label | None
    also: tuple[Label, ...] = ()
    part: Part = "body"
    cues: tuple[Span, ...] = ()
    sources: tuple[Span, ...] = ()
    votes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An annotated article: its text, its sentences in order, and what is known about it.

    `story` groups articles on the same events (its own id where nothing was given): they never fall into
    different splits. `fields` holds the rest: outlet, desk, style, country, licence, as strings.
    `where` is the file:line it was read from.

    >>> article = Article("a1", "It rained.", (Sentence(Span(0, 10), Label.FACTUAL_REPORT),))
    >>> article.story
    'a1'

    Raises:
        DataError: with every sentence that is out of order, overlaps, or leaves the text.
    """

    id: str
    text: str
    sentences: tuple[Sentence, ...]
    story: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))
        object.__setattr__(self, "story", self.story or self.id)
        problems = list(self._problems())
        if problems:
            raise DataError(problems)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Article, (self.id, self.text, self.sentences, self.story, dict(self.fields), self.where)

    def _problems(self) -> Iterator[Problem]:
        where = f"{self.where or self.id}"
        if not self.id:
            yield Problem(where, "an article without an id", "give it one")
        last = 0
        for number, sentence in enumerate(self.sentences, 1):
            place = f"{where}: sentence {number}"
            span = sentence.span
            if span.start < last:
                yield Problem(place, f"starts at {span.start}, before the end of the one before it, {last}")
            if span.end > len(self.text):
                yield Problem(place, f"ends at {span.end}, behind the end of the text, {len(self.text)}")
            elif span.of(self.text) != span.of(self.text).strip():
                yield Problem(place, f"begins or ends with white space: {span.of(self.text)!r}")
            for kind, marks in (("cue", sentence.cues), ("source", sentence.sources)):
                for mark in marks:
                    if not (span.start <= mark.start and mark.end <= span.end):
                        yield Problem(place, f"its {kind} {mark.start}-{mark.end} lies outside it")
            if sentence.label in sentence.also:
                yield Problem(place, f"'also' repeats the label {sentence.label}")
            yield from _vote_problems(place, sentence)
            last = max(last, span.end)

    @property
    def labelled(self) -> tuple[Sentence, ...]:
        """The sentences that have a label."""
        return tuple(sentence for sentence in self.sentences if sentence.label is not None)

    @property
    def boundaries(self) -> list[tuple[int, int]]:
        """Start and end of each sentence in code points, as `ClaimClassifier.article` takes them."""
        return [(sentence.span.start, sentence.span.end) for sentence in self.sentences]


def _vote_problems(place: str, sentence: Sentence) -> Iterator[Problem]:
    votes = sentence.votes
    if not votes:
        return
    if len(votes) != len(LABELS) or any(type(n) is not int or not 0 <= n < 2**31 for n in votes):
        yield Problem(place, f"its votes {votes} are not {len(LABELS)} whole numbers from 0, one a label")
    elif not any(votes):
        yield Problem(place, "its votes are all 0", "leave them out")
    elif sentence.label is None:
        yield Problem(place, f"has votes {votes}, but no label", "give the label that most voted for")


def data_hash(articles: Iterable[Article]) -> str:
    """16 hex digits that tell these articles, with their labels and in this order, from any others.

    >>> data_hash([]) == data_hash([])
    True
    """
    digest = hashlib.sha256()
    for article in articles:
        rows = [_row(sentence) for sentence in article.sentences]
        content = [article.id, article.story, article.text, sorted(article.fields.items()), rows]
        digest.update(json.dumps(content).encode("ascii"))
    return digest.hexdigest()[:16]


def _row(s: Sentence) -> list[object]:
    marks = [[astuple(mark) for mark in marks] for marks in (s.cues, s.sources)]
    row: list[object] = [astuple(s.span), s.label, s.also, s.part, *marks]
    return [*row, s.votes] if s.votes else row  # data without votes keep the hash that they had before there were any
