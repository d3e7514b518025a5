"""What a teacher, a larger model, gives each sentence: probabilities beside the labels, a line of JSON an article.

    {"id": "orrin-bridge", "content": "5f0c2a…", "probabilities": [[962, 31, 4, 3], …]}

`content` is a hash of the text and its sentence boundaries, so that probabilities never meet another text;
`probabilities` are per mille, in label order, a sentence each. A student learns from both: its targets are a mixture
of the labels' and the teacher's. Articles without any label, of which there are many, are learnt from by the teacher's
alone. Source: Hinton et al., "Distilling the knowledge in a neural network", 2015.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article, Sentence
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS
from claimclf.model import own_targets
from claimclf.readers import raw
from claimclf.readers.parsing import parsed, whole_number

_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Taught:
    """An article's soft labels, `probabilities` per mille, (sentences, labels), and the file:line they are from."""

    where: str
    content: str
    probabilities: tuple[tuple[int, ...], ...]

    def record(self, identity: str) -> dict[str, Any]:
        """The line of the article of this id, as plain JSON."""
        return {"id": identity, "content": self.content, "probabilities": [list(row) for row in self.probabilities]}


SoftLabels = Mapping[str, Taught]  # by article id


def content(article: Article) -> str:
    """16 hex digits that tell the text and its sentence boundaries from any others."""
    return sha256(json.dumps([article.text, article.boundaries]).encode("ascii")).hexdigest()[:16]


def record(article: Article, probabilities: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """An article's line; `probabilities` are (sentences, labels).

    >>> record(Article("a", "", ()), np.zeros((0, 4)))["probabilities"]
    []
    """
    rows = tuple(tuple(round(_MILLE * float(p)) for p in row) for row in probabilities)
    return Taught("", content(article), rows).record(article.id)


def read(path: Path) -> SoftLabels:
    """What a teacher gave, by article id.

    Raises:
        DataError: with every line that is no article's probabilities, or an article's second.
    """
    if not path.is_file():
        raise DataError([Problem(str(path), "no such file", "scripts/teach.py writes one")])
    found = parsed((pair for pair in raw.lines(path) if pair[1].strip()), _parsed, "soft labels of an article")
    of: dict[str, Taught] = {}
    problems = []
    for identity, taught in found:
        if first := of.get(identity):
            problems.append(Problem(taught.where, f"{identity!r} is there already, at {first.where}"))
        of[identity] = taught
    raw.prove(problems)
    return of


def _parsed(where: str, line: bytes) -> tuple[str, Taught]:
    row = raw.loads(raw.decoded(line))
    rows = tuple(tuple(whole_number(p) for p in row) for row in row["probabilities"])
    if any(len(row) != len(LABELS) or min(row) < 0 or not 0 < sum(row) < 2 * _MILLE for row in rows):
        raise ValueError(f"a sentence has {len(LABELS)} probabilities, per mille")
    if not isinstance(row["id"], str) or not isinstance(row["content"], str):
        raise TypeError("id and content are strings")
    return row["id"], Taught(where, row["content"], rows)


def taught(articles: Iterable[Article], soft: SoftLabels, weight: float, also_weight: float) -> list[Article]:
    """The articles with what the teacher gave mixed into the votes, of which it gets `weight`, 0 to 1.

    The rest goes to what would be learnt without it: votes, or the label, of which `also_weight` goes to `also`.
    Articles without any label get the teacher's; in others, a sentence without a label has none by the guidelines, and
    keeps none. Articles that the teacher has not seen are as they were.

    Raises:
        DataError: with every article that has changed since the teacher saw it.
    """
    found, problems = [], []
    for article in articles:
        own = soft.get(article.id)
        if own is None:
            found.append(article)
        elif own.content != content(article) or len(own.probabilities) != len(article.sentences):
            hint = "run scripts/teach.py again, or take out this line"
            problems.append(Problem(own.where, f"{article.id!r} has changed since the teacher saw it", hint))
        else:
            teacher = np.array([np.array(row) / sum(row) for row in own.probabilities])
            found.append(replace(article, sentences=_mixed(article.sentences, teacher, weight, also_weight)))
    raw.prove(problems)
    return found


def _mixed(
    sentences: Sequence[Sentence], teacher: NDArray[np.float64], weight: float, also_weight: float
) -> tuple[Sentence, ...]:
    if not any(s.label for s in sentences):
        pairs = zip(sentences, teacher, strict=True)
        return tuple(replace(s, label=LABELS[int(p.argmax())], also=(), votes=_votes(p)) for s, p in pairs)
    mixed = weight * teacher + (1 - weight) * own_targets(sentences, also_weight)
    pairs = zip(sentences, mixed, strict=True)
    return tuple(replace(s, votes=_votes(p)) if s.label else s for s, p in pairs)


def _votes(target: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(round(_MILLE * float(p)) for p in target)


def missing(articles: Sequence[Article], soft: SoftLabels) -> int:
    """How many of the articles the teacher has not seen."""
    return sum(article.id not in soft for article in articles)
