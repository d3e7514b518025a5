"""Parts of the data to score by themselves: by any field, or by what a sentence is like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from claimclf.articles import Article, Sentence
from claimclf.errors import ConfigError
from claimclf.labels import did_you_mean

Slicer = Callable[[Article, int, Sentence], str]
BUILT_IN = ("part", "quote", "length", "position", "cue")
_QUOTES = frozenset('"“”«»')
_LONG, _SHORT = 30, 15  # words
_CUES = re.compile(
    r"\b(said|says?|saying|told|tells|according to|claim(s|ed|ing)?|alleg\w+|reported(ly)?|accus\w+|insist\w*|"
    r"argu(es?|ed)|warn(s|ed)?|believ\w+|thinks?|thought|quoted|den(y|ies|ied|ying|ial)|reject\w*|dismiss\w*|disput\w+|"
    r"refut\w+|may|might|could|would|likely|possibl[ey]|perhaps|expect\w*|fear\w*|suspect\w*|appear(s|ed)? to|seems?|"
    r"unclear|if|whether|forecast\w*|predict\w*)\b",
    re.IGNORECASE,
)


def slicer(name: str) -> Slicer:
    """What tells the slice of a sentence, by the slice's name; one that is not built in is a field of the data.

    Built in: `part` (title, body), `quote`, `length` (words), `position` (third of the article), `cue` (whether an
    explicit word of saying, denying or hedging stands in the sentence).

    >>> from claimclf.articles import Span
    >>> sentence = Sentence(Span(0, 12), None)
    >>> slicer("cue")(Article("a", "It may rain.", (sentence,)), 0, sentence)
    'with cue'
    """
    built_in: dict[str, Slicer] = {  # as in BUILT_IN
        "part": lambda article, i, s: s.part,
        "quote": lambda article, i, s: "with quote" if set(s.span.of(article.text)) & _QUOTES else "without",
        "length": lambda article, i, s: _length(len(s.span.of(article.text).split())),
        "position": lambda article, i, s: (
            ("first", "second", "last")[min(2, 3 * i // len(article.sentences))] + " third"
        ),
        "cue": lambda article, i, s: "with cue" if _CUES.search(s.span.of(article.text)) else "without",
    }
    return built_in.get(name, lambda article, i, s: article.fields.get(name, "(none)"))


def check_slices(names: Iterable[str], articles: Iterable[Article]) -> None:
    """See that every name is built in, or a field of some article.

    Raises:
        ConfigError: with all that are neither.
    """
    fields = sorted({key for article in articles for key in article.fields})
    known = [*BUILT_IN, *fields]
    unknown = [f"no article has a field {n!r}; {did_you_mean(n, known)}" for n in names if n not in known]
    if unknown:
        raise ConfigError("\n".join(unknown))


def _length(words: int) -> str:
    if words <= _SHORT:
        return f"up to {_SHORT} words"
    return f"over {_LONG} words" if words > _LONG else f"{_SHORT + 1} to {_LONG} words"
