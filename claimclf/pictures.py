"""An evaluation as pictures: scores with intervals, confusion matrix, reliability, risk and coverage."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from claimclf.errors import needs_extra
from claimclf.evaluate import Evaluation
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS

with needs_extra("report"):
    import matplotlib
    from matplotlib.figure import Figure

_SIZE = (5.2, 3.9)  # inches; read at 400 pixels too
_BINS = 10
_NAMES = [str(label).replace("_", " ") for label in LABELS]
_SCORES = ("macro_f1", "accuracy", "lenient_accuracy", "mcc", *(f"f1/{label}" for label in LABELS))
_THEMES = {
    False: {"ink": "#222222", "line": "#1f5fa8", "quiet": "#9a9a9a", "map": "Blues"},
    True: {"ink": "#e6e6e6", "line": "#7fb2ee", "quiet": "#777777", "map": "Blues_r"},
}


def draw(done: Evaluation, dark: bool = False) -> dict[str, Figure]:
    """The pictures by name, on a transparent ground: `dark` for a dark page."""
    theme = _THEMES[dark]
    colours: dict[Any, str] = dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), theme["ink"]
    )
    kinds: dict[str, Callable[[Any, Evaluation, dict[str, str]], None]] = {
        "scores": _scores,
        "confusion": _confusion,
        "reliability": _reliability,
        "risk_coverage": _risk_coverage,
    }
    figures = {}
    with matplotlib.rc_context({**colours, "font.size": 10, "svg.hashsalt": "claimclf"}):
        for name, kind in kinds.items():
            figure = Figure(figsize=_SIZE, layout="constrained")
            figure.patch.set_alpha(0)
            axes = figure.subplots()
            axes.patch.set_alpha(0)
            kind(axes, done, theme)
            figures[name] = figure
    return figures


def write(figures: Mapping[str, Figure], folder: Path) -> None:
    """Save each picture as PNG, on white, and as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        (folder / f"{name}.svg").write_bytes(svg(figure))
        figure.savefig(folder / f"{name}.png", dpi=160, facecolor="white")


def svg(figure: Figure) -> bytes:
    """A picture as SVG, the same bytes for the same numbers."""
    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "claimclf"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def _scores(axes: Any, done: Evaluation, theme: dict[str, str]) -> None:
    shown = [name for name in _SCORES if np.isfinite(done.scores[name].value)]
    for place, name in enumerate(reversed(shown)):
        score = done.scores[name]
        axes.plot([score.low, score.high], [place, place], color=theme["line"], linewidth=2)
        axes.plot([score.value], [place], "o", color=theme["line"])
    names = [name.replace("/", " ").replace("_", " ") for name in reversed(shown)]
    axes.set_yticks(range(len(shown)), names)
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color=theme["quiet"], alpha=0.4)
    axes.set_title("Scores with 95% intervals")


def _confusion(axes: Any, done: Evaluation, theme: dict[str, str]) -> None:
    counts = confusion(done.sample)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = counts / totals
    axes.imshow(shares, cmap=theme["map"], vmin=0, vmax=1, aspect="auto")
    dark_cell = theme["map"] == "Blues"
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            high = (shares[i, j] > 0.5) == dark_cell
            axes.text(j, i, f"{count:,}", ha="center", va="center", color="white" if high else "black")
    wrapped = [name.replace(" ", "\n") for name in _NAMES]
    axes.set_xticks(range(len(LABELS)), wrapped)
    axes.set_yticks(range(len(LABELS)), wrapped)
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    axes.set_title("Confusion matrix, sentences")


def _reliability(axes: Any, done: Evaluation, theme: dict[str, str]) -> None:
    confidence = done.sample.probabilities.max(axis=1)
    right = done.sample.predicted == done.sample.true
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, min(_BINS, len(order))) if len(part)]
    said = [float(confidence[part].mean()) for part in parts]
    was = [float(right[part].mean()) for part in parts]
    spread = [1.96 * float(np.sqrt(max(w * (1 - w), 1e-9) / len(p))) for w, p in zip(was, parts, strict=True)]
    axes.plot([0, 1], [0, 1], color=theme["quiet"], linestyle="--", label="perfect")
    axes.errorbar(said, was, yerr=spread, fmt="o-", color=theme["line"], label=f"{len(parts)} bins of equal size")
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    axes.set_xlim(min(0.25, *said), 1.02)
    axes.set_ylim(0, 1.05)
    axes.legend(frameon=False)
    axes.set_title("Reliability")


def _risk_coverage(axes: Any, done: Evaluation, theme: dict[str, str]) -> None:
    confidence = done.sample.probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    wrong = (done.sample.predicted != done.sample.true)[order]
    kept = np.arange(1, len(wrong) + 1)
    axes.plot(kept / len(wrong), np.cumsum(wrong) / kept, color=theme["line"])
    axes.set_xlabel("coverage: share of sentences answered, the surest first")
    axes.set_ylabel("risk: share wrong")
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.grid(color=theme["quiet"], alpha=0.4)
    axes.set_title("Risk and coverage")


def confusion(sample: Sample) -> np.ndarray:
    """Counts (labels, labels): gold labels in rows, predicted ones in columns."""
    counts = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    np.add.at(counts, (sample.true, sample.predicted), 1)
    return counts
