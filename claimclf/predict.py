"""The predict API: an article, or sentences, in; a calibrated status for each sentence out.

>>> from claimclf.predict import ClaimClassifier
>>> classifier = ClaimClassifier.load()
>>> article = classifier.article("The bank denied the report. It may sue.")
>>> [str(sentence.label) for sentence in article.sentences]
['official_denial', 'speculation']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Span
from claimclf.batches import batches
from claimclf.boundaries import boundaries
from claimclf.checkpoint import SHIPPED, Checkpoint, load_tokenizer, locate
from claimclf.encoding import Encoder
from claimclf.errors import InputError, ModelError
from claimclf.predictions import ArticlePrediction, SentencePrediction
from claimclf.results import sentence_predictions
from claimclf.runtime import Runtime, window_logits
from claimclf.runtime.choice import Precision, RuntimeName, open_runtime


class ClaimClassifier:
    """Labels the sentences of news articles. Make one with `load`."""

    def __init__(
        self,
        runtime: Runtime,
        encoder: Encoder,
        checkpoint: Checkpoint,
        coverage: float | None = None,
        abstain_below: float = 0.0,
    ) -> None:
        if not isinstance(abstain_below, int | float) or not 0 <= abstain_below <= 1:
            raise InputError(f"abstain_below is a confidence between 0 and 1, not {abstain_below!r}")
        self.runtime = runtime
        self.encoder = encoder
        self.checkpoint = checkpoint
        self.coverage = coverage
        self.abstain_below = abstain_below
        self.folder: Path | None = None
        self._thresholds = None if coverage is None else _thresholds(checkpoint, coverage)

    @classmethod
    def load(
        cls,
        model: str | Path = SHIPPED,
        *,
        runtime: RuntimeName = "auto",
        precision: Precision = "auto",
        threads: int | None = None,
        coverage: float | None = None,
        abstain_below: float = 0.0,
    ) -> ClaimClassifier:
        """Load the shipped model, or the one in a folder, or one of the Hugging Face hub (`owner/name`).

        `threads` bounds the cores used. `runtime` and `precision` are chosen by what is installed and what the CPU can
        do; `classifier.runtime.name` and `.why` say which and why. `precision="fp32"` gives the same numbers on every
        machine. With `coverage`, say 0.9, each sentence gets a `label_set` that holds its true label with that
        probability, on articles like those the model was calibrated on. Where its confidence is under
        `abstain_below`, a sentence is marked `abstained`.

        >>> careful = ClaimClassifier.load(threads=1, coverage=0.9, abstain_below=0.7)
        >>> sentence = careful.article("The bank denied the report.").sentences[0]
        >>> sentence.label in sentence.label_set, sentence.abstained
        (True, False)

        Raises:
            ModelError: there is no such model, or it is damaged, or was not calibrated for label sets.
            InputError: a coverage or confidence is not between 0 and 1, threads are below 1, or there is no such
                runtime or precision.
            MissingExtraError: the runtime is not installed, such as torch for a training checkpoint.
        """
        folder = locate(str(model))
        checkpoint = Checkpoint.load(folder)
        encoder = Encoder(load_tokenizer(folder), checkpoint.windows)
        opened = open_runtime(folder, runtime, precision, threads)
        classifier = cls(opened, encoder, checkpoint, coverage, abstain_below)
        classifier.folder = folder
        return classifier

    def article(
        self,
        text: str,
        spans: Sequence[tuple[int, int]] | None = None,
        *,
        newlines: Literal["every", "blank"] = "every",
    ) -> ArticlePrediction:
        """The status of every sentence of an article.

        `spans` are sentence boundaries as code-point offsets, in order; without them the text is split here: at every
        line break, or with `newlines="blank"`, for hard-wrapped text, at blank lines. A text without any letter or
        digit has no sentence.

        >>> ClaimClassifier.load().article("It rained.", spans=[(0, 10)]).sentences[0].text
        'It rained.'

        Raises:
            InputError: the text is no string, or spans are out of order, empty, or outside the text.
        """
        found = boundaries(text, spans, newlines)
        (sentences,) = self._results([(text, found)])
        return ArticlePrediction(text, sentences, self.checkpoint.name)

    def articles(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]] | None = None
    ) -> list[ArticlePrediction]:
        """The status of every sentence of several articles; `spans` are the sentence boundaries of each.

        Their windows share batches, which is faster than one article at a time; for more than memory holds, `stream`.

        >>> [len(a.sentences) for a in ClaimClassifier.load().articles(["It rained. It may snow.", "It rained."])]
        [2, 1]

        Raises:
            InputError: as `article`, with the number of the article; or there are not as many `spans` as `texts`.
        """
        given = None if isinstance(texts, str) else list(texts)
        if given is None or (spans is not None and len(spans) != len(given)):
            raise InputError("articles takes a list of str, and spans for each of them: classifier.articles([text])")
        found = []
        for number, text in enumerate(given):
            try:
                found.append((text, boundaries(text, spans[number] if spans is not None else None)))
            except InputError as error:
                raise InputError(f"article {number}: {error}") from error
        results = zip(given, self._results(found), strict=True)
        return [ArticlePrediction(text, sentences, self.checkpoint.name) for text, sentences in results]

    def sentences(self, sentences: Sequence[str]) -> list[SentencePrediction]:
        """The status of sentences that have no article, each judged alone; offsets are within each sentence.

        >>> [s.end for s in ClaimClassifier.load().sentences(["It rained.", "It may snow."])]
        [10, 12]

        Raises:
            InputError: one is no string, or has no letter or digit; the message says which.
        """
        if isinstance(sentences, str):
            raise InputError("sentences takes a list of str: classifier.sentences([text])")
        sentences = list(sentences)
        for number, text in enumerate(sentences):
            if not isinstance(text, str) or not any(c.isalnum() for c in text):
                raise InputError(f"sentence {number} ({text!r}) has nothing to classify; leave it out")
        return [sentence for (sentence,) in self._results([(text, [Span(0, len(text))]) for text in sentences])]

    def stream(
        self, texts: Iterable[str], *, newlines: Literal["every", "blank"] = "every"
    ) -> Iterator[ArticlePrediction]:
        """Articles one by one, in order, in bounded memory: as many are read ahead as make a batch.

        An item that cannot be predicted (no string) comes back without sentences, and its `error` says why. Where
        `texts` raises an error, what it gave before is predicted first.

        >>> [article.error is None for article in ClaimClassifier.load().stream(["It rained.", None])]
        [True, False]

        Raises:
            InputError: `texts` is one text, or there are no such `newlines`.
        """
        if isinstance(texts, str):
            raise InputError("stream takes many articles, each a str: classifier.stream([text])")
        boundaries("", None, newlines)
        return self._stream(texts, newlines)

    def _stream(self, texts: Iterable[str], newlines: Literal["every", "blank"]) -> Iterator[ArticlePrediction]:
        for batch in batches(texts):
            fine = {i: (t, boundaries(t, None, newlines)) for i, t in enumerate(batch) if isinstance(t, str)}
            found = dict(zip(fine, self._results(list(fine.values())), strict=True))
            for i, text in enumerate(batch):
                if i in found:
                    yield ArticlePrediction(text, found[i], self.checkpoint.name)
                else:
                    error = f"an article is a str, not {type(text).__name__}"
                    yield ArticlePrediction("", (), self.checkpoint.name, error)

    def close(self) -> None:
        """Give the network's memory and threads back; the classifier cannot predict any more."""
        self.runtime.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _results(self, articles: Sequence[tuple[str, list[Span]]]) -> list[tuple[SentencePrediction, ...]]:
        """The sentences of each article; windows of all articles share batches."""
        windows = [self.encoder.windows(text, spans) if spans else [] for text, spans in articles]
        tokens = iter(window_logits(self.runtime, [w for own in windows for w in own], self.checkpoint.pad_id))
        return [
            sentence_predictions(
                text, spans, own, [next(tokens) for _ in own], self.checkpoint, self._thresholds, self.abstain_below
            )
            for (text, spans), own in zip(articles, windows, strict=True)
        ]


def _thresholds(checkpoint: Checkpoint, coverage: float) -> NDArray[np.float64]:
    if checkpoint.conformal is None:
        raise ModelError(f"{checkpoint.name} was not calibrated for label sets; train it again with this version")
    try:
        return checkpoint.conformal.thresholds(coverage)
    except ValueError as error:
        raise InputError(str(error)) from error


@lru_cache(maxsize=1)
def _shipped() -> ClaimClassifier:
    return ClaimClassifier.load()


def predict_article(text: str) -> ArticlePrediction:
    """`ClaimClassifier.article` of the shipped model, loaded once.

    >>> len(predict_article("It rained. It may snow.").sentences)
    2
    """
    return _shipped().article(text)


def predict_sentences(sentences: Sequence[str]) -> list[SentencePrediction]:
    """`ClaimClassifier.sentences` of the shipped model, loaded once.

    >>> len(predict_sentences(["It rained."]))
    1
    """
    return _shipped().sentences(sentences)
