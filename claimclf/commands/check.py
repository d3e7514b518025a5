"""`claimclf check`: prove annotated files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import DataError

_CHECK = """\
Prove annotated files (.article, .jsonl, exports of annotation tools, or folders of them): every problem with its file
and line. Then count what they hold.
Exit code 0: all in order; 3: problems."""


def add(commands: Any) -> None:
    """Declare the command."""
    check = commands.add_parser(
        "check",
        help="prove annotated files",
        description=_CHECK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="annotated files or folders")
    add_reading(check)
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read everything, print the counts, and give the exit code."""
    from claimclf.counts import describe
    from claimclf.readers import read_corpus
    from claimclf.writers.outcome import half_characters

    corpus = read_corpus(arguments.paths, reading_of(arguments), arguments.format)
    if broken := half_characters(corpus.articles, "training"):
        raise DataError(broken)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for note in corpus.notes:
        console.print(note)
    console.print(describe(corpus.articles))
    if corpus.missing:
        hint = corpus.missing[0].hint
        console.print(f"{len(corpus.missing):,} more have no text on this machine; their labels are in order; {hint}")
    return 0
