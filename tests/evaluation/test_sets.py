import numpy as np
import pytest

from claimclf.evaluation.conformal import Conformal
from claimclf.evaluation.sample import Sample
from claimclf.evaluation.sets import set_scores
from claimclf.labels import LABELS

F, C, D, S = LABELS


def test_coverage_by_label_and_size():
    sample = Sample(np.array([0, 0, 1, 3]), np.zeros((4, 4), bool), np.full((4, 4), 0.25), np.array([0, 0, 1, 1]))
    found = set_scores(sample, [(F,), (C, S), (F, C), (S,)], "aabb", repeats=50)
    assert found["coverage"].value == 0.75
    assert found[f"coverage/{F}"].value == 0.5
    assert found[f"coverage/{C}"].value == 1.0
    assert np.isnan(found[f"coverage/{D}"].value)
    assert found["set_size"].value == 1.5
    assert found["coverage"].low == pytest.approx(0.5) and found["coverage"].high == 1.0


def test_articles_count_alike_however_long_they_are():
    true = np.zeros(10, int)
    sample = Sample(true, np.zeros((10, 4), bool), np.full((10, 4), 0.25), np.array([0] * 9 + [1]))
    found = set_scores(sample, [(C,)] * 9 + [(F, C, S)], ["long"] * 9 + ["short"], repeats=5)
    assert (found["coverage"].value, found[f"coverage/{F}"].value, found["set_size"].value) == (0.5, 0.5, 2.0)


def test_the_promise_is_measured_as_it_is_made():
    random = np.random.default_rng(0)

    def news(articles):
        """Long and hard articles, and short and easy ones: probabilities, and the article of each sentence."""
        sizes = np.where(random.random(articles) < 0.3, 60, 6)
        of = np.repeat(np.arange(articles), sizes)
        likely = np.clip(random.normal(np.where(sizes[of] == 60, 0.2, 0.8), 0.1), 0.01, 0.99)
        rest = ((1 - likely) / 3)[:, None].repeat(3, axis=1)
        return np.concatenate([likely[:, None], rest], axis=1), of

    covered = []
    for _ in range(5):
        fitted, of = news(300)
        fit = Conformal.fit(fitted, np.zeros(len(of), int), of)
        said, where = news(300)
        sets = [Conformal.label_set(p, fit.thresholds(0.9)) for p in said]
        sample = Sample(np.zeros(len(where), int), np.zeros((len(where), 4), bool), said, where)
        covered.append(set_scores(sample, sets, where.tolist(), repeats=2)["coverage"].value)
    assert np.mean(covered) == pytest.approx(0.9, abs=0.02)
