"""`claimclf convert`: annotated data of any form → another; by default our JSON lines, which everything here reads."""

from __future__ import annotations

import argparse
from pathlib import Path
from textwrap import fill
from typing import Any

from rich.console import Console

from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import ConfigError, DataError
from claimclf.labels import did_you_mean
from claimclf.readers import FORMATS
from claimclf.writers import WRITERS

_CONVERT = f"""\
Turn annotated data, such as an export of an annotation tool, into another form: by default JSON lines, which hold
everything; what another form (--to) cannot carry is said, with counts.

  claimclf convert project-7.json mine.jsonl --label Denial=official_denial --label Rumour=unverified_claim
  claimclf convert dataset.jsonl mine.jsonl --format prodigy

{fill(f"Read, and known by ending and content: {', '.join(FORMATS)}.", 118)}
{fill(f"Written (--to): {', '.join(WRITERS)}.", 118)}

Offsets are verified with the words that were marked, where the format has them; a mark labels the sentences of which
it covers half.
Exit codes: 0 done, 2 usage, 3 bad data (nothing is written)."""


def add(commands: Any) -> None:
    """Declare the command."""
    convert = commands.add_parser(
        "convert",
        help="turn annotated data into another form",
        description=_CONVERT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    convert.add_argument("source", type=Path, metavar="IN", help="a file or folder")
    convert.add_argument(
        "out", type=Path, metavar="OUT", help="the file to write; for brat, inception and datasets a folder"
    )
    convert.add_argument("--to", default="jsonl", metavar="NAME", help=f"the form of OUT: {', '.join(WRITERS)}")
    add_reading(convert)
    convert.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, write, say what was decided, and give the exit code."""
    from claimclf.counts import describe
    from claimclf.readers import read_corpus

    if arguments.to not in WRITERS:
        raise ConfigError(f"--to {arguments.to}: {did_you_mean(arguments.to, list(WRITERS))}")
    corpus = read_corpus([arguments.source], reading_of(arguments), arguments.format)
    if corpus.missing:
        raise DataError(corpus.missing)
    outcome = WRITERS[arguments.to](corpus.articles, arguments.out)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for note in corpus.notes:
        console.print(note)
    console.print(describe(corpus.articles))
    for line in outcome.lost:
        console.print(f"{arguments.to} cannot carry {line}")
    console.print(f"{outcome.articles:,} articles written to {arguments.out}")
    return 0
