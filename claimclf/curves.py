"""Pictures for the docs: learning curves, and how fast systems are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from claimclf.errors import needs_extra
from claimclf.experiments import Run
from claimclf.runtime.processor import features, model_name
from claimclf.speed import Speed

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
            scores = [one.apart.measure()["macro_f1"] for one in points]
            errors = [[s.value - s.low for s in scores], [s.high - s.value for s in scores]]
            sizes = [one.sentences for one in points]
            axes.errorbar(sizes, [s.value for s in scores], yerr=errors, marker="o", capsize=3, label=name)
        axes.set_xscale("log")
        axes.set_xlabel("labelled sentences trained on")
        axes.set_ylabel("macro-F1 on real articles apart, 95% intervals")
        axes.grid(alpha=0.3)
        axes.legend()
        _save(figure, path)


def speed_plot(done: Speed, path: Path) -> None:
    """Draw sentences a second of every system, with the spread of its rounds, into `path` (SVG, PNG or PDF)."""
    rows = sorted(done.timings, key=lambda t: t.sentences_a_second)
    with matplotlib.rc_context({"font.size": 9, "svg.hashsalt": "claimclf"}):
        figure = Figure(figsize=(7.6, 0.36 * len(rows) + 1.3), layout="constrained")
        axes = figure.subplots()
        values = [t.sentences_a_second for t in rows]
        low = [v - t.sentences / max(t.rounds) for v, t in zip(values, rows, strict=True)]
        high = [t.sentences / min(t.rounds) - v for v, t in zip(values, rows, strict=True)]
        colours = ["#1f5fa8" if t.system.startswith("claimclf") else "#9a9a9a" for t in rows]
        axes.barh([t.system for t in rows], values, xerr=[low, high], color=colours, capsize=2)
        for place, timing in enumerate(rows):
            times = done.ratio(timing)[0]
            said = f"  {times:,.0f}×" if times >= 100 else f"  {times:.1f}×"
            axes.text(values[place] + high[place], place, said, va="center")
        axes.set_xscale("log")
        axes.margins(x=0.12)
        axes.set_xlim(right=2 * axes.get_xlim()[1])  # room for the last number
        axes.set_xlabel(f"sentences a second, {done.threads} thread(s); × {done.base}")
        vector = " ".join(sorted(f for f in features() if not f.startswith("asimd")))
        axes.set_title(f"{model_name()}\n{vector}", fontsize=8)
        _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, facecolor="white", metadata={"Date": None} if path.suffix == ".svg" else None)
