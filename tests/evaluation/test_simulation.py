"""The gate and the intervals keep their promise on simulated articles; `scripts/simulate.py` has the full figures."""

import pytest

from claimclf.evaluation.gate import MODES, Rule
from claimclf.evaluation.simulation import Population, coverage, planted, verdicts

RULES = dict.fromkeys(MODES, Rule("max-drop", "macro_f1", 0.02))
SIZE = {"runs": 60, "sentences": 1500, "repeats": 300, "seed": 1}


def test_equal_models_seldom_fail_and_a_drop_of_five_points_is_caught():
    same, worse = verdicts(Population(), RULES, **SIZE), verdicts(planted(0.05, 0.85), RULES, **SIZE)
    assert same["point"][False] <= 0.1
    assert same["non-inferiority"][False] <= 0.1
    assert worse["point"][False] >= 0.95
    assert worse["non-inferiority"][False] >= 0.95
    assert sum(same["lower-bound"].values()) == pytest.approx(1)


def test_the_planted_drop_is_what_it_says():
    first, second = planted(0.05, 0.85).truth()
    assert first - second == pytest.approx(0.05, abs=0.004)
    same = Population().truth()
    assert same[0] == pytest.approx(same[1], abs=0.003)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_hold_the_truth(method):
    assert coverage(**SIZE, method=method) >= 0.88


def test_models_that_share_fewer_answers_are_less_alike_and_as_good():
    near, far = Population(shared=0.85), Population(shared=0.3)
    assert near.alike() == pytest.approx(0.967, abs=0.005) and far.alike() == pytest.approx(0.848, abs=0.005)
    assert near.truth(400_000)[1] == pytest.approx(far.truth(400_000)[1], abs=0.006)
