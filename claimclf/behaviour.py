"""Behavioural tests: does a model do, case by case, what the guidelines say?

Source: Ribeiro, Wu, Guestrin and Singh, "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", 2020. A
case of one variant passes where its label (or an `also`) is predicted; variants of one label pass where all are
predicted alike (invariance); variants of different labels pass where every one is right (directional).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

from claimclf.articles import Article, Sentence
from claimclf.evaluation.bootstrap import Interval
from claimclf.labels import Label
from claimclf.predict import ClaimClassifier
from claimclf.predictions import SentencePrediction
from claimclf.readers.cases import Case


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model said of each variant of a case, and whether that passes."""

    case: Case
    predicted: tuple[SentencePrediction, ...]
    passed: bool

    @property
    def confidence(self) -> float:
        """The highest confidence among its answers: where it is high, a failure is worth looking at first."""
        return max(p.confidence for p in self.predicted)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON, the sentence of each variant included."""
        return {
            "family": self.case.family,
            "id": self.case.id,
            "case": self.case.case,
            "held_out": self.case.held_out,
            "passed": self.passed,
            "variants": [
                {"text": p.text, "expected": str(_gold(a).label), "predicted": str(p.label), "confidence": p.confidence}
                for a, p in zip(self.case.variants, self.predicted, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All outcomes of a suite."""

    outcomes: tuple[Outcome, ...]

    def rates(self, held_out: bool = True) -> dict[str, tuple[int, Interval]]:
        """By family, and `all`: how many cases, and the share that passes, with Wilson's 95% interval.

        With `held_out`, of the cases that training never sees; else of all.
        """
        of: dict[str, list[bool]] = defaultdict(list)
        for outcome in self.outcomes:
            if outcome.case.held_out or not held_out:
                of[outcome.case.family].append(outcome.passed)
                of["all"].append(outcome.passed)
        whole = of.pop("all", [])
        ordered = {**dict(sorted(of.items())), **({"all": whole} if whole else {})}
        return {family: (len(passed), wilson(sum(passed), len(passed))) for family, passed in ordered.items()}

    def failures(self) -> list[Outcome]:
        """Failed cases, the most confident first."""
        return sorted((o for o in self.outcomes if not o.passed), key=lambda o: -o.confidence)

    def describe(self, failures: int = 10) -> str:
        """The pass rates as a table, and the worst failures."""
        held, every = self.rates(), self.rates(held_out=False)
        lines = [f"{'behaviour':<28}{'held out':<10}{'passed':<22}{'all':<10}{'passed':<22}"]
        for family, (n, rate) in every.items():
            count, share = held.get(family, (0, wilson(0, 0)))
            lines.append(f"{family:<28}{count:<10}{share!s:<22}{n:<10}{rate!s:<22}")
        worst = self.failures()[:failures]
        lines += ["", "worst failures"] if worst else []
        for outcome in worst:
            lines.append(f"{outcome.case.family}/{outcome.case.id} ({outcome.case.case})")
            for article, p in zip(outcome.case.variants, outcome.predicted, strict=True):
                wrong = "" if p.label == _gold(article).label else f", not {_gold(article).label}"
                lines.append(f"    {p.label} ({p.confidence:.0%}){wrong}: {p.text}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        rates = {
            name: {family: [n, rate.value, rate.low, rate.high] for family, (n, rate) in self.rates(held).items()}
            for name, held in (("held_out", True), ("all", False))
        }
        return {**rates, "outcomes": [outcome.to_dict() for outcome in self.outcomes]}


def run(classifier: ClaimClassifier, cases: Sequence[Case]) -> Behaviour:
    """Predict every variant of every case in its context."""
    return Behaviour(tuple(_outcome(classifier, case) for case in cases))


def _outcome(classifier: ClaimClassifier, case: Case) -> Outcome:
    predicted = []
    for article in case.variants:
        place = article.sentences.index(_gold(article))
        predicted.append(classifier.article(article.text, article.boundaries).sentences[place])
    gold = [_gold(article) for article in case.variants]
    labels: set[Label | None] = {s.label for s in gold}
    if len(gold) > 1 and len(labels) == 1:
        passed = len({p.label for p in predicted}) == 1
    else:
        passed = all(p.label == s.label or p.label in s.also for p, s in zip(predicted, gold, strict=True))
    return Outcome(case, tuple(predicted), passed)


def _gold(article: Article) -> Sentence:
    (sentence,) = article.labelled
    return sentence


def wilson(passed: int, n: int, level: float = 0.95) -> Interval:
    """The share `passed` of `n` with Wilson's score interval.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> str(wilson(8, 10))
    '.800 [.490, .943]'
    """
    if not n:
        return Interval(float("nan"), float("nan"), float("nan"))
    z, share = NormalDist().inv_cdf((1 + level) / 2), passed / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(share, middle - half, middle + half)
