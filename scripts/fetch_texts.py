"""Bring the texts of stand-off labels onto this machine.

The labels in seeds/realnews are ours; the news texts they are for are not, so they are no part of this
repository. This program rebuilds them from public GitHub repositories at pinned commits, and checks each against
the sha256 that the labels give: it is that text to the character, or it is reported as missing.

Texts go to $CLAIMCLF_TEXTS, else ~/.cache/claimclf/texts, where everything that reads labels looks for them. They
stay under the licences of their publishers (`licence` in the labels) and are not to be committed.

Texts that are there are skipped: run it again after an interruption, and it goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from claimclf.downloads import Downloads, Mirror
from claimclf.errors import ClaimclfError
from claimclf.fetching import Report, fetch_texts, wanted_texts
from claimclf.texts import TextStore

LABELS = Path(__file__).resolve().parent.parent / "seeds" / "realnews"
EXAMPLES = """\
examples:
  python scripts/fetch_texts.py
      all texts of seeds/realnews, about 8 MB from raw.githubusercontent.com
  python scripts/fetch_texts.py --from ../shared/realnews --from article.txt
      from texts you have; only what they lack is downloaded
  python scripts/fetch_texts.py --mirror ~/clones
      without a network, from clones made with: git clone https://github.com/amir-zeldes/gum ~/clones/gum

One article, in seeds/realnews/first.jsonl, has no public source: without --from it stays missing, and training
and evaluation can do without it.

exit code: 0 every text is there, 1 some are missing, 3 something given was wrong.
"""


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("labels", nargs="*", type=Path, metavar="LABELS", help="JSON-lines files or folders (seeds/realnews)")
    add(
        "--from",
        dest="given",
        action="append",
        type=Path,
        default=[],
        metavar="FILE_OR_FOLDER",
        help="take texts from JSON lines with `text` (and `title`), or from text files, one text a file; "
        "a folder is all *.jsonl and *.txt below it; matched by sha256; may be repeated",
    )
    add("--mirror", type=Path, metavar="DIR", help="read source files from git clones below DIR, not GitHub")
    add("--store", type=Path, metavar="DIR", help="where the texts go ($CLAIMCLF_TEXTS)")
    return parser.parse_args(argv)


def show(report: Report, store: TextStore) -> None:
    had, got, missing = len(report.had), len(report.got), len(report.missing)
    print(f"texts in {store.folder}: {had + got} of {had + got + missing} ({had} were there, {got} are new)")
    if missing:
        print(f"could not get {missing}:")
    for reason, ids in report.reasons().items():
        print(f"  {', '.join(ids)}\n    {reason}")


def main(argv: Sequence[str] | None = None) -> int:
    args = arguments(argv)
    store = TextStore(args.store) if args.store else TextStore.default()
    files = Mirror(args.mirror) if args.mirror else Downloads(store.folder / "sources")
    console = Console(stderr=True)
    try:
        wanted = wanted_texts(args.labels or [LABELS])
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            advance = partial(progress.advance, progress.add_task("texts", total=len(wanted)))
            report = fetch_texts(wanted, store, files, args.given, advance)
    except (ClaimclfError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("interrupted; run it again to go on", file=sys.stderr)
        return 130
    show(report, store)
    return 1 if report.missing else 0


if __name__ == "__main__":
    sys.exit(main())
