"""What a precision costs: how many labels differ from float32 on the same articles, and how the scores move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from claimclf.articles import Article
from claimclf.contestants import classifiers
from claimclf.errors import ModelError
from claimclf.evaluate import sample_of
from claimclf.evaluation.measures import measure
from claimclf.predict import ClaimClassifier


@dataclass(frozen=True)
class Cost:
    """Of one runtime and precision: `differing` labels of `sentences`, `largest` difference of a probability, score."""

    runtime: str
    sentences: int
    differing: int
    largest: float
    macro_f1: float
    change: float

    def __str__(self) -> str:
        share = self.differing / self.sentences
        return (
            f"{self.runtime:<32}{self.differing:>5} of {self.sentences:,} labels differ ({share:.2%}), probabilities "
            f"by {self.largest:.4f} at most; macro-F1 {self.macro_f1:.4f} ({self.change:+.4f})"
        )


def costs(model: str, articles: Sequence[Article]) -> list[Cost]:
    """The cost of every runtime and precision that this machine has, against ONNX Runtime in float32.

    Raises:
        DataError: no sentence has a label.
        ModelError: the model was not exported.
    """
    base = sample_of(ClaimClassifier.load(model, runtime="onnxruntime", precision="fp32"), articles)[0]
    score = measure(base, repeats=1)["macro_f1"].value
    found = []
    for classifier in classifiers(model, 1):
        try:
            own = sample_of(classifier, articles)[0]
        except ModelError:  # no kernel for this CPU, or for the one that is played
            continue
        macro = measure(own, repeats=1)["macro_f1"].value
        differing = int((own.predicted != base.predicted).sum())
        largest = float(np.abs(own.probabilities - base.probabilities).max())
        found.append(Cost(classifier.runtime.name, len(base.true), differing, largest, macro, macro - score))
    return found
