"""`claimclf evaluate`: score a model, compare it with a baseline, and judge it by rules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from claimclf.commands.models import load_model
from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import ConfigError, DataError, Problem
from claimclf.files import write_whole
from claimclf.terminal import drop_output, progress

if TYPE_CHECKING:
    from claimclf.articles import Article
    from claimclf.behaviour import Behaviour
    from claimclf.changes import Changes
    from claimclf.evaluate import Evaluation
    from claimclf.evaluation.gate import Verdict
    from claimclf.gate_config import Gate
    from claimclf.predict import ClaimClassifier
    from claimclf.readers.cases import Case

_GATE_FAILED, _UNDECIDED = 1, 5
_CASES = Path("seeds/behaviour")

_EVALUATE = """\
Score a model on labelled articles: every score with its 95% interval, by bootstrap over stories.

  claimclf evaluate shipped my/articles
  claimclf evaluate runs/default/model dev.jsonl --slice outlet --slice quote --html report.html
  claimclf evaluate new dev.jsonl --min macro_f1=.70 --baseline shipped --max-drop macro_f1=.02 --gate non-inferiority
  claimclf evaluate new dev.jsonl --json new.json          a report, which can be a later run's --baseline
  claimclf evaluate shipped --behaviour                    behavioural tests, alone or beside data

Slices: any field of the data (outlet, desk, style, country), or part, quote, length, position, cue. The last line, the
signature, says what reproduces the numbers. Exit codes: 0 done
(every rule passed), 1 a rule failed, 2 usage, 3 bad data, 4 failed, 5 too little data to decide, 130 interrupted."""


@dataclass(frozen=True)
class Results:
    """All that one run found, for those who write it down."""

    done: Evaluation | None
    changes: Changes | None
    behaviour: Behaviour | None
    verdicts: tuple[Verdict, ...]
    signature: dict[str, str]


def add(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "evaluate",
        help="score a model",
        description=_EVALUATE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", metavar="MODEL", help="shipped, a folder, or a hub id")
    parser.add_argument("data", nargs="*", type=Path, metavar="DATA", help="labelled files or folders")
    parser.add_argument("--slice", action="append", default=[], metavar="NAME", help="scores by this, too; repeatable")
    parser.add_argument("--end-to-end", action="store_true", help="on claimclf's own sentence boundaries")
    parser.add_argument("--coverage", type=float, metavar="P", help="measure label sets with this coverage, too (.9)")
    parser.add_argument(
        "--behaviour",
        action="store_true",
        help="run the behavioural cases, too; rates and rules count those that are held out",
    )
    parser.add_argument(
        "--cases",
        type=Path,
        metavar="FOLDER",
        help="run those of this folder (--behaviour alone: seeds/behaviour, as a clone has it)",
    )
    parser.add_argument(
        "--precision", default="fp32", metavar="NAME", help="of the arithmetic (default fp32, the same on every CPU)"
    )
    parser.add_argument("--repeats", type=int, default=2000, help="bootstrap resamples (default 2000)")
    parser.add_argument("--interval", choices=["bca", "percentile"], default="bca", help="its kind (default bca)")
    parser.add_argument("--seed", type=int, default=0)
    add_reading(parser)
    _add_gate(parser)
    _add_reports(parser)
    parser.set_defaults(run=run)


def _add_gate(parser: argparse.ArgumentParser) -> None:
    gate = parser.add_argument_group("gate: exit code 1 where a rule fails, 5 where there is too little data")
    gate.add_argument("--gate-config", type=Path, metavar="YAML", help="rules in a file, such as configs/gate.yaml")
    gate.add_argument("--min", action="append", default=[], metavar="SCORE=X", help="the score must be at least X")
    gate.add_argument(
        "--baseline", metavar="MODEL_OR_REPORT", help="a model, or a report of --json, to compare on the same sentences"
    )
    gate.add_argument("--max-drop", action="append", default=[], metavar="SCORE=X", help="at most X below the baseline")
    gate.add_argument("--gate", metavar="MODE", help="point (default), lower-bound or non-inferiority decides")


def _add_reports(parser: argparse.ArgumentParser) -> None:
    out = parser.add_argument_group("reports")
    out.add_argument("--json", type=Path, metavar="OUT", help="every number, and what a later --baseline needs")
    out.add_argument("--html", type=Path, metavar="OUT", help="a page to look at, in one file")
    out.add_argument("--pictures", type=Path, metavar="FOLDER", help="its pictures as PNG and SVG")
    out.add_argument("--junit", type=Path, metavar="OUT", help="the rules as JUnit XML")
    out.add_argument("--github-summary", type=Path, metavar="OUT", help="append Markdown ($GITHUB_STEP_SUMMARY)")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print, write reports, and give the exit code."""
    arguments.cases = arguments.cases or (_CASES if arguments.behaviour else None)
    if not arguments.data and not arguments.cases:
        raise ConfigError("nothing to evaluate on: give DATA, or --behaviour; claimclf evaluate MODEL DATA")
    if arguments.repeats < 1:
        raise ConfigError(f"--repeats {arguments.repeats}: give at least 1")
    if arguments.seed < 0:
        raise ConfigError(f"--seed {arguments.seed}: give a whole number that is not below 0")
    if arguments.html or arguments.pictures:
        import_module("claimclf.report")  # a missing extra is said before the model runs, not after
    cases = _cases(arguments)
    gate = _gate(arguments, cases)
    articles = _articles(arguments)
    classifier = load_model(arguments.model, precision=arguments.precision, coverage=arguments.coverage)
    results = _evaluate(arguments, classifier, articles, cases, gate)
    try:
        _write(arguments, results)
    finally:  # a report that cannot be written takes nothing of what was found
        _print(results)
    passed = {verdict.passed for verdict in results.verdicts}
    return _GATE_FAILED if False in passed else _UNDECIDED if None in passed else 0


