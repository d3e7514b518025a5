"""Verdicts of the gate: by value, by the lower bound, against a baseline, and undecided."""

import numpy as np
import pytest

from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.gate import MODES, Rule, enough, judge, parse_rule
from claimclf.evaluation.measures import difference, measure
from tests.evaluation.test_measures import make

KNOWN = {
    "macro_f1": Interval(0.75, 0.7, 0.8),
    "f1/official_denial": Interval(0.5, 0.4, 0.6),
    "log_loss": Interval(1, 1, 1),
}


@pytest.mark.parametrize(
    ("kind", "bound", "found", "point", "lower"),
    [
        ("min", 0.7, Interval(0.75, 0.7, 0.8), True, True),
        ("min", 0.71, Interval(0.75, 0.7, 0.8), True, False),
        ("min", 0.76, Interval(0.75, 0.7, 0.8), False, False),
        ("max-drop", 0.02, Interval(0.01, -0.01, 0.03), True, True),
        ("max-drop", 0.02, Interval(-0.01, -0.03, 0.01), True, False),
        ("max-drop", 0.02, Interval(-0.03, -0.05, -0.01), False, False),
        ("max-drop", 0.0, Interval(0.0, 0.0, 0.0), True, True),
    ],
)
def test_verdicts(kind, bound, found, point, lower):
    rule = Rule(kind, "macro_f1", bound)
    assert judge(rule, found, True, "point").passed is point
    assert judge(rule, found, True, "lower-bound").passed is lower


@pytest.mark.parametrize(
    ("kind", "bound", "found", "passed"),
    [
        ("min", 0.7, Interval(0.75, 0.7, 0.8), True),
        ("min", 0.7, Interval(0.75, 0.69, 0.8), None),
        ("min", 0.7, Interval(0.65, 0.6, 0.71), None),
        ("min", 0.7, Interval(0.65, 0.6, 0.69), False),
        ("max-drop", 0.02, Interval(-0.01, -0.02, 0.01), True),
        ("max-drop", 0.02, Interval(-0.015, -0.019, -0.01), True),  # worse, but by less than the margin
        ("max-drop", 0.02, Interval(-0.01, -0.03, 0.01), None),
        ("max-drop", 0.02, Interval(-0.03, -0.05, 0.0), None),
        ("max-drop", 0.02, Interval(-0.03, -0.05, -0.01), False),
    ],
)
def test_non_inferiority_fails_only_what_is_shown_to_be_worse(kind, bound, found, passed):
    assert judge(Rule(kind, "macro_f1", bound), found, True, "non-inferiority").passed is passed


def test_too_little_data_decides_nothing():
    rule = Rule("min", "macro_f1", 0.7)
    assert judge(rule, Interval(0.9, 0.8, 1.0), enough(29, 29, "point"), "point").passed is None
    assert judge(rule, Interval(np.nan, np.nan, np.nan), True, "point").passed is None
    assert str(judge(rule, Interval(np.nan, 0, 1), True, "point")) == "undecided  min macro_f1=0.7: undefined"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("macro_f1", "write NAME=NUMBER"),
        ("macro_f1=high", "write NAME=NUMBER"),
        ("f1/denial=.6", "did you mean 'f1/official_denial'"),
        ("log_loss=.5", "less is better"),
        ("macro_f1=nan", "write NAME=NUMBER"),
    ],
)
def test_rules_that_are_none(text, found):
    with pytest.raises(ValueError, match=found):
        parse_rule("min", text, KNOWN)


def test_a_rule_about_a_label():
    assert parse_rule("max-drop", "f1/official_denial=.05", KNOWN) == Rule("max-drop", "f1/official_denial", 0.05)


def test_a_model_differs_from_itself_by_nothing():
    sample = make(0)
    assert all(i == Interval(0.0, 0.0, 0.0) for name, i in difference(sample, sample, repeats=50).items())


def test_a_paired_difference_is_that_of_the_scores():
    one, two = make(0), make(0)
    shuffled = np.random.default_rng(1).permutation(len(two.true))
    worse = type(two)(two.true, two.also, two.probabilities[shuffled], two.groups)
    gained = difference(one, worse, repeats=200)["macro_f1"]
    scores = [measure(sample, repeats=5)["macro_f1"].value for sample in (one, worse)]
    assert gained.value == pytest.approx(scores[0] - scores[1])
    assert 0 < gained.low <= gained.value <= gained.high
    with pytest.raises(ValueError, match="same sentences"):
        difference(one, make(1), repeats=5)


def test_few_stories_say_nothing_of_others():
    assert [enough(40, stories, mode) for stories in (1, 10) for mode in MODES] == [
        True,
        False,
        False,
        True,
        True,
        True,
    ]


def test_a_drop_that_is_the_bound_passes_in_floating_point():
    lost = 49 / 50 - 50 / 50  # -.020000000000000018
    assert judge(Rule("max-drop", "accuracy", 0.02), Interval(lost, lost, lost), True, "point").passed


@pytest.mark.parametrize("rule", [("max-drop", "macro_f1=2"), ("min", "macro_f1=70")])
def test_bounds_that_decide_nothing_are_refused(rule):
    with pytest.raises(ValueError, match=r"no macro_f1 is above 1.*macro_f1=\.70"):
        parse_rule(*rule, KNOWN)
