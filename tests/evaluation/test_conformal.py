"""The promise of label sets, on simulated articles whose sentences are alike."""

import json

import numpy as np
import pytest

from claimclf.evaluation.conformal import FEWEST_ARTICLES, Conformal
from claimclf.labels import LABELS


def draw(rng, articles):
    """Probabilities, labels and article numbers; an article's sentences share how hard they are."""
    rows, labels, of = [], [], []
    for number in range(articles):
        hard = rng.gamma(2.0)
        for _ in range(rng.integers(3, 30)):
            label = rng.choice(4, p=[0.5, 0.3, 0.05, 0.15])
            logits = rng.normal(size=4)
            logits[label] += 3 / hard
            p = np.exp(logits)
            rows.append(p / p.sum())
            labels.append(label)
            of.append(number)
    return np.array(rows), np.array(labels), np.array(of)


def covered(fitted, level, rows, labels):
    thresholds = fitted.thresholds(level)
    return np.array([LABELS[y] in Conformal.label_set(p, thresholds) for p, y in zip(rows, labels, strict=True)])


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_coverage_holds_on_new_articles(level):
    rng = np.random.default_rng(7)
    shares = []
    for _ in range(60):
        fitted = Conformal.fit(*draw(rng, 80))
        rows, labels, of = draw(rng, 40)
        right = covered(fitted, level, rows, labels)
        shares.append(np.mean([right[of == k].mean() for k in range(40)]))
    assert np.mean(shares) >= level - 0.01
    assert np.mean(shares) <= level + 0.06  # class-conditional sets are a little larger than the promise


def test_a_label_with_enough_articles_has_its_own_promise():
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(60):
        fitted = Conformal.fit(*draw(rng, 150))
        rows, labels, _ = draw(rng, 60)
        shares.append(covered(fitted, 0.9, rows, labels)[labels == 2].mean())
    assert np.mean(shares) >= 0.88


def test_thresholds_are_never_above_the_shared_one_and_fall_with_coverage():
    rng = np.random.default_rng(0)
    rows, labels, of = draw(rng, 100)
    fitted = Conformal.fit(rows, labels, of)
    few = Conformal.fit(rows, np.where(labels == 2, 0, labels), of)
    assert few.thresholds(0.9)[2] == few.thresholds(0.9).max()  # no article has it: the shared one
    for label in range(4):
        found = [fitted.thresholds(level)[label] for level in (0.5, 0.8, 0.9, 0.99)]
        assert found == sorted(found, reverse=True)


def test_too_few_articles_for_the_coverage_give_every_label():
    fitted = Conformal.fit(np.eye(4), np.arange(4), np.arange(4))
    assert fitted.thresholds(0.9).tolist() == [0, 0, 0, 0]
    assert len(Conformal.label_set(np.array([1.0, 0, 0, 0]), fitted.thresholds(0.9))) == 4


def test_articles_count_the_same_however_long_they_are():
    long = np.full(1000, 0.2)
    short = np.full(FEWEST_ARTICLES * 2, 0.8)
    probability = np.concatenate([long, short])
    fitted = Conformal(probability, np.zeros(len(probability), int), np.r_[np.zeros(1000, int), 1 + np.arange(60)])
    assert fitted.thresholds(0.9)[0] == 0.8  # one long article in 61 does not lower it


def test_the_likeliest_label_is_always_in_the_set():
    assert Conformal.label_set(np.array([0.4, 0.3, 0.2, 0.1]), np.full(4, 0.9)) == (LABELS[0],)


def test_json_and_back():
    fitted = Conformal.fit(*draw(np.random.default_rng(1), 40))
    again = Conformal.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert again.thresholds(0.9).tolist() == fitted.thresholds(0.9).tolist()


@pytest.mark.parametrize("level", [0, 1, -0.1, 90, float("nan")])
def test_a_coverage_that_is_none(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Conformal.fit(np.eye(4), np.arange(4), np.arange(4)).thresholds(level)
