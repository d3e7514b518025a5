"""Rules that a model's scores must meet, and their verdicts: what makes a CI run red, and only that.

A rule of kind `min` bounds a score from below; one of kind `max-drop` bounds how far it may fall behind a baseline on
the same stories (a paired difference). What must meet the bound is set by the mode:

- `point`: the value. It passes or fails.
- `lower-bound`: the lower end of the interval: the model has to prove itself. It passes or fails.
- `non-inferiority`: it passes where the interval lies above the bound; it fails where the data show the opposite (of a
  `min`, an interval wholly below the bound; of a `max-drop`, one wholly below 0: the model *is* worse, and by less than
  the margin is not shown); between the two, there is too little data to decide.

Source: Blackwelder, "Proving the null hypothesis in clinical trials", 1982 (non-inferiority by an interval).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.measures import LOWER_IS_BETTER
from claimclf.labels import did_you_mean

Kind = Literal["min", "max-drop"]
Mode = Literal["point", "lower-bound", "non-inferiority"]
MODES: tuple[Mode, ...] = get_args(Mode)
FEWEST_SENTENCES, FEWEST_STORIES, FEWEST_CASES = 30, 10, 10
_ROUNDING = 1e-9  # 49/50 - 1 is a drop of .02, and a little more in floating point


@dataclass(frozen=True, slots=True)
class Rule:
    """A bound on a score; `bound` of a `max-drop` is how much may be lost."""

    kind: Kind
    score: str
    bound: float

    def __str__(self) -> str:
        return f"{self.kind} {self.score}={self.bound:g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found: `passed` is None where there is too little data to decide.

    >>> str(judge(Rule("min", "macro_f1", 0.7), Interval(0.75, 0.69, 0.8), True, "point"))
    'passed     min macro_f1=0.7: .750 [.690, .800]'
    """

    rule: Rule
    found: Interval
    passed: bool | None

    @property
    def word(self) -> str:
        """The verdict in a word."""
        return {True: "passed", False: "FAILED", None: "undecided"}[self.passed]

    def __str__(self) -> str:
        return f"{self.word:<10} {self.rule}: {self.found}"


def parse_rule(kind: Kind, text: str, known: Iterable[str]) -> Rule:
    """The rule that `text` ("macro_f1=.70") states about one of the `known` scores.

    >>> parse_rule("min", "macro_f1=.70", ["macro_f1"]).bound
    0.7

    Raises:
        ValueError: it is no `NAME=NUMBER`, or there is no such score, or less of it is better, or no score is so high.
    """
    name, _, number = text.partition("=")
    try:
        bound = float(number)
    except ValueError:
        bound = float("nan")
    if not np.isfinite(bound):
        raise ValueError(f"{text!r} is no rule; write NAME=NUMBER, such as macro_f1=.70")
    if name not in known:
        raise ValueError(f"there is no score {name!r}; {did_you_mean(name, list(known))}")
    if name in LOWER_IS_BETTER:
        raise ValueError(f"of {name} less is better; a gate takes scores of which more is better")
    if bound > 1:
        raise ValueError(f"no {name} is above 1, so {number} decides nothing; write a share, such as {name}=.70")
    if kind == "max-drop" and bound < 0:
        raise ValueError(f"a drop of {number} would be a gain; write how much may be lost, such as {name}=.02")
    return Rule(kind, name, bound)


def enough(sentences: int, stories: int, mode: Mode) -> bool:
    """Whether so much data can decide; an interval over a few stories says nothing of others, so it takes more of them.

    >>> enough(200, 3, "point"), enough(200, 3, "non-inferiority")
    (True, False)
    """
    return sentences >= FEWEST_SENTENCES and (mode == "point" or stories >= FEWEST_STORIES)


def judge(rule: Rule, found: Interval, decides: bool, mode: Mode) -> Verdict:
    """Whether `found` (for a `max-drop`, the score less the baseline's) meets the rule.

    Where there is not `enough` data for what `decides`, or a score is undefined, nothing is decided.
    """
    least = (rule.bound if rule.kind == "min" else -rule.bound) - _ROUNDING
    value = found.value if mode == "point" else found.low
    if not decides or not np.isfinite(value):
        return Verdict(rule, found, None)
    if mode != "non-inferiority" or value >= least:
        return Verdict(rule, found, bool(value >= least))
    shown = found.high < (least if rule.kind == "min" else 0)
    return Verdict(rule, found, False if shown else None)
