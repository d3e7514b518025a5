"""`claimclf audit`: labels that look wrong, sentences that stand twice, and what leaks between splits."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import ConfigError, DataError, Problem
from claimclf.files import write_whole
from claimclf.terminal import progress, visible
from claimclf.writers import SUGGESTIONS

if TYPE_CHECKING:
    from claimclf.articles import Article
    from claimclf.auditing import Audit
    from claimclf.duplicates import Pair

_SHOWN, _PAIRS = 20, 5  # suspects in the terminal, and pairs of a kind

_AUDIT = """\
Find labels that look wrong (confident learning: a model's probability of the given label is low), near-duplicate
sentences with different labels, and articles and sentences that stand in two splits.

  claimclf audit my/articles --cross-validate --html audit.html --jsonl suspects.jsonl
  claimclf audit mine.jsonl --cross-validate --tasks again.json --to label-studio
  claimclf audit --split train=train.jsonl --split dev=dev.jsonl --cross-validate
  claimclf audit project-7.json --model shipped --label Denial=official_denial

--cross-validate fits a fast model fold by fold over stories, so that no label is judged by a model that learnt it;
--model takes a model that should not have been trained on these data. Without --split, leaks are looked for in the
split that training would make. Exit codes: 0 done (suspects or none), 2 usage, 3 bad data, 4 failed."""


def add(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "audit",
        help="find labels that look wrong",
        description=_AUDIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", nargs="*", type=Path, metavar="DATA", help="labelled files or folders")
    parser.add_argument(
        "--split", action="append", default=[], metavar="NAME=PATH", help="data of one split; repeatable"
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--cross-validate", action="store_true", help="by a model fitted on the other folds")
    who.add_argument("--model", metavar="MODEL", help="by this model: shipped, a folder, or a hub id")
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="of --cross-validate (default 5)")
    parser.add_argument("--seed", type=int, default=13, help="of the folds and the split (default 13)")
    parser.add_argument(
        "--top", type=int, metavar="N", help="so many suspects (default: all that confident learning counts)"
    )
    parser.add_argument("--html", type=Path, metavar="OUT", help="a page to look at, in one file")
    parser.add_argument("--jsonl", type=Path, metavar="OUT", help="a suspect a line, then the pairs")
    parser.add_argument("--tasks", type=Path, metavar="OUT", help="the articles with suspects, for an annotation tool")
    parser.add_argument("--to", default="label-studio", choices=tuple(SUGGESTIONS), help="which (default label-studio)")
    add_reading(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, audit, print, write, and give the exit code."""
    named = _checked(arguments)
    if arguments.html:
        import_module("claimclf.audit_page")  # a missing extra is said before the work, not after
    splits, notes = _read(arguments, named)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for note in notes:
        console.print(note)
    done = _audit(arguments, splits)
    console.print(done.describe())
    _show(console, done)
    if arguments.jsonl:
        rows = [*(s.to_dict() for s in done.suspects), *(pair.to_dict() for pair in done.pairs)]
        lines = [json.dumps(row, ensure_ascii=True) + "\n" for row in rows]
        write_whole(arguments.jsonl, "".join(lines).encode("ascii"))
    if arguments.tasks:
        outcome = SUGGESTIONS[arguments.to](done.guesses(), arguments.tasks)
        console.print(f"{outcome.articles:,} articles with suspects written to {arguments.tasks}, to be corrected")
        for line in outcome.lost:
            console.print(f"{arguments.to} cannot carry {line}")
    if arguments.html:
        from claimclf.audit_page import page

        write_whole(arguments.html, page(done).encode("utf-8", "replace"))
    return 0


def _checked(arguments: argparse.Namespace) -> list[tuple[str, Path]]:
    """The name and path of each --split."""
    if not arguments.data and not arguments.split:
        raise ConfigError("nothing to audit: give DATA, or --split NAME=PATH")
    if arguments.data and arguments.split:
        raise ConfigError("give DATA or --split, not both: --split NAME=PATH for each part of the data")
    if arguments.folds < 2 or (arguments.top is not None and arguments.top < 1):
        raise ConfigError(f"--folds {arguments.folds}, --top {arguments.top}: give 2 folds and 1 suspect at least")
    if not 0 <= arguments.seed < 2**32:
        raise ConfigError(f"--seed {arguments.seed}: give a whole number between 0 and {2**32 - 1}")
    named = []
    for text in arguments.split:
        name, sign, path = text.partition("=")
        if not (name and sign and path):
            raise ConfigError(f"--split {text}: write NAME=PATH, such as train=train.jsonl")
        named.append((name, Path(path)))
    return named


def _read(
    arguments: argparse.Namespace, named: Sequence[tuple[str, Path]]
) -> tuple[dict[str, list[Article]], list[str]]:
    """The articles a split (one, called "", for DATA), and what the readers decided."""
    from claimclf.readers import read_corpus

    parts: dict[str, list[Path]] = {"": arguments.data} if arguments.data else {}
    for name, path in named:
        parts.setdefault(name, []).append(path)
    splits: dict[str, list[Article]] = {}
    notes: list[str] = []
    problems: list[Problem] = []
    for name, paths in parts.items():
        try:
            corpus = read_corpus(paths, reading_of(arguments), arguments.format)
        except DataError as error:
            problems += error.problems
            continue
        splits[name] = list(corpus.articles)
        notes += corpus.notes
        if corpus.missing:
            hint = corpus.missing[0].hint
            notes.append(f"{len(corpus.missing):,} articles have no text on this machine and are left out; {hint}")
    if problems:
        raise DataError(problems)
    return splits, notes


def _audit(arguments: argparse.Namespace, splits: Mapping[str, Sequence[Article]]) -> Audit:
    from claimclf import auditing
    from claimclf.cross_validation import out_of_fold

    articles = [article for part in splits.values() for article in part]
    if not any(article.labelled for article in articles):
        raise DataError([Problem("audit", "no labelled sentence", "give annotated articles")])
    if arguments.model:
        from claimclf.predict import ClaimClassifier

        classifier = ClaimClassifier.load(arguments.model)
        probabilities, source = auditing.of_model(classifier, articles, partial(progress, "auditing"))
    else:
        # an id may stand in two splits: that is a leak to report, not an error
        numbered = [replace(article, id=str(n), story=article.story) for n, article in enumerate(articles)]
        probabilities = out_of_fold(numbered, arguments.folds, arguments.seed, partial(progress, "auditing"))
        source = f"probabilities out of fold: TF-IDF and logistic regression, {arguments.folds} folds of stories"
    return auditing.audit(articles, probabilities, source, arguments.top, _pairs(arguments, splits, articles))


def _pairs(
    arguments: argparse.Namespace, splits: Mapping[str, Sequence[Article]], articles: Sequence[Article]
) -> tuple[Pair, ...]:
    from claimclf import duplicates
    from claimclf.splits import SPLITS, SplitSettings, split

    if arguments.split:
        return duplicates.pairs(splits)
    try:
        of = split(articles, SplitSettings(seed=arguments.seed)).of
    except DataError:  # too few stories to split: nothing can leak
        return duplicates.pairs(splits)
    return duplicates.pairs({name: [a for a in articles if of[a.id] == name] for name in SPLITS})


def _show(console: Console, done: Audit) -> None:
    """The first suspects, and the first pairs of each kind."""
    from rich.text import Text

    for suspect in done.suspects[:_SHOWN]:
        line = Text(f"{suspect.score:.3f}  ")
        line.append(f"{suspect.given} → {suspect.suggested}", style="bold")
        line.append(visible(f"  {suspect.article.id}:{suspect.sentence.span.start}"), style="dim")
        console.print(line)
        console.print(Text(f"       {visible(suspect.around()[1])}"))
    more = len(done.suspects) - _SHOWN
    if more > 0:
        console.print(f"… {more:,} more: --jsonl and --html list all")
    seen: dict[str, int] = {}
    for pair in done.pairs:
        seen[pair.kind] = seen.get(pair.kind, 0) + 1
        if seen[pair.kind] <= _PAIRS:
            alike = f"{pair.kind}, {pair.similarity:.0%} alike: {pair.first} | {pair.second}: {pair.first.text}"
            console.print(Text(visible(alike)))
