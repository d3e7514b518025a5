"""The predict API: an article, or sentences, in; a calibrated status for each sentence out.

>>> from claimclf.predict import ClaimClassifier
>>> classifier = ClaimClassifier.load()
>>> article = classifier.article("The bank denied the report. It may sue.")
>>> [str(sentence.label) for sentence in article.sentences]
['official_denial', 'speculation']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Span
from claimclf.checkpoint import SHIPPED, Checkpoint, load_tokenizer, locate
from claimclf.cues import deciding_words
from claimclf.encoding import Encoder, Window, sentence_means
from claimclf.errors import InputError, ModelError
from claimclf.evaluation.conformal import Conformal
from claimclf.labels import LABELS
from claimclf.predictions import ArticlePrediction, SentencePrediction
from claimclf.runtime import ONNX_FILE, OnnxRuntime, Runtime, TorchRuntime, window_logits
from claimclf.sentences import split


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
        if not 0 <= abstain_below <= 1:
            raise InputError(f"abstain_below is a confidence between 0 and 1, not {abstain_below}")
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
        threads: int | None = None,
        coverage: float | None = None,
        abstain_below: float = 0.0,
    ) -> ClaimClassifier:
        """Load the shipped model, or the one in a folder, or one of the Hugging Face hub (`owner/name`).

        `threads` bounds the cores used. A folder with `model.onnx` runs on ONNX Runtime, a training checkpoint on
        torch. With `coverage`, say 0.9, each sentence gets a `label_set` that holds its true label with that
        probability, on articles like those the model was calibrated on. Where its confidence is under
        `abstain_below`, a sentence is marked `abstained`.

        >>> careful = ClaimClassifier.load(threads=1, coverage=0.9, abstain_below=0.7)
        >>> sentence = careful.article("The bank denied the report.").sentences[0]
        >>> sentence.label in sentence.label_set, sentence.abstained
        (True, False)

        Raises:
            ModelError: there is no such model, or it is damaged, or was not calibrated for label sets.
            InputError: a coverage or confidence is not between 0 and 1.
            MissingExtraError: a training checkpoint, and torch is not installed.
        """
        folder = locate(str(model))
        checkpoint = Checkpoint.load(folder)
        encoder = Encoder(load_tokenizer(folder), checkpoint.windows)
        exported = (folder / ONNX_FILE).is_file()
        runtime = OnnxRuntime(folder, threads) if exported else TorchRuntime.load(folder, threads)
        classifier = cls(runtime, encoder, checkpoint, coverage, abstain_below)
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
        if not isinstance(text, str):
            raise InputError(f"an article is a str, not {type(text).__name__}: classifier.article(text)")
        if spans is None:
            found = [span for span in split(text, newlines) if any(c.isalnum() for c in span.of(text))]
        else:
            found = _checked(text, spans)
        return ArticlePrediction(text, tuple(self._predict(text, found)), self.checkpoint.name)

    def sentences(self, sentences: Sequence[str]) -> list[SentencePrediction]:
        """The status of sentences that have no article, each judged alone; offsets are within each sentence.

        >>> [s.end for s in ClaimClassifier.load().sentences(["It rained.", "It may snow."])]
        [10, 12]

        Raises:
            InputError: one is no string, or has no letter or digit; the message says which.
        """
        if isinstance(sentences, str):
            raise InputError("sentences takes a list of str: classifier.sentences([text])")
        windows: list[Window] = []
        for number, text in enumerate(sentences):
            if not isinstance(text, str) or not any(c.isalnum() for c in text):
                raise InputError(f"sentence {number} ({text!r}) has nothing to classify; leave it out")
            for window in self.encoder.windows(text, [Span(0, len(text))]):
                owners = [number if owner == 0 else owner for owner in window.sentence_ids]
                windows.append(replace(window, sentence_ids=owners))
        return self._results(list(sentences), [Span(0, len(text)) for text in sentences], windows)

    def stream(self, texts: Iterable[str]) -> Iterator[ArticlePrediction]:
        """Articles one by one, in order, in bounded memory.

        >>> len(list(ClaimClassifier.load().stream(["It rained.", "It may snow."])))
        2
        """
        for text in texts:
            yield self.article(text)

    def _predict(self, text: str, spans: list[Span]) -> list[SentencePrediction]:
        return self._results([text] * len(spans), spans, self.encoder.windows(text, spans))

    def _results(self, texts: list[str], spans: list[Span], windows: list[Window]) -> list[SentencePrediction]:
        if not spans:
            return []
        tokens = window_logits(self.runtime, windows, self.checkpoint.pad_id)
        logits, _ = sentence_means(windows, tokens, len(spans))
        probabilities = self.checkpoint.calibration.probabilities(logits)
        parts: list[list[tuple[tuple[int, int], NDArray[np.float32]]]] = [[] for _ in spans]
        read_in = [0] * len(spans)
        for window, rows in zip(windows, tokens, strict=True):
            for owner, offsets, row in zip(window.sentence_ids, window.offsets, rows, strict=True):
                if owner >= 0:
                    parts[owner].append((offsets, row))
            for owner in set(window.sentence_ids) - {-1}:
                read_in[owner] += 1
        return [
            self._result(texts[i], span, probabilities[i], parts[i], max(1, read_in[i])) for i, span in enumerate(spans)
        ]

    def _result(
        self,
        text: str,
        span: Span,
        probabilities: NDArray[np.floating],
        tokens: list[tuple[tuple[int, int], NDArray[np.float32]]],
        windows: int,
    ) -> SentencePrediction:
        order = np.argsort(-probabilities, kind="stable")
        best, second = int(order[0]), int(order[1])
        scaled = self.checkpoint.calibration.scaled(np.array([row for _, row in tokens]).reshape(-1, len(LABELS)))
        shares = [(at, float(row[best] - row[second])) for (at, _), row in zip(tokens, scaled, strict=True)]
        sets = None if self._thresholds is None else Conformal.label_set(probabilities, self._thresholds)
        by_label = {label: float(p) for label, p in zip(LABELS, probabilities, strict=True)}
        return SentencePrediction(
            span.start,
            span.end,
            span.of(text),
            LABELS[best],
            by_label[LABELS[best]],
            MappingProxyType(by_label),
            deciding_words(text, span, shares),
            windows,
            sets,
            by_label[LABELS[best]] < self.abstain_below,
        )


def _thresholds(checkpoint: Checkpoint, coverage: float) -> NDArray[np.float64]:
    if checkpoint.conformal is None:
        raise ModelError(f"{checkpoint.name} was not calibrated for label sets; train it again with this version")
    try:
        return checkpoint.conformal.thresholds(coverage)
    except ValueError as error:
        raise InputError(str(error)) from error


def _checked(text: str, spans: Sequence[tuple[int, int]]) -> list[Span]:
    found, last, problems = [], 0, []
    for number, (start, end) in enumerate(spans):
        if not last <= start < end <= len(text):
            problems.append(f"span {number} ({start}, {end})")
            continue
        found.append(Span(start, end))
        last = end
    if problems:
        rule = f"spans are in order, not empty, do not overlap, and end by {len(text)}, the length of the text"
        raise InputError(f"{', '.join(problems)}: {rule}")
    return found


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
