"""Simple systems and peers on the same data: what a model must beat, each trained on the same articles.

A labeller takes articles and gives, for each, a label index a sentence, on the articles' own sentence boundaries.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article
from claimclf.encoders import OFFLINE, encoder_path
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.labels import LABELS

Labeller = Callable[[Sequence[Article]], list[list[int]]]


def sentence_texts(articles: Sequence[Article]) -> list[str]:
    """The text of every sentence of the articles, in order."""
    return [s.span.of(article.text) for article in articles for s in article.sentences]


def _by_article(articles: Sequence[Article], labels: Sequence[Any]) -> list[list[int]]:
    found = iter(labels)
    return [[int(next(found)) for _ in article.sentences] for article in articles]


def _each(predict: Callable[[list[str]], Any], texts: list[str]) -> Sequence[Any]:
    return predict(texts) if texts else []  # no library takes an empty list


def _labelled(training: Sequence[Article], who: str) -> tuple[list[str], list[int]]:
    rows = [(s.span.of(a.text), s.label.position) for a in training for s in a.sentences if s.label is not None]
    if len({position for _, position in rows}) < 2:
        found = f"{len(rows)} labelled sentences, all of one label"
        raise DataError([Problem(f"training of {who}", found, "give training articles with two labels at least")])
    return [text for text, _ in rows], [position for _, position in rows]


def majority(training: Sequence[Article]) -> Labeller:
    """The most frequent label of `training`, for every sentence."""
    counts = Counter(s.label.position for article in training for s in article.sentences if s.label is not None)
    most = counts.most_common(1)[0][0] if counts else 0
    return lambda articles: [[most] * len(article.sentences) for article in articles]


def tfidf(training: Sequence[Article], seed: int = 0) -> Labeller:
    """Word 1- to 3-grams by TF-IDF and a class-balanced logistic regression, trained on the sentences of `training`.

    Raises:
        DataError: `training` has fewer than two labels.
        MissingExtraError: scikit-learn is not installed.
    """
    with needs_extra("train"):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    model: Any = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\w+|[^\w\s]"),
        LogisticRegression(C=4.0, class_weight="balanced", max_iter=2000, random_state=seed),
    )
    model.fit(*_labelled(training, "TF-IDF"))
    return lambda articles: _by_article(articles, _each(model.predict, sentence_texts(articles)))


def linear_probe(training: Sequence[Article], encoder: str = OFFLINE, seed: int = 0) -> Labeller:
    """Frozen sentence embeddings of the encoder, of each sentence alone, and a class-balanced logistic regression.

    Raises:
        DataError: `training` has fewer than two labels.
        MissingExtraError: sentence-transformers is not installed.
    """
    with needs_extra("peers"):
        from sentence_transformers import SentenceTransformer
        from sklearn.linear_model import LogisticRegression
    body = SentenceTransformer(encoder_path(encoder), device="cpu")
    texts, labels = _labelled(training, "the linear probe")
    head: Any = LogisticRegression(C=10.0, class_weight="balanced", max_iter=3000, random_state=seed)
    head.fit(_embedded(body, texts), labels)
    return lambda articles: _by_article(
        articles, _each(lambda texts: head.predict(_embedded(body, texts)), sentence_texts(articles))
    )


def _embedded(body: Any, texts: list[str]) -> NDArray[np.float32]:
    return np.asarray(body.encode(texts, batch_size=64, show_progress_bar=len(texts) > 2000))


def _in_bf16() -> contextlib.AbstractContextManager[Any]:
    import torch

    from claimclf.devices import cpu_has_bf16

    return torch.autocast("cpu", torch.bfloat16) if cpu_has_bf16() else contextlib.nullcontext()


def setfit(
    training: Sequence[Article], encoder: str = OFFLINE, a_label: int = 128, steps: int = 500, seed: int = 0
) -> Labeller:
    """SetFit: contrastive fine-tuning on pairs of `a_label` sentences a label, `steps` batches of 16, then a head.

    In bfloat16 where the machine has it. The head, a logistic regression, learns from the same sentences. More of them
    a label do not fit into the hours of a CPU: pairs grow with their square. Source: Tunstall et al., "Efficient
    Few-Shot Learning Without Prompts", 2022.

    Raises:
        DataError: `training` has fewer than two labels.
        MissingExtraError: setfit is not installed.
    """
    with needs_extra("peers"):
        from datasets import Dataset
        from setfit import SetFitModel, Trainer, TrainingArguments
    texts, labels = _labelled(training, "SetFit")
    random = np.random.default_rng(seed)
    chosen: list[int] = []
    for position in range(len(LABELS)):
        own = np.flatnonzero(np.array(labels) == position)
        chosen += random.permutation(own)[:a_label].tolist()
    data = Dataset.from_dict({"text": [texts[i] for i in chosen], "label": [labels[i] for i in chosen]})
    model = SetFitModel.from_pretrained(encoder_path(encoder), device="cpu")
    settings = {"batch_size": 16, "max_steps": steps, "num_epochs": 1, "seed": seed, "report_to": "none"}
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(sys.stderr):  # it prints its loss
        arguments = TrainingArguments(output_dir=scratch, save_strategy="no", **settings)
        with _in_bf16():
            Trainer(model=model, args=arguments, train_dataset=data).train()
    return lambda articles: _by_article(
        articles, _each(lambda texts: model.predict(texts, batch_size=64), sentence_texts(articles))
    )
