"""What a prediction says: frozen results that keep their evidence, and their JSON form.

The JSON (schema 1) of an article: `schema`, `model`, `sentences`, and `error` where a streamed item failed; of a
sentence: `start`, `end`, `text`, `label`, `confidence`, `probabilities` (label → number), `cues` ([{start, end,
text}]), `windows`, `label_set` (labels, or null where no coverage was asked for), `abstained`. Offsets are Unicode
code points of the text that was given. The command adds `file`; of a stream, the other keys of the input line, and
`line` and `error` where it failed. What a line has under a key of the output's own (`sentences`, `model`, …) comes back
in an object `input`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from claimclf.articles import Span
from claimclf.labels import Label

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class SentencePrediction:
    """The status of one sentence, `text == article[start:end]`.

    `probabilities` is calibrated and adds up to 1; `confidence` is that of `label`. `cues` are the words that
    decided, in order of place. `windows` is the number of token windows the sentence was read in: above 1, it is
    longer than a window, and its status is that of all pieces together. `label_set`, where a coverage was asked for,
    holds the labels that together keep its promise, likeliest first. `abstained` says that `confidence` is below what
    was asked for: `label` is then the likeliest, and not to be relied on.
    """

    start: int
    end: int
    text: str
    label: Label
    confidence: float
    probabilities: Mapping[Label, float] = field(hash=False)
    cues: tuple[Span, ...] = ()
    windows: int = 1
    label_set: tuple[Label, ...] | None = None
    abstained: bool = False

    def to_dict(self) -> dict[str, Any]:
        """This sentence in the documented JSON schema."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "label": str(self.label),
            "confidence": round(self.confidence, 6),
            "probabilities": {str(label): round(p, 6) for label, p in self.probabilities.items()},
            "cues": [
                {"start": cue.start, "end": cue.end, "text": self.text[cue.start - self.start : cue.end - self.start]}
                for cue in self.cues
            ],
            "windows": self.windows,
            "label_set": None if self.label_set is None else [str(label) for label in self.label_set],
            "abstained": self.abstained,
        }


@dataclass(frozen=True, slots=True)
class ArticlePrediction:
    """The sentences of an article in order, each with its status; `model` names what predicted.

    `error` says, in a stream, why an item could not be predicted; it then has no sentences.
    """

    text: str
    sentences: tuple[SentencePrediction, ...]
    model: str
    error: str | None = None

    def counts(self) -> dict[Label, int]:
        """How many sentences have each label, labels in guideline order."""
        return {label: sum(s.label is label for s in self.sentences) for label in Label}

    def to_dict(self) -> dict[str, Any]:
        """This article in the documented JSON schema."""
        failed = {} if self.error is None else {"error": self.error}
        return {"schema": SCHEMA, "model": self.model, "sentences": [s.to_dict() for s in self.sentences], **failed}
