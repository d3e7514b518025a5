import numpy as np
import pytest

from claimclf.evaluation.sample import Sample
from claimclf.evaluation.sets import set_scores
from claimclf.labels import LABELS

F, C, D, S = LABELS


def test_coverage_by_label_and_size():
    sample = Sample(np.array([0, 0, 1, 3]), np.zeros((4, 4), bool), np.full((4, 4), 0.25), np.array([0, 0, 1, 1]))
    found = set_scores(sample, [(F,), (C, S), (F, C), (S,)], repeats=50)
    assert found["coverage"].value == 0.75
    assert found[f"coverage/{F}"].value == 0.5
    assert found[f"coverage/{C}"].value == 1.0
    assert np.isnan(found[f"coverage/{D}"].value)
    assert found["set_size"].value == 1.5
    assert found["coverage"].low == pytest.approx(0.5) and found["coverage"].high == 1.0
