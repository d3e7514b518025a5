"""`claimclf suggest`: choose the articles to label next, and write them for an annotation tool."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from claimclf.errors import ConfigError, DataError, Problem
from claimclf.labels import LABELS
from claimclf.terminal import progress, visible
from claimclf.writers import SUGGESTIONS

if TYPE_CHECKING:
    from claimclf.suggesting import Suggestions

_STRATEGIES = ("uncertain", "diverse", "denials")
_SUGGEST = """\
Choose the articles to label next, and write them with the model's labels, for people to correct in an annotation tool.

  claimclf suggest archive/ --count 50 --to label-studio --out tasks.json
  claimclf suggest archive.jsonl --strategy denials --count 20 --to prodigy --out tasks.jsonl
  claimclf suggest archive/ --model runs/default/model --strategy diverse --labelled mine.jsonl --out tasks.json

ARTICLES are text files in UTF-8, folders of them, JSON lines with a `text`, or annotated data, whose labels are not
looked at. Near-duplicates are suggested once, and not at all where they stand in --labelled.
  uncertain  what the model doubts: the entropy of its five most uncertain sentences
  diverse    of what it doubts, articles unlike each other
  denials    the most denials expected (the rare status)
In the file, articles with most of the rarest status come first. Exit codes: 0 done, 2 usage, 3 some input was bad (the
rest is written), 4 failed."""


def add(commands: Any) -> None:
    """Declare the command."""
    suggest = commands.add_parser(
        "suggest",
        help="choose articles to label next",
        description=_SUGGEST,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    suggest.add_argument("articles", nargs="+", type=Path, metavar="ARTICLES", help="texts, folders, JSON lines")
    suggest.add_argument("--model", default="shipped", help="shipped, a folder, or a hub id (default shipped)")
    suggest.add_argument("--strategy", default="uncertain", choices=_STRATEGIES, help="default uncertain")
    suggest.add_argument("--count", type=int, default=20, metavar="N", help="how many articles (default 20)")
    suggest.add_argument("--to", default="label-studio", choices=tuple(SUGGESTIONS), help="default label-studio")
    suggest.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    suggest.add_argument(
        "--labelled", nargs="+", type=Path, default=[], metavar="DATA", help="what is labelled: not suggested again"
    )
    suggest.add_argument("--threads", type=int, metavar="N", help="cores to use (default all)")
    suggest.add_argument(
        "--hard-wrapped", action="store_true", help="lines are wrapped: only a blank line ends a sentence"
    )
    suggest.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, choose, write, print, and give the exit code."""
    if arguments.count < 1:
        raise ConfigError(f"--count {arguments.count}: at least 1")
    if not arguments.out.parent.is_dir():
        raise ConfigError(f"--out {arguments.out}: there is no folder {arguments.out.parent}")
    from claimclf.pool import read_pool
    from claimclf.predict import ClaimClassifier
    from claimclf.suggesting import suggest

    classifier = ClaimClassifier.load(arguments.model, threads=arguments.threads)
    pool, labelled = read_pool(arguments.articles), read_pool(arguments.labelled)
    problems = [*pool.problems, *labelled.problems]
    newlines: Literal["every", "blank"] = "blank" if arguments.hard_wrapped else "every"
    made = suggest(
        classifier,
        pool.articles,
        arguments.strategy,
        arguments.count,
        labelled=labelled.articles,
        newlines=newlines,
        track=partial(progress, "articles"),
    )
    if not made.chosen:
        where = ", ".join(map(str, arguments.articles))
        hint = f"{made.pool:,} articles were read, {len(made.empty):,} without a sentence"
        raise DataError([*problems, Problem(where, "no article to suggest", hint)])
    outcome = SUGGESTIONS[arguments.to](made.guesses(), arguments.out)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    _show(console, made)
    for line in outcome.lost:
        console.print(f"{arguments.to} cannot carry {line}")
    console.print(f"{outcome.articles:,} articles written to {arguments.out}")
    if problems:
        raise DataError(problems)
    return 0


def _show(console: Console, made: Suggestions) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    for name in ("", "article", "score", *(str(label).replace("_", " ") for label in LABELS), "why"):
        table.add_column(name, justify="left" if name in ("article", "why") else "right", overflow="fold")
    for rank, s in enumerate(made.chosen, 1):
        counts = (f"{s.expected[label]:.1f}" for label in LABELS)
        table.add_row(str(rank), Text(visible(s.article.id)), f"{s.score:.2f}", *counts, Text(visible(s.why)))
    console.print(table, soft_wrap=False)
    rarest = str(made.rarest).replace("_", " ")
    console.print(f"{len(made.chosen):,} of {made.pool:,} articles, most expected {rarest} first")
    for left_out, other in made.near_duplicates:
        console.print(visible(f"left out: {left_out} is nearly {other}"))
    if made.empty:
        console.print(f"{len(made.empty):,} articles have nothing to label: no letter or digit")
