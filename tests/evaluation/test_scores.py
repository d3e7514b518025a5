import warnings

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from claimclf.evaluation.scores import accuracy, f1, macro_f1, mcc, precision, statistics
from claimclf.labels import LABELS

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)
ARTICLES = st.lists(PAIRS, min_size=1, max_size=5)


def arrays(pairs):
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(articles=ARTICLES)
def test_counts_are_a_confusion_matrix_an_article_true_label_first(articles):
    counts = statistics([arrays(pairs) for pairs in articles])
    assert counts.shape == (len(articles), 4, 4)
    for found, pairs in zip(counts, articles, strict=True):
        assert (found == sklearn.metrics.confusion_matrix(*arrays(pairs), labels=range(4))).all()


@given(articles=ARTICLES)
def test_scores_are_those_of_scikit_learn(articles):
    total = statistics([arrays(pairs) for pairs in articles]).sum(axis=0)
    true, predicted = arrays([pair for pairs in articles for pair in pairs])
    absent = [label for label in range(4) if label not in true and label not in predicted]
    expected = sklearn.metrics.f1_score(true, predicted, labels=range(4), average=None, zero_division=np.nan)
    assert np.allclose(f1(total), expected, equal_nan=True)
    assert np.isnan(f1(total)).nonzero()[0].tolist() == absent
    macro = sklearn.metrics.f1_score(true, predicted, labels=np.unique(true), average="macro", zero_division=0)
    assert macro_f1(total) == pytest.approx(macro)
    assert accuracy(total) == pytest.approx(sklearn.metrics.accuracy_score(true, predicted))


def test_by_hand():
    total = statistics([(np.array([0, 0, 0, 1, 2]), np.array([0, 0, 1, 1, 0]))]).sum(axis=0)
    assert total[0].tolist() == [2, 1, 0, 0]
    assert total[:, 0].tolist() == [2, 0, 1, 0]
    assert f1(total)[:3].tolist() == pytest.approx([2 / 3, 2 / 3, 0])  # label 2 is there and never found
    assert np.isnan(f1(total)[3])  # label 3 is nowhere
    assert macro_f1(total) == pytest.approx(4 / 9)
    assert accuracy(total) == pytest.approx(0.6)


def test_a_label_that_is_predicted_and_not_there_counts_by_the_sentences_it_took():
    total = statistics([(np.array([0, 0]), np.array([0, 1]))]).sum(axis=0)
    assert f1(total)[:2].tolist() == pytest.approx([2 / 3, 0])
    assert macro_f1(total) == pytest.approx(2 / 3)


def test_scores_work_on_a_stack_of_counts():
    counts = statistics([(np.array([0, 1]), np.array([0, 1])), (np.array([0, 1]), np.array([1, 0]))])
    assert f1(counts)[:, :2].tolist() == [[1, 1], [0, 0]]


def test_no_article_and_no_sentence_have_no_score():
    nothing = np.array([], dtype=np.int64)
    assert statistics([]).shape == (0, len(LABELS), len(LABELS))
    for counts in (statistics([]), statistics([(nothing, nothing)])):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            total = counts.sum(axis=0)
            assert np.isnan(f1(total)).all()
            assert np.isnan(macro_f1(total))
            assert np.isnan(accuracy(total))


@pytest.mark.filterwarnings("ignore")
@given(articles=ARTICLES)
def test_precision_and_correlation_are_those_of_scikit_learn(articles):
    total = statistics([arrays(pairs) for pairs in articles]).sum(axis=0)
    true, said = arrays([pair for pairs in articles for pair in pairs])
    for label in set(true.tolist()):
        found = sklearn.metrics.precision_score(true, said, labels=[label], average=None, zero_division=0)[0]
        assert precision(label, total) == pytest.approx(found)
    if len(set(true.tolist())) > 1:
        assert mcc(total) == pytest.approx(sklearn.metrics.matthews_corrcoef(true, said), abs=1e-9)


def test_a_model_that_says_one_thing_has_scores():
    total = statistics([(np.array([0, 0, 1, 2]), np.zeros(4, int))]).sum(axis=0)
    assert (mcc(total), precision(2, total)) == (0, 0)
    assert np.isnan(precision(3, total)) and np.isnan(mcc(statistics([(np.zeros(3, int), np.zeros(3, int))])[0]))
