"""`claimclf convert`: annotated data of any form → our JSON lines, which everything here reads."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import DataError

_CONVERT = """\
Turn annotated data, such as an export of an annotation tool, into JSON lines that claimclf trains on and scores with.

  claimclf convert project-7.json mine.jsonl --label Denial=official_denial --label Rumour=unverified_claim
  claimclf convert dataset.jsonl mine.jsonl --format prodigy

Label Studio (JSON, JSON-MIN), Prodigy (db-out) and doccano (JSONL) are known by their content. Offsets are verified
with the words that were marked, where the format has them; a mark labels the sentences of which it covers half.
Exit codes: 0 done, 2 usage, 3 bad data (nothing is written)."""


def add(commands: Any) -> None:
    """Declare the command."""
    convert = commands.add_parser(
        "convert",
        help="read an annotation tool's export",
        description=_CONVERT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    convert.add_argument("source", type=Path, metavar="IN", help="a file or folder")
    convert.add_argument("out", type=Path, metavar="OUT", help="the JSON-lines file to write")
    add_reading(convert)
    convert.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, write, say what was decided, and give the exit code."""
    from claimclf.counts import describe
    from claimclf.readers import read_corpus
    from claimclf.writers import jsonl

    corpus = read_corpus([arguments.source], reading_of(arguments), arguments.format)
    if corpus.missing:
        raise DataError(corpus.missing)
    written = jsonl.write(corpus.articles, arguments.out)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for note in corpus.notes:
        console.print(note)
    console.print(describe(corpus.articles))
    console.print(f"{written:,} articles written to {arguments.out}")
    return 0
