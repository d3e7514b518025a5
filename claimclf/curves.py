"""Learning curves as a picture: macro-F1 by training sentences, a line a kind of data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from claimclf.errors import needs_extra
from claimclf.evaluation.measures import measure
from claimclf.experiments import Run

with needs_extra("report"):
    import matplotlib
    from matplotlib.figure import Figure


def learning_curve(runs: Sequence[Run], path: Path) -> None:
    """Draw runs called `NAME SHARE%`, a line a NAME, with 95% intervals, into `path` (SVG, PNG or PDF)."""
    lines: dict[str, list[Run]] = {}
    for one in runs:
        lines.setdefault(one.name.rpartition(" ")[0], []).append(one)
    with matplotlib.rc_context({"font.size": 10, "svg.hashsalt": "claimclf"}):
        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        axes = figure.subplots()
        for name, points in lines.items():
            scores = [measure(one.apart)["macro_f1"] for one in points]
            errors = [[s.value - s.low for s in scores], [s.high - s.value for s in scores]]
            sizes = [one.sentences for one in points]
            axes.errorbar(sizes, [s.value for s in scores], yerr=errors, marker="o", capsize=3, label=name)
        axes.set_xscale("log")
        axes.set_xlabel("labelled sentences trained on")
        axes.set_ylabel("macro-F1 on real articles apart, 95% intervals")
        axes.grid(alpha=0.3)
        axes.legend()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, facecolor="white", metadata={"Date": None} if path.suffix == ".svg" else None)
