import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.calibration import Calibration, expected_calibration_error, fit, log_loss, softmax

SEEDS = st.integers(0, 2**32 - 1)


def simulated(seed, sentences=4000, labels=4, spread=2.0):
    """Logits and labels drawn by them: with these, a temperature of 1 is right."""
    chance = np.random.default_rng(seed)
    logits = chance.normal(0, spread, (sentences, labels))
    cumulated = softmax(logits).cumsum(axis=1)
    return logits, (chance.random((sentences, 1)) > cumulated).sum(axis=1).clip(0, labels - 1)


def noise(seed, sentences=60):
    chance = np.random.default_rng(seed)
    return chance.normal(0, chance.uniform(0.1, 5), (sentences, 4)), chance.integers(0, 4, sentences)


def test_probabilities_add_up_to_one_whatever_the_size_of_the_logits():
    logits = np.array([[1e4, 0.0, -1e4], [1e-9, 0.0, 0.0], [-1e4, -1e4, -1e4]], dtype=np.float32)
    probabilities = softmax(logits)
    assert probabilities.dtype == np.float64
    assert np.allclose(probabilities, [[1, 0, 0], [1 / 3] * 3, [1 / 3] * 3])
    assert softmax(np.array([np.log(1.0), np.log(3.0)])).tolist() == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5, 6.0])
def test_fit_finds_the_temperature_that_was_put_in(temperature):
    logits, labels = simulated(1)
    assert fit(logits * temperature, labels).temperature == pytest.approx(temperature, rel=0.06)


def test_the_fit_is_the_minimum():
    logits, labels = simulated(2, sentences=300)
    best = fit(3 * logits, labels).temperature
    losses = [log_loss(Calibration(t).probabilities(3 * logits), labels) for t in (best * 0.98, best, best * 1.02)]
    assert losses[1] < losses[0] and losses[1] < losses[2]


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_the_fit_never_raises_the_log_loss(seed):
    logits, labels = noise(seed)
    before = log_loss(softmax(logits), labels)
    assert log_loss(fit(logits, labels).probabilities(logits), labels) <= before + 1e-9


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, temperature=st.floats(0.05, 20))
def test_a_temperature_changes_confidence_and_never_the_likeliest_label(seed, temperature):
    logits, _ = noise(seed)
    probabilities = Calibration(temperature).probabilities(logits)
    assert (probabilities.argmax(axis=1) == logits.argmax(axis=1)).all()
    assert np.allclose(probabilities.sum(axis=1), 1)
    gain = probabilities.max(axis=1) - softmax(logits).max(axis=1)
    assert (gain <= 1e-12).all() if temperature >= 1 else (gain >= -1e-12).all()


@pytest.mark.parametrize("margin", [5.0, 30.0, 60.0, 100.0, 1000.0])
def test_confident_mistakes_make_it_as_modest_as_it_can_be(margin):
    logits = np.array([[margin, 0.0]] * 4, dtype=np.float32)
    assert fit(logits, np.array([1, 1, 1, 0])).temperature == pytest.approx(20, rel=0.01)


def test_no_mistakes_make_it_as_sure_as_it_can_be():
    logits, _ = simulated(3, sentences=50)
    assert fit(0.05 * logits, logits.argmax(axis=1)).temperature == pytest.approx(0.05, rel=0.01)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(temperature):
    with pytest.raises(ValueError, match="a temperature is a number above 0"):
        Calibration(temperature)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_log_loss_is_that_of_scikit_learn(seed):
    logits, labels = noise(seed)
    expected = sklearn.metrics.log_loss(labels, softmax(logits), labels=range(4))
    assert log_loss(softmax(logits), labels) == pytest.approx(expected)


def test_log_loss_of_a_label_held_impossible_is_large_and_finite():
    assert log_loss(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(52 * np.log(2))


CONFIDENCE = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.7, 0.3]])
TRUE = np.array([0, 0, 0, 1])  # by confidence: .6 wrong, .7 wrong, .8 right, .9 right


@pytest.mark.parametrize(
    ("bins", "expected"),
    [
        (1, 0.25),  # 3/4 sure, 1/2 right
        (2, 0.5 * 0.65 + 0.5 * 0.15),
        (3, 0.5 * 0.65 + 0.25 * 0.2 + 0.25 * 0.1),
        (4, (0.6 + 0.7 + 0.2 + 0.1) / 4),
        (15, (0.6 + 0.7 + 0.2 + 0.1) / 4),
    ],
)
def test_calibration_error_by_hand(bins, expected):
    assert expected_calibration_error(CONFIDENCE, TRUE, bins) == pytest.approx(expected)


def test_calibration_error_falls_to_nothing_when_confidence_is_right():
    logits, labels = simulated(4, sentences=20_000)
    assert expected_calibration_error(softmax(logits), labels) < 0.015
    assert expected_calibration_error(softmax(4 * logits), labels) > 0.1
    fitted = fit(4 * logits, labels)
    assert expected_calibration_error(fitted.probabilities(4 * logits), labels) < 0.015


@pytest.mark.parametrize("fitted", [Calibration(1.5), Calibration(2.0, (1.0, 0.9, 1.1, 1.0), (0.1, 0.0, -0.2, 0.3))])
def test_a_bias_multiplies_the_odds_of_its_label(fitted):
    logits, _ = noise(5)
    before, after = fitted.probabilities(logits), fitted.shifted({"official_denial": 0.3}).probabilities(logits)
    odds = (after[:, 2] / (1 - after[:, 2])) / (before[:, 2] / (1 - before[:, 2]))
    assert np.allclose(odds, np.exp(0.3))
    others = [0, 1, 3]
    assert np.allclose(after[:, others] / after[:, [0]], before[:, others] / before[:, [0]])
    assert fitted.shifted({}) == fitted
