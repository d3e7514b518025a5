"""What the context of a sentence is worth to a model as it is: the same weights, more or less around each sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from claimclf.articles import Article, Span
from claimclf.checkpoint import load_tokenizer, locate
from claimclf.encoding import Encoder, WindowSettings
from claimclf.evaluate import sample_of
from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.measures import difference, measure
from claimclf.evaluation.sample import Sample
from claimclf.predict import ClaimClassifier

_WINDOWS = ((64, 0), (64, 1), (128, 0), (128, 1), (128, 2), (256, 0), (256, 1), (448, 0))


@dataclass(frozen=True)
class Worth:
    """Macro-F1 with one context, and its gain on the model's own, paired, with 95% intervals over stories."""

    context: str
    score: Interval
    gain: Interval

    def __str__(self) -> str:
        return f"{self.context:<58}{self.score!s:<22}{self.gain.signed()}"


def worth_of_context(model: str, articles: Sequence[Article]) -> Iterator[Worth]:
    """The scores of the model in float32 with its own windows, with others, and of each sentence alone.

    Windows differ in their length and in how many sentences of the window before and after they hold as well.

    Raises:
        DataError: no sentence has a label.
        ModelError: there is no such model, or a damaged one.
    """
    classifier = ClaimClassifier.load(model, precision="fp32")
    own = sample_of(classifier, articles)[0]
    yield _worth("as it is", own, own)
    yield _worth("each sentence alone", sample_of(classifier, list(_alone(articles)))[0], own)
    tokenizer, learnt = load_tokenizer(locate(model)), classifier.encoder.settings
    for windows in (WindowSettings(tokens, around) for tokens, around in _WINDOWS):
        classifier.encoder = Encoder(tokenizer, windows)
        name = f"windows of {windows.max_tokens} tokens, {windows.context} sentence(s) of context a side"
        yield _worth(name, own if windows == learnt else sample_of(classifier, articles)[0], own)


def _worth(name: str, sample: Sample, own: Sample) -> Worth:
    return Worth(name, measure(sample)["macro_f1"], difference(sample, own)["macro_f1"])


def _alone(articles: Sequence[Article]) -> Iterator[Article]:
    """Each labelled sentence as an article of the same story."""
    for article in articles:
        for number, sentence in enumerate(article.labelled):
            text = sentence.span.of(article.text)
            whole = replace(sentence, span=Span(0, len(text)), cues=(), sources=())
            yield Article(f"{article.id}#{number}", text, (whole,), story=article.story)
