"""How far the two annotators of the written articles agreed, before a third settled what they did not agree on.

    python scripts/agreement.py                    # seeds/written and its settled.tsv

`settled.tsv` has a line a disagreement (article, sentence counted from 1, first, second, settled); on all other
sentences both gave the label that stands in the article.
"""

import argparse
import csv
import sys
from pathlib import Path

from claimclf.errors import ClaimclfError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("seeds/written"))
    folder = parser.parse_args().folder
    try:
        from claimclf.agreement import agreement
        from claimclf.readers import read
        from claimclf.readers.written import SETTLED

        with (folder / SETTLED).open(encoding="utf-8", newline="") as rows:
            settled = {(row["article"], int(row["sentence"])): row for row in csv.DictReader(rows, delimiter="\t")}
        first, second = [], []
        for article in read(folder):
            for number, sentence in enumerate(article.sentences, 1):
                label = str(sentence.label or "none")
                row = settled.pop((article.id, number), {"first": label, "second": label})
                first.append(row["first"])
                second.append(row["second"])
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return 3
    if settled:
        print(f"settled.tsv names sentences that are not there: {sorted(settled)}", file=sys.stderr)
        return 3
    found = agreement(first, second)
    share = 1 - found.disagreements / found.sentences
    print(
        f"{found.sentences:,} sentences, {found.disagreements} disagreements ({share:.1%} agreed), κ {found.kappa:.3f}"
    )
    for name, kappa in found.kappas.items():
        print(f"{name:<18} κ {kappa:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
