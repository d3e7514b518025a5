"""What changed against a baseline: another model, or a stored report of one, on the same sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from claimclf.articles import Article
from claimclf.errors import DataError, Problem
from claimclf.evaluate import FORMAT, Evaluation, Row, Scores, model_signature, numbers, sample_of
from claimclf.evaluation.bootstrap import Method
from claimclf.evaluation.mcnemar import McNemar, mcnemar
from claimclf.evaluation.measures import difference
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS, Label
from claimclf.predict import ClaimClassifier

_MUST_AGREE = ("data", "boundaries")
_SHOWN = ("macro_f1", "accuracy", "mcc", "log_loss", *(f"f1/{label}" for label in LABELS))


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence that the two models label differently: where it stands, its gold label, then and now."""

    row: Row
    gold: Label
    then: Label
    now: Label

    @property
    def side(self) -> str:
        """`gained` where it is right now, `lost` where it was, `moved` where both are wrong."""
        return "gained" if self.now is self.gold else "lost" if self.then is self.gold else "moved"

    def __str__(self) -> str:
        article, _, sentence = self.row
        words = " ".join(sentence.span.of(article.text).split())
        return f"{self.side:<7} {article.id}:{sentence.span.start}: {self.then} → {self.now} ({self.gold}): {words}"


@dataclass(frozen=True)
class Changes:
    """Every score less the baseline's with a paired interval, McNemar's test, and the sentences that changed."""

    baseline: str
    differences: Scores
    mcnemar: McNemar
    changed: tuple[Changed, ...]

    def describe(self, sentences: int = 10) -> str:
        """The changes as lines of text, with up to `sentences` of those that changed side, losses first."""
        lines = [f"against {self.baseline}: scores less the baseline's, 95% paired intervals over stories"]
        lines += [f"{name:<22}{self.differences[name]}" for name in _SHOWN]
        lines.append(str(self.mcnemar))
        sided = sorted((c for c in self.changed if c.side != "moved"), key=lambda c: c.side != "lost")
        lines += [str(change) for change in sided[:sentences]]
        if len(sided) > sentences:
            lines.append(f"… {len(sided) - sentences:,} more changed side: --json and --html list all")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON; the sentences as places and labels."""
        return {
            "baseline": self.baseline,
            "differences": numbers(self.differences),
            "mcnemar": {"gained": self.mcnemar.gained, "lost": self.mcnemar.lost, "p": self.mcnemar.p},
            "changed": [
                {
                    "article": c.row[0].id,
                    "start": c.row[2].span.start,
                    "end": c.row[2].span.end,
                    "gold": str(c.gold),
                    "then": str(c.then),
                    "now": str(c.now),
                    "side": c.side,
                }
                for c in self.changed
            ],
        }


def against(
    done: Evaluation, name: str, baseline: Sample, *, repeats: int = 2000, seed: int = 0, method: Method = "bca"
) -> Changes:
    """Compare an evaluation with what a baseline said of the same sentences.

    Raises:
        ValueError: the sentences are not the same.
    """
    differences = difference(done.sample, baseline, repeats, seed, method=method)
    ours, theirs = done.sample.predicted, baseline.predicted
    changed = [
        Changed(done.rows[i], LABELS[done.sample.true[i]], LABELS[theirs[i]], LABELS[ours[i]])
        for i in np.flatnonzero(ours != theirs)
    ]
    return Changes(
        name,
        differences,
        mcnemar(ours == done.sample.true, theirs == done.sample.true),
        tuple(changed),
    )


def baseline_sample(
    model_or_report: str,
    articles: Sequence[Article],
    done: Evaluation,
    track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> tuple[Sample, str]:
    """What the baseline says of the sentences of `done`: predicted now, or taken from a stored report (a JSON file).

    With it, the baseline's part of a signature: its name and fingerprint.

    Raises:
        DataError: it is a report of other data or other sentence boundaries, or a damaged one.
        ModelError: there is no such model.
    """
    path = Path(model_or_report)
    if path.is_file():
        return _stored(path, done)
    end_to_end = done.signature["boundaries"] == "own"
    classifier = ClaimClassifier.load(model_or_report, precision="fp32")
    sample = sample_of(classifier, articles, end_to_end=end_to_end, track=track)[0]
    return sample, model_signature(classifier)["model"]


def _stored(path: Path, done: Evaluation) -> tuple[Sample, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise DataError([Problem(str(path), f"a report of format {content['format']}, not {FORMAT}", _AGAIN)])
        sample, signature = Sample.from_dict(content["sample"]), content["signature"]
        for key in _MUST_AGREE:
            if signature[key] != done.signature[key]:
                found = f"a report on {key} {signature[key]}, but this evaluation is on {key} {done.signature[key]}"
                raise DataError([Problem(str(path), found, f"{_AGAIN}; files count in the order given")])
    except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
        found = f"no report of `claimclf evaluate --json` ({type(error).__name__}: {error})"
        raise DataError([Problem(str(path), found, _AGAIN)]) from error
    if not np.array_equal(sample.true, done.sample.true):
        raise DataError([Problem(str(path), "its labels are not those of the data", _AGAIN)])
    if not np.array_equal(sample.groups, done.sample.groups):
        raise DataError([Problem(str(path), "its stories are not those of the data", _AGAIN)])
    return sample, str(signature["model"])


_AGAIN = "evaluate the baseline model on this data again, with --json"
