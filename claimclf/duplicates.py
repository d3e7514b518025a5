"""Sentences and articles that stand twice: with different labels, or in two splits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from claimclf.articles import Article, Sentence
from claimclf.splits import similar

Kind = Literal["labels differ", "same id", "same story", "article in two splits", "sentence in two splits"]
_WORDS = 5  # shorter sentences ("He denied it.") stand in many articles, and take their label from what is around
_RUN = 3  # words
_SENTENCES, _ARTICLES = 0.6, 0.5  # similarity from which they are near-duplicates; that of articles as in `splits`
_COMPARED = 50  # candidates a sentence: sentences made by one template are all alike


@dataclass(frozen=True, slots=True)
class Place:
    """An article (`sentence` is None) or one of its sentences, and the split that it is in ("" where there is none)."""

    article: Article
    sentence: Sentence | None = None
    split: str = ""

    @property
    def text(self) -> str:
        """The sentence, or the article's first line."""
        return self.sentence.span.of(self.article.text) if self.sentence else self.article.text.partition("\n")[0]

    def to_dict(self) -> dict[str, Any]:
        """The place as plain JSON."""
        place: dict[str, Any] = {"where": self.article.where, "article": self.article.id}
        if self.sentence:
            place |= {"start": self.sentence.span.start, "end": self.sentence.span.end, "text": self.text}
            place |= {"given": str(self.sentence.label)}
        return place | ({"split": self.split} if self.split else {})

    def __str__(self) -> str:
        at = f":{self.sentence.span.start}" if self.sentence else ""
        label = f" {self.sentence.label}" if self.sentence else ""
        return f"{self.article.id}{at}{f' in {self.split}' if self.split else ''}{label}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places that are alike, and why that is told; `similarity` is Jaccard's, of word runs."""

    kind: Kind
    first: Place
    second: Place
    similarity: float

    def to_dict(self) -> dict[str, Any]:
        """The pair as plain JSON."""
        both = {"first": self.first.to_dict(), "second": self.second.to_dict()}
        return {"kind": self.kind, "similarity": self.similarity, **both}


def pairs(splits: Mapping[str, Sequence[Article]]) -> tuple[Pair, ...]:
    """Near-duplicate sentences with different labels, and what stands in more than one of the splits.

    One split, of any name, is searched for differing labels alone. Of sentences, those with a label and five words or
    more are compared; a label that the other sentence has in `also` is no different one.

    >>> pairs({"": []})
    ()

    Raises:
        MissingExtraError: datasketch is not installed.
    """
    several = len(splits) > 1
    articles = [Place(a, None, name if several else "") for name, part in splits.items() for a in part]
    found = list(_articles(articles)) if several else []
    apart = {frozenset((id(p.first.article), id(p.second.article))) for p in found}
    for first, second, similarity in _sentences(articles):
        if _differ(first, second):
            found.append(Pair("labels differ", first, second, similarity))
        if first.split != second.split and frozenset((id(first.article), id(second.article))) not in apart:
            found.append(Pair("sentence in two splits", first, second, similarity))
    return tuple(sorted(found, key=lambda pair: (pair.kind, -pair.similarity)))


def _articles(places: Sequence[Place]) -> Iterator[Pair]:
    """Articles of different splits that belong together; each pair once, for the plainest reason."""
    told = set()
    splits = {place.split for place in places}
    for kind, key in (("same id", "id"), ("same story", "story")):
        first: dict[tuple[str, str], Place] = {}
        for place in places:
            name = getattr(place.article, key)
            for split in splits - {place.split}:
                other = first.get((name, split))
                if other and (pair := frozenset((id(place.article), id(other.article)))) not in told:
                    told.add(pair)
                    yield Pair(kind, other, place, 1.0)  # type: ignore[arg-type]
            first.setdefault((name, place.split), place)
    for i, j, similarity in similar([place.article.text for place in places], _ARTICLES):
        one, two = places[i], places[j]
        if one.split != two.split and frozenset((id(one.article), id(two.article))) not in told:
            yield Pair("article in two splits", one, two, similarity)


def _sentences(articles: Sequence[Place]) -> Iterator[tuple[Place, Place, float]]:
    """Pairs of labelled sentences that are near-duplicates and differ in label or split."""
    groups: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for place in articles:
        for sentence in place.article.labelled:
            words = tuple(re.findall(r"\w+", sentence.span.of(place.article.text).lower()))
            if len(words) >= _WORDS:
                groups[words].append(Place(place.article, sentence, place.split))
    for first, *others in groups.values():
        yield from ((first, other, 1.0) for other in others)
    kinds = [list({(p.sentence and p.sentence.label, p.split): p for p in group}.values()) for group in groups.values()]
    for i, j, similarity in similar([" ".join(words) for words in groups], _SENTENCES, _RUN, _COMPARED):
        yield from ((one, two, similarity) for one, two in product(kinds[i], kinds[j]))


def _differ(first: Place, second: Place) -> bool:
    assert first.sentence and second.sentence
    one, two = first.sentence, second.sentence
    return one.label != two.label and one.label not in two.also and two.label not in one.also
