"""Which articles to label next: those that a model doubts, that hold what is rare, or that are unlike each other.

Whole articles are chosen, as whole articles are read and labelled. The measures, by Settles, "Active Learning
Literature Survey", 2009: a sentence's uncertainty is the entropy of its calibrated probabilities, over its maximum
(log 4): 0 to 1. An article's is that of its five most uncertain sentences, added up and over five: what a long article
is sure of does not count against it, and one doubtful line alone does not make an article worth reading.

- `uncertain`: the most uncertain first.
- `denials`: the largest expected number of denials first, the sum of their calibrated probabilities.
- `diverse`: of the 10 × count most uncertain (Zhdanov, "Diverse mini-batch Active Learning", 2019) farthest first
  (Gonzalez, 1985): each time the largest product of uncertainty and distance to the nearest one chosen, the distance
  being 1 - cosine of TF-IDF vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import needs_extra
from claimclf.labels import LABELS, Label
from claimclf.predict import ClaimClassifier
from claimclf.predictions import ArticlePrediction, SentencePrediction
from claimclf.splits import SplitSettings, near_duplicates
from claimclf.writers.guesses import WHY, Guess

Strategy = Literal["uncertain", "diverse", "denials"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
_TOP = 5  # sentences that an article's uncertainty looks at
_SHORTLIST = 10  # times as many as are wanted, to choose unlike ones from
_QUOTED = 90  # characters


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article worth labelling, with the model's labels, and why.

    `score` is what it was chosen by: expected denials, or uncertainty, times the `distance` to the nearest article
    chosen before it where they are to be diverse (None for the first). `expected` counts sentences by label, as sums of
    probabilities.
    """

    article: Article
    prediction: ArticlePrediction
    score: float
    uncertainty: float
    expected: Mapping[Label, float]
    distance: float | None
    why: str

    def guess(self, rank: int) -> Guess:
        """The model's labels as people get them to correct, with what they can sort by."""
        data: dict[str, float | str] = {"suggest_rank": rank, "suggest_score": round(self.score, 4)}
        data["suggest_uncertainty"] = round(self.uncertainty, 4)
        data |= {f"expected_{label}": round(self.expected[label], 2) for label in LABELS}
        data[WHY] = self.why
        confidences = tuple(s.confidence for s in self.prediction.sentences)
        return Guess(self.article, self.prediction.model, confidences, data)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The articles chosen, those with most of what is rare first.

    `rarest` is the label that the order goes by, `pool` the number of articles chosen from, `empty` those without a
    sentence, `near_duplicates` (left out, because of) as far as the choice looked.
    """

    chosen: tuple[Suggestion, ...]
    strategy: Strategy
    rarest: Label
    pool: int
    empty: tuple[str, ...]
    near_duplicates: tuple[tuple[str, str], ...]

    def guesses(self) -> list[Guess]:
        """What a writer of suggestions takes, in order."""
        return [suggestion.guess(rank) for rank, suggestion in enumerate(self.chosen, 1)]


@dataclass(frozen=True, slots=True)
class _Scored:
    article: Article
    uncertainty: float
    expected: dict[Label, float]
    score: float
    distance: float | None = None


def entropy(probabilities: Iterable[float]) -> float:
    """The Shannon entropy of a distribution over its maximum: 0 where all is sure, 1 where nothing is.

    >>> entropy([1, 0, 0, 0]), entropy([.25, .25, .25, .25])
    (0.0, 1.0)
    """
    p = np.fromiter(probabilities, np.float64)
    return float(-(p * np.log(np.clip(p, 1e-300, None))).sum() / np.log(len(p))) + 0.0


def suggest(
    classifier: ClaimClassifier,
    articles: Sequence[Article],
    strategy: Strategy = "uncertain",
    count: int = 20,
    *,
    labelled: Sequence[Article] = (),
    newlines: Literal["every", "blank"] = "every",
    track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> Suggestions:
    """Choose `count` of the articles to label next; the same articles give the same choice.

    Labels that the articles have are not looked at; their sentences are, and texts without any are split (`newlines`
    as in `ClaimClassifier.article`). Of near-duplicates the first is chosen, and none of an article in `labelled`.
    `track` is passed the articles and yields them again: a place for a progress bar.

    >>> pool = [Article("a", "It rained on Monday.", ()), Article("b", "The bank denied the report.", ())]
    >>> suggest(ClaimClassifier.load(), pool, "denials", 1).chosen[0].article.id
    'b'

    Raises:
        ValueError: `count` is below 1, or there is no such strategy.
        MissingExtraError: scikit-learn or datasketch is not installed.
    """
    if count < 1 or strategy not in STRATEGIES:
        raise ValueError(f"count {count} is 1 or more, and strategy {strategy!r} one of {', '.join(STRATEGIES)}")
    scored, empty = [], []
    for article in track(articles):
        sentences = _predict(classifier, article, newlines).sentences
        if sentences:
            scored.append(_score(article, sentences, strategy))
        else:
            empty.append(article.id)
    ranked = sorted(scored, key=lambda s: -s.score)
    distinct, left_out = _distinct(ranked, labelled, count * _SHORTLIST if strategy == "diverse" else count)
    chosen = _far_apart(distinct, count) if strategy == "diverse" else distinct
    order = _rarest_first(scored, strategy)
    chosen.sort(key=lambda s: tuple(-s.expected[label] for label in order))
    made = tuple(_suggestion(s, _predict(classifier, s.article, newlines), strategy) for s in chosen)
    return Suggestions(made, strategy, order[0], len(scored), tuple(empty), tuple(left_out))


def _rarest_first(scored: Sequence[_Scored], strategy: Strategy) -> list[Label]:
    """The labels by how often they are expected; where denials are wanted, those come first."""
    totals = {label: sum(s.expected[label] for s in scored) for label in LABELS}
    wanted = Label.OFFICIAL_DENIAL if strategy == "denials" else None
    return sorted(LABELS, key=lambda label: (wanted is not None and label is not wanted, totals[label]))


def _predict(classifier: ClaimClassifier, article: Article, newlines: Literal["every", "blank"]) -> ArticlePrediction:
    spans = article.boundaries or None
    return classifier.article(article.text, spans, newlines=newlines)


def _score(article: Article, sentences: Sequence[SentencePrediction], strategy: Strategy) -> _Scored:
    expected = {label: sum(s.probabilities[label] for s in sentences) for label in LABELS}
    doubts = sorted((entropy(s.probabilities.values()) for s in sentences), reverse=True)
    uncertainty = sum(doubts[:_TOP]) / _TOP
    score = expected[Label.OFFICIAL_DENIAL] if strategy == "denials" else uncertainty
    return _Scored(article, uncertainty, expected, score)


def _distinct(
    ranked: Sequence[_Scored], labelled: Sequence[Article], wanted: int
) -> tuple[list[_Scored], list[tuple[str, str]]]:
    """The first `wanted` that are near-duplicates of none before them, and those that were passed over.

    Looked for among as many as are needed, since finding near-duplicates takes milliseconds an article.
    """
    known = [Article(f"known {n}", article.text, ()) for n, article in enumerate(labelled)]
    names = {f"known {n}": article.id for n, article in enumerate(labelled)}
    names |= {f"{n}": s.article.id for n, s in enumerate(ranked)}
    reach = 2 * wanted
    while True:
        texts = [Article(f"{n}", s.article.text, ()) for n, s in enumerate(ranked[:reach])]
        alike: dict[str, set[str]] = {}
        for one, other, _ in near_duplicates([*known, *texts], SplitSettings().near_duplicate):
            alike.setdefault(one, set()).add(other)
            alike.setdefault(other, set()).add(one)
        taken = {article.id for article in known}
        found: list[_Scored] = []
        passed: list[tuple[str, str]] = []
        for text, scored in zip(texts, ranked, strict=False):
            if len(found) == wanted:
                break
            if before := sorted(alike.get(text.id, set()) & taken):
                passed.append((scored.article.id, names[before[0]]))
            else:
                taken.add(text.id)
                found.append(scored)
        if len(found) == wanted or reach >= len(ranked):
            return found, passed
        reach *= 2


def _far_apart(ranked: Sequence[_Scored], count: int) -> list[_Scored]:
    """`count` of them, the most uncertain first, then always the largest uncertainty times distance to those."""
    if not ranked:
        return []
    with needs_extra("annotations"):
        from sklearn.feature_extraction.text import TfidfVectorizer
    vectors = TfidfVectorizer(token_pattern=r"\w+", sublinear_tf=True).fit_transform(s.article.text for s in ranked)
    uncertainty = np.array([s.uncertainty for s in ranked])
    distance = np.ones(len(ranked))
    left = np.ones(len(ranked), dtype=bool)
    chosen: list[_Scored] = []
    for _ in range(min(count, len(ranked))):
        place = int(np.argmax(np.where(left, uncertainty * distance, -1.0)))
        s, far = ranked[place], float(distance[place])
        chosen.append(_Scored(s.article, s.uncertainty, s.expected, s.uncertainty * far, far if chosen else None))
        left[place] = False
        near = 1 - (vectors @ vectors[place].T).toarray().ravel()
        distance = np.minimum(distance, np.clip(near, 0.0, 1.0))
    return chosen


def _suggestion(scored: _Scored, prediction: ArticlePrediction, strategy: Strategy) -> Suggestion:
    article = scored.article
    parts = {s.span: s.part for s in article.sentences}
    spans = [Span(s.start, s.end) for s in prediction.sentences]
    sentences = tuple(
        Sentence(span, s.label, part=parts.get(span, "body"))
        for span, s in zip(spans, prediction.sentences, strict=True)
    )
    guessed = Article(article.id, article.text, sentences, article.story, article.fields, article.where)
    if strategy == "denials":
        first = max(prediction.sentences, key=lambda s: s.probabilities[Label.OFFICIAL_DENIAL])
        why = f"likeliest denial {first.probabilities[Label.OFFICIAL_DENIAL]:.0%}: {_quote(first)}"
    else:
        first = max(prediction.sentences, key=lambda s: entropy(s.probabilities.values()))
        one, two = sorted(LABELS, key=lambda label: -first.probabilities[label])[:2]
        doubt = f"{one} {first.probabilities[one]:.0%}, {two} {first.probabilities[two]:.0%}"
        why = f"most doubtful ({doubt}): {_quote(first)}"
    if scored.distance is not None:
        why = f"distance {scored.distance:.2f} to the nearest chosen before; {why}"
    return Suggestion(guessed, prediction, scored.score, scored.uncertainty, scored.expected, scored.distance, why)


def _quote(sentence: SentencePrediction) -> str:
    words = " ".join(sentence.text.split())
    return f"“{words}”" if len(words) <= _QUOTED else f"“{words[:_QUOTED].rstrip()}…”"
