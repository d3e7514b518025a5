"""Runs that are done → what each choice gains, how far seeds lie apart, and the file that keeps them.

A file of results (`docs/results/choices.jsonl`) has a line a run, without any text: tables, intervals and curves are
made of it in seconds, and are the same as on the day the runs were done.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from claimclf.errors import DataError, Problem
from claimclf.evaluation.confusion import Confusion
from claimclf.experiments import Run
from claimclf.files import write_whole

SHOWN = ("macro_f1", "f1/official_denial", "f1/speculation")


def keep(runs: Sequence[Run], path: Path) -> None:
    """Write the runs into a file of results."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join(one.to_json() + "\n" for one in runs).encode("ascii"))


def kept(path: Path) -> list[Run]:
    """The runs of a file of results.

    Raises:
        DataError: there is no such file, or a line is no run.
    """
    runs, problems = [], []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            [Problem(str(path), f"no results: {error}", "give DEV, to train the runs of the plan")]
        ) from error
    for number, line in enumerate(lines, 1):
        try:
            runs.append(Run.from_json(line))
        except ValueError as error:
            problems.append(Problem(f"{path}:{number}", str(error), "give DEV and --results, to write the file again"))
    if problems:
        raise DataError(problems)
    return runs


def table(runs: Sequence[Run]) -> str:
    """A Markdown table of the runs: scores with 95% intervals by stories, and what each gains on the first, paired.

    Where a run has other data or splits, its held-out articles are others, too, and no gain is given on them.
    """
    lines = [
        "| run | sentences | minutes | macro-F1, held out | gain | macro-F1, apart | gain | denial | speculation |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in runs:
        apart = one.apart.measure()
        held_out = one.held_out.measure()["macro_f1"]
        cells = [one.name, f"{one.sentences:,}", "–" if one.minutes is None else f"{one.minutes:.1f}"]
        cells += [str(held_out), gain(one, runs[0], "held_out"), str(apart["macro_f1"]), gain(one, runs[0], "apart")]
        cells += [f"{apart[name].value:.3f}".replace("0.", ".", 1) for name in SHOWN[1:]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def gain(one: Run, base: Run, part: str) -> str:
    """The difference in macro-F1 on `held_out` or `apart`, with its interval; a dash where sentences are others."""
    ours: Confusion = getattr(one, part)
    other: Confusion = getattr(base, part)
    if one is base or (one.config["data"] != base.config["data"] and part == "held_out"):
        return "–"
    return ours.gain(other).signed() if ours.pairs_with(other) else "–"


def spread(runs: Sequence[Run]) -> str:
    """A line on how far apart the scores lie of the first run and those that differ from it in the seed alone.

    Largest less smallest on the articles apart; an empty string where there are no such runs.
    """
    alike = [one for one in runs if {**one.config, "seed": 0} == {**runs[0].config, "seed": 0}] if runs else []
    if len(alike) < 2:
        return ""
    scores = [one.apart.measure(repeats=1) for one in alike]
    widest = {name: max(s[name].value for s in scores) - min(s[name].value for s in scores) for name in SHOWN}
    said = ", ".join(f"{name} {width:.3f}" for name, width in widest.items())
    return f"{len(alike)} seeds of {runs[0].name!r} lie within, apart: {said}"
