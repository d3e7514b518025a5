"""What a corpus is made of: articles, labels, families of one story, and words that do not give the label away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from claimclf.articles import Article
from claimclf.labels import LABELS, Label

_DENY = re.compile(r"\bden(y|ies|ied|ying|ials?)\b", re.IGNORECASE)
_MAY = re.compile(r"\b(may|might|could|would)\b", re.IGNORECASE)


def describe(articles: Sequence[Article]) -> str:
    """The counts as lines of text.

    >>> describe([]).splitlines()[0]
    '0 articles in order, 0 labelled sentences: 0 factual_report, 0 unverified_claim, 0 official_denial, 0 speculation'
    """
    labels = Counter(s.label for a in articles for s in a.labelled)
    stories = Counter(a.story for a in articles)
    by_label = ", ".join(f"{labels[label]:,} {label}" for label in LABELS)
    lines = [
        f"{len(articles):,} articles in order, {sum(labels.values()):,} labelled sentences: {by_label}",
        f"{len(stories):,} stories, {sum(n > 1 for n in stories.values()):,} of them told by two articles or more",
    ]
    for name, plural in (("country", "countries"), ("desk", "desks"), ("outlet", "outlets"), ("shape", "shapes")):
        values = Counter(a.fields[name] for a in articles if a.fields.get(name))
        if values:
            lines.append(f"{len(values):,} {plural} ({sum(values.values()):,} articles name one)")
    lines += _words(articles, "deny, denied, denial", _DENY, Label.OFFICIAL_DENIAL)
    lines += _words(articles, "may, might, could, would", _MAY, Label.SPECULATION)
    return "\n".join(lines)


def _words(articles: Sequence[Article], name: str, words: re.Pattern[str], label: Label) -> list[str]:
    """How far the label can be told by a word: both ways, in per cent."""
    found = [(bool(words.search(s.span.of(a.text))), s.label is label) for a in articles for s in a.labelled]
    with_word = [labelled for there, labelled in found if there]
    of_label = [there for there, labelled in found if labelled]
    if not with_word or not of_label:
        return []
    other, without = with_word.count(False) / len(with_word), of_label.count(False) / len(of_label)
    return [
        f"{name}: of {len(with_word):,} sentences with one, {other:.0%} are no {label}; "
        f"of {len(of_label):,} {label}, {without:.0%} have none"
    ]
