"""Counts a story give the scores and intervals that the sentences give, and gains that pair them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimclf.evaluation.confusion import CONFUSION_SCORES, Confusion
from claimclf.evaluation.measures import difference, measure
from claimclf.evaluation.sample import Sample

SENTENCES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=30)


def sample(rows, column=1):
    table = np.array(rows, dtype=np.int64)
    groups = np.unique(table[:, 2], return_inverse=True)[1]
    return Sample(table[:, 0], np.zeros((len(rows), 4), bool), np.eye(4)[table[:, column]], groups)


def same(one, two):
    a, b = ((i.value, i.low, i.high) for i in (one, two))
    return np.allclose(a, b, equal_nan=True)


@given(rows=SENTENCES)
def test_scores_and_intervals_are_those_of_the_sentences(rows):
    full, counted = measure(sample(rows), repeats=20), Confusion.of(sample(rows)).measure(repeats=20)
    assert list(counted) == list(CONFUSION_SCORES)
    assert all(same(full[name], counted[name]) for name in counted)


@given(rows=SENTENCES)
def test_gains_are_those_of_the_sentences(rows):
    right = [(true, true, story) for true, _, story in rows]
    full = difference(sample(right), sample(rows), repeats=20)
    ours, other = Confusion.of(sample(right)), Confusion.of(sample(rows))
    assert all(same(full[name], ours.gain(other, name, repeats=20)) for name in CONFUSION_SCORES)


@given(rows=SENTENCES)
def test_lists_give_the_counts_back(rows):
    counted = Confusion.of(sample(rows))
    assert (Confusion.from_list(counted.to_list()).counts == counted.counts).all()


def test_counts_of_other_sentences_give_no_gain():
    one, two = (Confusion.of(sample([(true, 0, 0)])) for true in (0, 1))
    with pytest.raises(ValueError, match="same sentences"):
        one.gain(two)


def test_no_story_has_no_score():
    nothing = Confusion.from_list([]).measure(repeats=5)
    assert all(np.isnan(score.value) for score in nothing.values())
    with pytest.raises(ValueError, match="reshape"):
        Confusion.from_list([[1, 2]])
