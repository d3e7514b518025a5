"""The command `claimclf`: `predict` labels articles, `evaluate` scores a model, `check` proves annotated files."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console

import claimclf
from claimclf.errors import ClaimclfError, DataError, InputError, Problem
from claimclf.labels import LABELS

if TYPE_CHECKING:
    from claimclf.articles import Article
    from claimclf.evaluate import Evaluation

_GATE_FAILED, _USAGE, _DATA, _FAILED, _UNDECIDED, _INTERRUPTED = 1, 2, 3, 4, 5, 130

_PREDICT = """\
Label every sentence of news articles: factual report, unverified claim, official denial or speculation.

  claimclf predict article.txt              a coloured view
  cat article.txt | claimclf predict -      from standard input
  claimclf predict *.txt --jsonl > out.jsonl   one JSON object a file and line

Each file is one article in UTF-8; a line break ends a sentence (--hard-wrapped: only a blank line does).
The words that decided are underlined; in JSON they are `cues`. Offsets are Unicode code points."""

_EVALUATE = """\
Score a model on labelled articles: every score with its 95% interval, by bootstrap over stories.

  claimclf evaluate shipped my/articles
  claimclf evaluate runs/default/model dev.jsonl --slice outlet --slice quote --json scores.json
  claimclf evaluate new dev.jsonl --min macro_f1=.70 --baseline shipped --max-drop macro_f1=.02 --gate lower-bound

Slices: any field of the data (outlet, desk, style, country), or part, quote, length, position, cue. The last line, the
signature, says what reproduces the numbers. Exit codes: 0 done
(every rule passed), 1 a rule failed, 2 usage, 3 bad data, 4 failed, 5 too little data to decide, 130 interrupted."""

_CHECK = """\
Prove annotated files (.article, .jsonl, or folders of them): every problem with its file and line.
Exit code 0: all in order; 3: problems."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except (DataError, InputError) as error:
        _complain(error)
        return _DATA
    except ClaimclfError as error:
        _complain(error)
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="claimclf", description=claimclf.__doc__.partition("\n")[0])
    parser.add_argument("--version", action="version", version=f"claimclf {claimclf.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    raw = argparse.RawDescriptionHelpFormatter
    predict = commands.add_parser("predict", help="label articles", description=_PREDICT, formatter_class=raw)
    predict.add_argument("files", nargs="+", metavar="FILE", help="text files; - reads standard input")
    form = predict.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document: a list with an object a file")
    form.add_argument("--jsonl", action="store_true", help="a JSON object a line")
    predict.add_argument("--model", default="shipped", help="shipped, a folder, or a hub id (default shipped)")
    predict.add_argument("--threads", type=int, metavar="N", help="cores to use (default all)")
    predict.add_argument(
        "--hard-wrapped", action="store_true", help="lines are wrapped: only a blank line ends a sentence"
    )
    predict.set_defaults(run=_predict)
    evaluate = commands.add_parser("evaluate", help="score a model", description=_EVALUATE, formatter_class=raw)
    evaluate.add_argument("model", metavar="MODEL", help="shipped, a folder, or a hub id")
    evaluate.add_argument("data", nargs="+", type=Path, metavar="DATA", help="labelled files or folders")
    evaluate.add_argument(
        "--slice", action="append", default=[], metavar="NAME", help="scores by this, too; repeatable"
    )
    evaluate.add_argument("--end-to-end", action="store_true", help="on claimclf's own sentence boundaries")
    evaluate.add_argument("--repeats", type=int, default=2000, help="bootstrap resamples (default 2000)")
    evaluate.add_argument("--seed", type=int, default=0)
    gate = evaluate.add_argument_group("gate: exit code 1 where a rule fails, 5 where there is too little data")
    gate.add_argument("--min", action="append", default=[], metavar="SCORE=X", help="the score must be at least X")
    gate.add_argument("--baseline", metavar="MODEL", help="a model to compare with, on the same sentences")
    gate.add_argument("--max-drop", action="append", default=[], metavar="SCORE=X", help="at most X below the baseline")
    gate.add_argument("--gate", choices=["point", "lower-bound"], default="point", help="what must meet the rules")
    evaluate.add_argument("--json", type=Path, metavar="OUT", help="write every number to this file")
    evaluate.set_defaults(run=_evaluate)
    check = commands.add_parser("check", help="prove annotated files", description=_CHECK, formatter_class=raw)
    check.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="annotated files or folders")
    check.set_defaults(run=_check)
    return parser