def _cases(arguments: argparse.Namespace) -> list[Case]:
    from claimclf.readers.cases import read_cases

    return read_cases(arguments.cases) if arguments.cases else []


def _gate(arguments: argparse.Namespace, cases: Sequence[Case]) -> Gate:
    from claimclf.evaluation.measures import SCORES
    from claimclf.gate_config import load_gate

    known = list(SCORES) if arguments.data else []
    if cases:
        held_out = {case.family for case in cases if case.held_out}
        known += [f"behaviour/{family}" for family in ("all", *held_out) if held_out]
    kinds: tuple[Literal["min"], Literal["max-drop"]] = ("min", "max-drop")
    options = [(kinds[0], text) for text in arguments.min]
    gate = load_gate(
        arguments.gate_config, [*options, *((kinds[1], text) for text in arguments.max_drop)], arguments.gate, known
    )
    drops = [rule for rule in gate.rules if rule.kind == "max-drop"]
    if drops and not arguments.baseline:
        raise ConfigError(f"{drops[0]} needs --baseline MODEL_OR_REPORT")
    if wrong := [rule for rule in drops if rule.score.startswith("behaviour/")]:
        raise ConfigError(f"{wrong[0]}: behaviour takes rules of --min only")
    if arguments.baseline and not arguments.data:
        raise ConfigError("--baseline compares on DATA: claimclf evaluate MODEL DATA --baseline MODEL_OR_REPORT")
    return gate


def _articles(arguments: argparse.Namespace) -> Sequence[Article]:
    from claimclf.readers import read_corpus

    corpus = read_corpus(arguments.data, reading_of(arguments), arguments.format)
    if corpus.missing:
        raise DataError(corpus.missing)
    if arguments.data and not corpus.articles:
        raise DataError([Problem(str(arguments.data[0]), "no article in it", "give annotated articles")])
    sys.stderr.writelines(f"{note}\n" for note in corpus.notes)
    return corpus.articles


def _evaluate(
    arguments: argparse.Namespace,
    classifier: ClaimClassifier,
    articles: Sequence[Article],
    cases: Sequence[Case],
    gate: Gate,
) -> Results:
    from claimclf import behaviour, changes, judging
    from claimclf.evaluate import evaluate

    settings = {"repeats": arguments.repeats, "seed": arguments.seed, "method": arguments.interval}
    done = gained = compared = None
    track = partial(progress, "evaluating")
    if articles:
        done = evaluate(
            classifier,
            articles,
            end_to_end=arguments.end_to_end,
            slices=arguments.slice,
            track=track,
            **settings,
        )
        if arguments.baseline:
            baseline, compared = changes.baseline_sample(arguments.baseline, articles, done, track)
            gained = changes.against(done, arguments.baseline, baseline, **settings)
    outcomes = behaviour.run(classifier, cases) if arguments.cases else None
    verdicts = judging.verdicts(gate, done, gained, outcomes)
    return Results(done, gained, outcomes, verdicts, judging.signature(classifier, done, compared, outcomes))


def _print(results: Results) -> None:
    from claimclf.evaluate import line

    parts = [part.describe() for part in (results.done, results.changes, results.behaviour) if part]
    parts += ["\n".join(map(str, results.verdicts))] if results.verdicts else []
    try:
        sys.stdout.write("\n\n".join([*parts, line(results.signature)]) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has seen enough; the verdict stands
        drop_output()


def _write(arguments: argparse.Namespace, results: Results) -> None:
    from claimclf.ci_reports import junit, markdown
    from claimclf.evaluate import line, save

    signed = line(results.signature)
    if arguments.json:
        document = results.done.to_dict() if results.done else {}
        document |= {"changes": results.changes.to_dict()} if results.changes else {}
        document |= {"behaviour": results.behaviour.to_dict()} if results.behaviour else {}
        document["signature"] = results.signature
        document["verdicts"] = [
            {"rule": str(v.rule), "passed": v.passed, "found": str(v.found)} for v in results.verdicts
        ]
        save(document, arguments.json)
    if arguments.junit:
        write_whole(arguments.junit, junit(results.verdicts, signed).encode("utf-8", "replace"))
    if arguments.github_summary:
        arguments.github_summary.parent.mkdir(parents=True, exist_ok=True)
        with arguments.github_summary.open("a", encoding="utf-8", errors="replace") as file:
            file.write(markdown(results.done, results.verdicts, results.changes, results.behaviour, signed))
    if arguments.html:
        from claimclf.report import page

        content = page(results.done, results.changes, results.behaviour, results.verdicts, signed)
        write_whole(arguments.html, content.encode("utf-8", "replace"))
    if arguments.pictures and results.done:
        from claimclf.pictures import draw, write

        write(draw(results.done), arguments.pictures)
