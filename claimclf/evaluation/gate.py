"""Rules that a model's scores must meet, and their verdicts: what makes a CI run red, and only that.

A rule of kind `min` bounds a score from below; one of kind `max-drop` bounds how far it may fall behind a baseline on
the same stories (a paired difference). By `point` the value decides; by `lower-bound` the lower end of its interval,
which for a drop is a test of non-inferiority (Blackwelder, "Proving the null hypothesis in clinical trials", 1982).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from claimclf.evaluation.bootstrap import Interval
from claimclf.labels import did_you_mean

Kind = Literal["min", "max-drop"]
Mode = Literal["point", "lower-bound"]
FEWEST_SENTENCES = 30
_LOWER_IS_BETTER = ("log_loss", "brier", "ece", "aurc")


@dataclass(frozen=True, slots=True)
class Rule:
    """A bound on a score; `bound` of a `max-drop` is how much may be lost."""

    kind: Kind
    score: str
    bound: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found: `passed` is None where there is too little data to decide.

    >>> str(judge(Rule("min", "macro_f1", 0.7), Interval(0.75, 0.69, 0.8), 500, "point"))
    'passed     min macro_f1=0.7: .750 [.690, .800]'
    """

    rule: Rule
    found: Interval
    passed: bool | None

    def __str__(self) -> str:
        word = {True: "passed", False: "FAILED", None: "undecided"}[self.passed]
        return f"{word:<10} {self.rule.kind} {self.rule.score}={self.rule.bound:g}: {self.found}"


def parse_rule(kind: Kind, text: str, known: Mapping[str, Interval]) -> Rule:
    """The rule that `text` ("macro_f1=.70") states about one of the `known` scores.

    >>> parse_rule("min", "macro_f1=.70", {"macro_f1": Interval(0.75, 0.7, 0.8)}).bound
    0.7

    Raises:
        ValueError: it is no `NAME=NUMBER`, or there is no such score, or less of it is better.
    """
    name, _, number = text.partition("=")
    try:
        bound = float(number)
    except ValueError:
        raise ValueError(f"{text!r} is no rule; write NAME=NUMBER, such as macro_f1=.70") from None
    if name not in known:
        raise ValueError(f"there is no score {name!r}; {did_you_mean(name, list(known))}")
    if name in _LOWER_IS_BETTER:
        raise ValueError(f"of {name} less is better; a gate takes scores of which more is better")
    return Rule(kind, name, bound)


def judge(rule: Rule, found: Interval, sentences: int, mode: Mode) -> Verdict:
    """Whether `found` (for a `max-drop`, the score less the baseline's) meets the rule.

    Too few sentences, or a score that is undefined, decide nothing.
    """
    value = found.value if mode == "point" else found.low
    if sentences < FEWEST_SENTENCES or not np.isfinite(value):
        return Verdict(rule, found, None)
    return Verdict(rule, found, bool(value >= (rule.bound if rule.kind == "min" else -rule.bound)))
