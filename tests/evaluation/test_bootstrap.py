import warnings

import numpy as np
import pytest

from claimclf.evaluation.bootstrap import Interval, interval, resamples
from claimclf.evaluation.measures import measure
from claimclf.evaluation.sample import Sample
from claimclf.evaluation.scores import accuracy, macro_f1, statistics


def articles(seed, count=40, right=0.8, sentences=6):
    """Counts of a system that is right on a share of the sentences."""
    chance = np.random.default_rng(seed)
    pairs = []
    for _ in range(count):
        true = chance.integers(0, 4, sentences)
        shift = (chance.random(sentences) > right) * chance.integers(1, 4, sentences)
        pairs.append((true, (true + shift) % 4))
    return statistics(pairs)


def test_every_resample_draws_as_many_articles_as_there_are():
    draws = resamples(7, repeats=50, seed=3)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all() and (draws >= 0).all()
    assert resamples(7000, 20).mean() == 1
    assert abs((resamples(7000, 20) == 0).mean() - np.exp(-1)) < 0.01


def test_resamples_depend_on_the_seed_alone():
    assert (resamples(9, 20, seed=1) == resamples(9, 20, seed=1)).all()
    assert (resamples(9, 20, seed=1) != resamples(9, 20, seed=2)).any()
    assert len(np.unique(resamples(9, 20, seed=1), axis=0)) > 1


@pytest.mark.parametrize("score", [accuracy, macro_f1])
@pytest.mark.parametrize("seed", range(5))
def test_an_interval_holds_its_value(score, seed):
    counts = articles(seed)
    found = interval(counts, score, resamples(len(counts), 300))
    assert found.value == score(counts.sum(axis=0))
    assert found.low < found.value < found.high
    assert found == interval(counts, score, resamples(len(counts), 300))
    assert found != interval(counts, score, resamples(len(counts), 300, seed=1))


def test_a_higher_level_is_a_wider_interval():
    counts = articles(0)
    widths = [
        found.high - found.low
        for found in (interval(counts, accuracy, resamples(40, 500), level) for level in (0.5, 0.8, 0.95, 0.99))
    ]
    assert widths == sorted(widths) and len(set(widths)) == 4


def test_bounds_are_percentiles_of_the_resampled_scores():
    counts = articles(1, count=10)
    draws = resamples(10, 200)
    scores = [accuracy((counts * draw[:, None, None]).sum(axis=0)) for draw in draws]
    found = interval(counts, accuracy, draws, level=0.9)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(scores, [5, 95])))


def test_a_score_that_never_varies_has_no_width():
    alike = np.repeat(articles(2, count=1), 12, axis=0)
    found = interval(alike, macro_f1, resamples(12, 100))
    assert found.low == pytest.approx(found.value) and found.high == pytest.approx(found.value)
    assert interval(articles(3, right=1.0), accuracy, resamples(40, 100)) == Interval(1.0, 1.0, 1.0)


def test_the_difference_of_identical_systems_is_exactly_nothing():
    counts = articles(4)
    both = np.stack([counts, counts], axis=1)
    found = interval(both, lambda pair: macro_f1(pair[0]) - macro_f1(pair[1]), resamples(40, 200))
    assert found == Interval(0.0, 0.0, 0.0)


def test_resamples_without_any_sentence_do_not_count():
    counts = np.concatenate([articles(5, count=1), np.zeros((1, 4, 4), np.int64)])
    draws = resamples(2, 100)
    assert (draws[:, 0] == 0).any()
    value = accuracy(counts.sum(axis=0))
    assert interval(counts, accuracy, draws) == Interval(value, value, value)


def test_a_score_that_is_never_defined_has_no_bounds():
    nothing = np.zeros((3, 4, 4), np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = interval(nothing, macro_f1, resamples(3, 20))
    assert np.isnan([found.value, found.low, found.high]).all()


def test_an_interval_of_scores_leaves_out_the_undefined():
    drawn = [float(n) for n in range(101)]
    assert Interval.of(50.0, drawn, 0.9) == Interval.of(50.0, [float("nan"), *drawn], 0.9)
    assert Interval.of(50.0, drawn, 0.9).low == pytest.approx(5)


def test_intervals_of_ninety_percent_hold_the_truth_about_as_often():
    draws = resamples(60, 300)
    held = 0
    for seed in range(200):
        found = interval(articles(seed, count=60), accuracy, draws, level=0.9)
        held += found.low <= 0.8 <= found.high
    assert 0.83 <= held / 200 <= 0.96


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (Interval(0.75, 0.7, 0.8), ".750 [.700, .800]"),
        (Interval(-0.05, -0.1, 1.0), "-.050 [-.100, 1.000]"),
        (Interval(0.0, 0.0004, 0.9996), ".000 [.000, 1.000]"),
        (Interval(float("nan"), 0.1, 0.2), "undefined"),
    ],
)
def test_how_an_interval_is_shown(found, shown):
    assert str(found) == shown


def test_the_interval_of_a_calibration_error_holds_its_value():
    random = np.random.default_rng(0)
    for _ in range(20):
        probabilities = random.dirichlet(np.ones(4), 400)
        true = (random.random(400)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1).clip(0, 3)
        sample = Sample(true, np.zeros((400, 4), bool), probabilities, np.arange(400) // 8)
        for method in ("bca", "percentile"):
            found = measure(sample, repeats=60, method=method)["ece"]
            assert 0 <= found.low <= found.value <= found.high


def test_numbers_above_one_are_shown_whole():
    assert str(Interval(10.5, 10.1, 20.25)) == "10.500 [10.100, 20.250]"
    assert str(Interval(-0.5, -0.75, 0.0)) == "-.500 [-.750, .000]"
