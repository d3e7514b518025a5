"""What became of articles that were written to a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claimclf.articles import Article
from claimclf.errors import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many articles were written, and a line for each kind of thing that the format cannot carry, with its count.

    >>> Outcome(2, ("cues: 3 are not carried",)).lost
    ('cues: 3 are not carried',)
    """

    articles: int
    lost: tuple[str, ...] = ()


def in_utf8(values: Iterable[str]) -> bool:
    r"""Whether UTF-8 can hold all of the values: none has half a surrogate pair.

    >>> in_utf8(["It rained."]), in_utf8(["It \ud83d rained."])
    (True, False)
    """
    try:
        for value in values:
            value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def half_characters(articles: Sequence[Article], taker: str, fields: Sequence[str] = ()) -> list[Problem]:
    r"""A problem for each article whose id, story, text or one of `fields` UTF-8 cannot hold, and so `taker` cannot.

    >>> half_characters([Article("a", "It \ud83d rained.", ())], "a dataset")[0].found
    'it holds half a character (a lone surrogate), which a dataset cannot'
    """
    found = f"it holds half a character (a lone surrogate), which {taker} cannot"
    return [
        Problem(a.where or a.id, found, "mend the text, or leave the article out")
        for a in articles
        if not in_utf8((a.id, a.story, a.text, *(a.fields.get(name, "") for name in fields)))
    ]


def encodable(articles: Sequence[Article]) -> tuple[list[Article], list[str]]:
    r"""The articles that UTF-8 can hold, and a line on the others, which have half a surrogate pair somewhere.

    >>> encodable([Article("a", "It rained.", ()), Article("b", "It \ud83d rained.", ())])[1]
    ["articles with lone surrogates, which are left out: 1 ('b')"]
    """
    there, left = [], []
    for article in articles:
        if in_utf8((article.id, article.text, article.story, *article.fields, *article.fields.values())):
            there.append(article)
        else:
            left.append(article.id)
    lost = [f"articles with lone surrogates, which are left out: {len(left):,} ({left[0][:40]!r})"] if left else []
    return there, lost
