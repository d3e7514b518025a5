"""Scores against scikit-learn on random samples; intervals that contain their value; what is undefined says so."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from claimclf.evaluation.bootstrap import Interval, resamples
from claimclf.evaluation.measures import SCORES, measure
from claimclf.evaluation.ranking import area_under_risk_coverage, average_precision, selective_accuracy
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS


def make(seed: int, n: int = 200, groups: int = 20) -> Sample:
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 4, n)
    logits = rng.normal(size=(n, 4)) + 1.5 * np.eye(4)[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return Sample(true, rng.random((n, 4)) < 0.1, probabilities, rng.integers(0, groups, n))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_scores_are_those_of_scikit_learn(seed):
    sample = make(seed)
    true, predicted, p = sample.true, sample.predicted, sample.probabilities
    found = {name: i.value for name, i in measure(sample, repeats=2).items()}
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(true, predicted), abs=1e-9)
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(true, predicted, average="macro"), abs=1e-9)
    assert found["mcc"] == pytest.approx(metrics.matthews_corrcoef(true, predicted), abs=1e-9)
    assert found["log_loss"] == pytest.approx(metrics.log_loss(true, p, labels=range(4)), abs=1e-9)
    assert found["brier"] == pytest.approx(((p - np.eye(4)[true]) ** 2).sum(axis=1).mean(), abs=1e-9)
    rows = metrics.precision_recall_fscore_support(true, predicted, labels=range(4), zero_division=np.nan)
    for i, label in enumerate(LABELS):
        for name, row in zip(("precision", "recall", "f1"), rows, strict=False):
            assert found[f"{name}/{label}"] == pytest.approx(row[i], abs=1e-9)
        expected = metrics.average_precision_score(true == i, p[:, i])
        assert found[f"auprc/{label}"] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_weights_are_repeated_sentences(seed):
    sample = make(seed, 60)
    weights = np.random.default_rng(seed).integers(0, 4, 60)
    confidence, wrong = np.round(sample.probabilities.max(axis=1), 1), sample.predicted != sample.true
    rows = np.repeat(np.arange(60), weights)
    ones = np.ones(len(rows))
    ap = average_precision(confidence, wrong)
    assert ap(weights.astype(float)) == pytest.approx(
        average_precision(confidence[rows], wrong[rows])(ones), nan_ok=True
    )
    distinct = sample.probabilities.max(axis=1)
    one = area_under_risk_coverage(distinct, wrong)((weights > 0).astype(float))
    kept = weights > 0
    assert one == pytest.approx(area_under_risk_coverage(distinct[kept], wrong[kept])(np.ones(kept.sum())))


def test_a_hand_computed_risk_coverage_curve():
    score = area_under_risk_coverage(np.array([0.9, 0.8, 0.7]), np.array([False, True, False]))
    assert score(np.ones(3)) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_lenient_accuracy_counts_also():
    also = np.zeros((2, 4), bool)
    also[0, 1] = True
    sample = Sample(np.array([0, 0]), also, np.eye(4)[[1, 2]], np.array([0, 1]))
    found = measure(sample, repeats=5)
    assert (found["accuracy"].value, found["lenient_accuracy"].value) == (0.0, 0.5)


def test_labels_without_support_are_undefined_and_not_zero():
    sample = Sample(np.array([0, 0, 1]), np.zeros((3, 4), bool), np.eye(4)[[0, 0, 1]], np.array([0, 1, 2]))
    found = measure(sample, repeats=20)
    for name in ("f1", "recall", "auprc"):
        assert str(found[f"{name}/official_denial"]) == "undefined"
    assert found["macro_f1"].value == 1.0


def test_an_empty_sample_is_undefined_throughout():
    empty = Sample(np.zeros(0, np.int64), np.zeros((0, 4), bool), np.zeros((0, 4)), np.zeros(0, np.int64))
    assert all(str(i) == "undefined" for i in measure(empty, repeats=3).values())


def test_intervals_contain_their_value_and_repeat_by_seed():
    sample = make(1)
    found = measure(sample, repeats=200, seed=3)
    assert found == measure(sample, repeats=200, seed=3) != measure(sample, repeats=200, seed=4)
    assert all(i.low <= i.value <= i.high for name, i in found.items() if name != "ece")


def test_a_perfectly_calibrated_forecast_has_a_small_error():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), 20_000)
    true = (p.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    sample = Sample(true, np.zeros((20_000, 4), bool), p, np.arange(20_000) % 50)
    assert measure(sample, repeats=2)["ece"].value < 0.02
    wrong = Sample((true + 1) % 4, sample.also, p, sample.groups)
    assert measure(wrong, repeats=2)["ece"].value > 0.1


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="2 true labels"):
        Sample(np.zeros(2, np.int64), np.zeros((2, 4), bool), np.zeros((3, 4)), np.zeros(2, np.int64))


def test_every_score_has_its_name():
    assert tuple(measure(make(0), repeats=3)) == SCORES


def test_selective_accuracy_keeps_the_surest_share():
    confidence, wrong = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([False, True, False, True, True])
    score = selective_accuracy(confidence, wrong, 0.6)
    assert score(np.ones(5)) == pytest.approx(2 / 3)
    assert score(np.array([2.0, 0, 0, 1, 2])) == pytest.approx(2 / 3)  # two right, and one of the next wrong ones
    assert np.isnan(score(np.zeros(5)))


def test_bca_intervals_hold_their_value_and_differ_from_percentile():
    sample = make(3)
    plain, bca = (measure(sample, repeats=400, method=method) for method in ("percentile", "bca"))
    assert bca["macro_f1"].value == plain["macro_f1"].value
    assert bca["macro_f1"].low <= bca["macro_f1"].value <= bca["macro_f1"].high
    assert bca["macro_f1"] != plain["macro_f1"]


def test_bca_takes_the_scores_without_each_story():
    sample = make(4)
    found = measure(sample, repeats=50, method="bca")
    parts = [measure(sample.part(sample.groups != story), repeats=1) for story in range(20)]
    drawn = [sample.part(np.repeat(np.arange(200), row[sample.groups])) for row in resamples(20, 50)]
    for name in ("macro_f1", "log_loss", "auprc/official_denial"):
        value, left_out = found[name].value, [part[name].value for part in parts]
        expected = Interval.bca(value, [measure(part, repeats=1)[name].value for part in drawn], left_out)
        bounds = [found[name].low, found[name].high]
        assert bounds == pytest.approx([expected.low, expected.high], abs=1e-9)


def test_bca_of_many_stories_takes_little_memory():
    sample = make(6, 2000)
    sample = Sample(sample.true, sample.also, sample.probabilities, np.arange(2000))
    tracemalloc.start()
    measure(sample, repeats=2, method="bca")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2000 * 2000 * 8 / 2  # bytes; half of what a weight for each story without each would take


def test_a_sample_is_stored_and_read():
    sample = make(5)
    again = type(sample).from_dict(json.loads(json.dumps(sample.to_dict())))
    one, two = measure(sample, repeats=3), measure(again, repeats=3)
    assert all(two[name].value == pytest.approx(score.value, abs=1e-8, nan_ok=True) for name, score in one.items())
    gaps = type(sample).from_dict({**sample.to_dict(), "groups": (2 * sample.groups + 1).tolist()})
    assert gaps.groups.tolist() == sample.groups.tolist()
