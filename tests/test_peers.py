"""Simple systems and peers learn from the sentences of training articles, and label articles in order."""

from dataclasses import replace

import numpy as np
import pytest

from claimclf.articles import Article
from claimclf.errors import DataError
from claimclf.labels import LABELS
from claimclf.peers import linear_probe, majority, setfit, tfidf
from tests.test_comparison import HELD, TRAINING, article

EMPTY = Article("e", "…", ())


def test_the_majority_is_that_of_the_training_labels():
    assert majority(TRAINING)(HELD[:1]) == [[0, 0, 0]]
    assert majority([article(1, [3, 3, 0, None, None, None])])(HELD[2:3]) == [[3, 3]]


def right(label, given):
    said = [p for own in label(given) for p in own]
    true = [s.label for a in given for s in a.sentences]
    return np.mean([LABELS[p] == t for p, t in zip(said, true, strict=True) if t])


def test_tfidf_learns_the_labels_from_the_words():
    label = tfidf(TRAINING)
    assert right(label, HELD) == 1
    assert [len(own) for own in label([*HELD, EMPTY])] == [3, 3, 2, 4, 0]


def test_tfidf_sees_the_words_of_the_sentence_alone():
    label = tfidf(TRAINING)
    assert label([article(50, [3, 0])])[0][1] == label([article(50, [1, 0])])[0][1] == 0
    relabelled = replace(HELD[0], sentences=tuple(replace(s, label=None) for s in HELD[0].sentences))
    assert label([relabelled]) == label(HELD[:1])


def test_an_article_without_sentences_has_no_labels():
    assert tfidf(TRAINING)([EMPTY]) == majority(TRAINING)([EMPTY]) == [[]]


@pytest.mark.parametrize(
    ("training", "found"),
    [([], "0 labelled"), ([article(1, [None])], "0 labelled"), ([article(1, [2, 2, None])], "2 labelled")],
    ids=["nothing", "no labels", "one label"],
)
def test_tfidf_says_what_it_cannot_learn_from(training, found):
    with pytest.raises(DataError, match=f"{found} sentences, all of one label; give"):
        tfidf(training)


@pytest.mark.parametrize("peer", [linear_probe, setfit])
def test_peers_learn_the_labels_from_the_words(peer, encoders):
    pytest.importorskip("setfit" if peer is setfit else "sentence_transformers")
    more = {"steps": 4, "a_label": 4} if peer is setfit else {}
    label = peer(TRAINING, str(encoders["bert"]), **more)
    assert right(label, TRAINING) > 0.5  # a random encoder tells the four sentences apart, not more
    assert [len(own) for own in label(HELD)] == [3, 3, 2, 4]
