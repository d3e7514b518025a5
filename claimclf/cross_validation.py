"""Probabilities for labels by models that have not seen them: cross-validation over stories, fast on a processor."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.labels import LABELS
from claimclf.splits import folds

_STRENGTH = 5.0  # the inverse of the regularisation
_NEIGHBOUR = 0.3  # what a neighbour's words weigh
_TOKEN = r"\w+|[^\w\s]"  # quotes and question marks tell much
_EMPTY = "_"


def out_of_fold(
    articles: Sequence[Article],
    count: int = 5,
    seed: int = 13,
    track: Callable[[Sequence[int]], Iterable[int]] = iter,
) -> NDArray[np.float64]:
    """Probabilities (labelled sentences, labels), each by a model of the other folds: TF-IDF and logistic regression.

    Articles of one story, and near-duplicates, are in one of the `count` folds. `track` is passed the folds and yields
    them again: a place for a progress bar. A label that the other folds lack has probability 0.

    >>> from claimclf.articles import Sentence, Span
    >>> text = "It rained. It may rain."
    >>> sentences = Sentence(Span(0, 10), LABELS[0]), Sentence(Span(11, 23), LABELS[3])
    >>> articles = [Article("a", text, sentences), Article("b", text.replace("rain", "snow"), sentences)]
    >>> out_of_fold(articles, 2).argmax(axis=1).tolist()
    [0, 3, 0, 3]

    Raises:
        DataError: there are fewer stories than folds, or the articles outside a fold have one label only.
        MissingExtraError: scikit-learn or datasketch is not installed.
    """
    with warnings.catch_warnings():  # of labels that are fewer than the folds: those are spread as they can be
        warnings.simplefilter("ignore", UserWarning)
        of = folds(articles, count, seed)
    rows = [(a, i, fold) for a, fold in zip(articles, of, strict=True) for i in range(len(a.sentences))]
    rows = [(a, i, fold) for a, i, fold in rows if a.sentences[i].label is not None]
    fold_of = np.array([fold for _, _, fold in rows])
    labels = np.array([label.position for a, i, _ in rows if (label := a.sentences[i].label)])
    matrix = _features([(a, i) for a, i, _ in rows])
    found = np.zeros((len(rows), len(LABELS)))
    for fold in track(range(count)):
        held = fold_of == fold
        if len(set(labels[~held].tolist())) < 2:
            what = f"the articles outside fold {fold + 1} of {count} have one label only"
            raise DataError([Problem("cross-validation", what, "give articles with two labels at least")])
        if held.any():
            found[held] = _said(matrix[~held], labels[~held], matrix[held])
    return found


def _said(learnt: Any, labels: NDArray[np.int64], asked: Any) -> NDArray[np.float64]:
    """What a logistic regression, fitted on the first, says of the rows asked; 0 for a label that it has not met."""
    with needs_extra("annotations"):
        from sklearn.linear_model import LogisticRegression
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300).fit(learnt, labels)
    found = np.zeros((asked.shape[0], len(LABELS)))
    found[:, model.classes_] = model.predict_proba(asked)
    return found


def _features(places: Sequence[tuple[Article, int]]) -> Any:
    """TF-IDF of each sentence's words and pairs of words, and with less weight, of the words of its neighbours.

    No label is used, so that all sentences can be weighed at once.
    """
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    parts = []
    for step, weight, longest in ((0, 1.0, 2), (-1, _NEIGHBOUR, 1), (1, _NEIGHBOUR, 1)):
        texts = [_text(article, i + step) for article, i in places]
        weigher = TfidfVectorizer(ngram_range=(1, longest), token_pattern=_TOKEN, sublinear_tf=True, min_df=2)
        # an empty vocabulary is an error there: the added word is in every row, and tells nothing
        parts.append(weight * weigher.fit_transform([f"{text} {_EMPTY}" for text in texts]))
    return hstack(parts).tocsr()


def _text(article: Article, place: int) -> str:
    return article.sentences[place].span.of(article.text) if 0 <= place < len(article.sentences) else ""