def _predict(arguments: argparse.Namespace) -> int:
    from claimclf.predict import ClaimClassifier
    from claimclf.terminal import render

    classifier = ClaimClassifier.load(arguments.model, threads=arguments.threads)
    newlines: Literal["every", "blank"] = "blank" if arguments.hard_wrapped else "every"
    console = Console(highlight=False)
    failures: list[Problem] = []
    documents = []
    for name, text in _texts(arguments.files, failures):
        article = classifier.article(text, newlines=newlines)
        document = {"file": name, **article.to_dict()}
        if arguments.jsonl:
            sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
        elif arguments.json:
            documents.append(document)
        else:
            console.print(render(article, name if len(arguments.files) > 1 else ""))
    if arguments.json:
        whole = documents[0] if len(arguments.files) == 1 and documents else documents
        sys.stdout.write(json.dumps(whole, indent=1, ensure_ascii=True) + "\n")
    if failures:
        raise DataError(failures)
    return 0


def _texts(files: Sequence[str], failures: list[Problem]) -> Iterator[tuple[str, str]]:
    """The texts that can be read, as they stand; the others become failures."""
    for name in files:
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            yield name, content.decode("utf-8")
        except OSError as error:
            failures.append(Problem(name, f"cannot be read: {error.strerror}"))
        except UnicodeDecodeError as error:
            failures.append(Problem(name, f"not UTF-8 at byte {error.start}", "convert it: iconv -t utf-8"))


def _evaluate(arguments: argparse.Namespace) -> int:
    from claimclf.evaluate import evaluate
    from claimclf.predict import ClaimClassifier
    from claimclf.readers import read_corpus

    corpus = read_corpus(arguments.data)
    if corpus.missing:
        raise DataError(corpus.missing)
    done = evaluate(
        ClaimClassifier.load(arguments.model),
        corpus.articles,
        end_to_end=arguments.end_to_end,
        slices=arguments.slice,
        repeats=arguments.repeats,
        seed=arguments.seed,
    )
    sys.stdout.write(done.describe() + "\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(done.to_dict(), indent=1) + "\n", encoding="utf-8")
    return _gate(arguments, done, corpus.articles)


def _gate(arguments: argparse.Namespace, done: Evaluation, articles: Sequence[Article]) -> int:
    from claimclf.evaluate import sample_of
    from claimclf.evaluation.gate import judge, parse_rule
    from claimclf.evaluation.measures import difference
    from claimclf.predict import ClaimClassifier

    try:
        minima = [parse_rule("min", text, done.scores) for text in arguments.min]
        drops = [parse_rule("max-drop", text, done.scores) for text in arguments.max_drop]
        if drops and not arguments.baseline:
            raise ValueError("--max-drop needs --baseline MODEL")
    except ValueError as error:
        _complain(error)
        return _USAGE
    n = len(done.sample.true)
    verdicts = [judge(rule, done.scores[rule.score], n, arguments.gate) for rule in minima]
    if arguments.baseline:
        baseline = ClaimClassifier.load(arguments.baseline)
        other, _ = sample_of(baseline, articles, end_to_end=arguments.end_to_end)
        gained = difference(done.sample, other, arguments.repeats, arguments.seed)
        sys.stdout.write(f"\nagainst {arguments.baseline}: macro_f1 {gained['macro_f1']}\n")
        verdicts += [judge(rule, gained[rule.score], n, arguments.gate) for rule in drops]
    sys.stdout.writelines(f"{verdict}\n" for verdict in verdicts)
    if any(verdict.passed is False for verdict in verdicts):
        return _GATE_FAILED
    return _UNDECIDED if any(verdict.passed is None for verdict in verdicts) else 0


def _check(arguments: argparse.Namespace) -> int:
    from claimclf.readers import read_corpus

    corpus = read_corpus(arguments.paths)
    labels = Counter(str(s.label) for article in corpus.articles for s in article.labelled)
    counts = ", ".join(f"{labels[label]:,} {label}" for label in LABELS)
    console = Console(highlight=False)
    console.print(f"{len(corpus.articles):,} articles in order, {sum(labels.values()):,} labelled sentences: {counts}")
    if corpus.missing:
        hint = corpus.missing[0].hint
        console.print(f"{len(corpus.missing):,} more have no text on this machine; their labels are in order; {hint}")
    return 0


def _complain(error: Exception) -> None:
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(error))
