import numpy as np
import pytest
from scipy.stats import binomtest

from claimclf.evaluation.mcnemar import McNemar, mcnemar


@pytest.mark.parametrize(
    ("gained", "lost"), [(0, 0), (5, 5), (1, 9), (12, 3), (300, 240), (900, 1100), (14_900, 15_100)]
)
def test_the_p_is_that_of_scipy(gained, lost):
    ours = np.array([True] * gained + [False] * lost + [True, False])
    other = np.array([False] * gained + [True] * lost + [True, False])
    found = mcnemar(ours, other)
    assert (found.gained, found.lost) == (gained, lost)
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert found.p == pytest.approx(expected, rel=1e-9)


def test_small_p_is_told_as_such():
    assert str(McNemar(90, 1, 1e-9)).endswith("p < .001")
