"""What a tool's own format has no place for, in one object beside the text: tools keep keys that they do not know.

    {"claimclf": {"id": "a1", "story": "bridge", "unit": "utf16", "sentences": [[0, 41], [43, 80]]}}

`sentences` are offsets in code points; `unit`, where it is given, is what the tool counts in its own marks. With them a
text comes back in the sentences that it went out with, whoever split it. `model`, where there is one, says that the
labels are this model's: a file that no one has worked on since is then not read as gold data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claimclf.articles import Article, Span
from claimclf.labels import Label
from claimclf.offsets import UNITS, Unit
from claimclf.projection import QUESTIONS

KEY = "claimclf"


@dataclass(frozen=True, slots=True)
class Carried:
    """What came back with a text; empty where another program wrote it, and `sentences` is then None.

    >>> Carried.of({"claimclf": {"id": "a1", "sentences": [[0, 10]]}}).sentences
    (Span(start=0, end=10),)
    """

    id: str = ""
    story: str = ""
    model: str = ""
    sentences: tuple[Span, ...] | None = None
    unit: Unit | None = None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Carried:
        """What a record carries.

        Raises:
            ValueError: it carries something else under our name.
        """
        kept = record.get(KEY)
        if kept is None:
            return cls()
        if not isinstance(kept, dict) or not isinstance(kept.get("sentences"), list):
            raise ValueError(f"its {KEY!r} has no list of sentences")
        names = {name: kept.get(name, "") for name in ("id", "story", "model")}
        pairs = kept["sentences"]
        whole = all(isinstance(pair, list) and len(pair) == 2 and all(type(x) is int for x in pair) for pair in pairs)
        if not whole or not all(isinstance(name, str) for name in names.values()):
            raise ValueError(f"its {KEY!r} is damaged")
        unit = next((unit for unit in UNITS if unit == kept.get("unit")), None)
        if unit is None and "unit" in kept:
            raise ValueError(f"its {KEY!r} counts in {str(kept['unit'])[:40]!r}, which is no unit")
        return cls(**names, sentences=tuple(Span(*pair) for pair in pairs), unit=unit)


def carried(article: Article, model: str = "", unit: Unit | None = None) -> dict[str, Any]:
    """What is put beside an article's text.

    >>> carried(Article("a", "It rained.", ()))
    {'claimclf': {'id': 'a', 'story': 'a', 'sentences': []}}
    """
    kept: dict[str, Any] = {"id": article.id, "story": article.story}
    kept |= {"model": model} if model else {}
    kept |= {"unit": unit} if unit else {}
    return {KEY: {**kept, "sentences": [list(pair) for pair in article.boundaries]}}


def marks(article: Article) -> list[tuple[Span, tuple[Label, ...]]]:
    """The labels of each labelled sentence on exactly its span: its own, and of `also` those that reading puts second.

    >>> from claimclf.articles import Sentence
    >>> marks(Article("a", "It may.", (Sentence(Span(0, 7), Label.SPECULATION, (Label.UNVERIFIED_CLAIM,)),)))[0][1]
    (<Label.SPECULATION: 'speculation'>, <Label.UNVERIFIED_CLAIM: 'unverified_claim'>)
    """
    found = []
    for sentence in article.sentences:
        if sentence.label is None:
            continue
        later = QUESTIONS[QUESTIONS.index(sentence.label) + 1 :]
        found.append((sentence.span, (sentence.label, *(label for label in later if label in sentence.also))))
    return found


def fields(article: Article, taken: Sequence[str] = ()) -> dict[str, str]:
    """The article's fields, without empty ones and those whose name the format needs (`taken`)."""
    return {name: value for name, value in article.fields.items() if value and name not in (*taken, KEY)}


def lost(articles: Sequence[Article], taken: Sequence[str] = ()) -> tuple[str, ...]:
    """A line for each kind of thing that marks, `carried` and `fields` leave out, with its count."""
    counts: Counter[str] = Counter()
    for article in articles:
        written = sum(len(labels) - 1 for _, labels in marks(article))
        counts["`also` that would be read as the label itself"] += sum(len(s.also) for s in article.sentences) - written
        counts["votes of annotators"] += sum(sum(s.votes) for s in article.sentences)
        counts["cues"] += sum(len(s.cues) for s in article.sentences)
        counts["sources"] += sum(len(s.sources) for s in article.sentences)
        counts["headlines as such (they are read as sentences of the body)"] += sum(
            s.part == "title" for s in article.sentences
        )
        counts["fields whose name the format needs, or without a value"] += len(article.fields) - len(
            fields(article, taken)
        )
    return tuple(f"{what}: {count:,}" for what, count in counts.items() if count)
