"""Which constructions a model fails, and whether the next round of articles mended them.

    claimclf evaluate first-model --behaviour --json first.json
    claimclf evaluate second-model --behaviour --json second.json
    python scripts/constructions.py first.json second.json

A row a construction (family and case of seeds/behaviour), a column a report: held-out cases that pass, of how many. The
worst of the last report come first: what the next articles should hold. docs/errors.md describes the loop.
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path


def passed(path: Path, everything: bool) -> dict[tuple[str, str], list[bool]]:
    """Whether each case of a construction passed, by (family, case)."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for outcome in json.loads(path.read_text(encoding="utf-8"))["behaviour"]["outcomes"]:
        if everything or outcome["held_out"]:
            found[outcome["family"], outcome["case"]].append(outcome["passed"])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, help="what `claimclf evaluate --behaviour --json` wrote")
    parser.add_argument("--all", action="store_true", help="cases that training reads, too")
    parser.add_argument("--below", type=float, default=1.0, help="only those with a lower pass rate (default 1)")
    arguments = parser.parse_args()
    try:
        columns = [passed(path, arguments.all) for path in arguments.reports]
    except (OSError, KeyError, ValueError) as error:
        print(f"no report with behavioural cases: {error!r}; write one with --behaviour --json", file=sys.stderr)
        return 3
    last = columns[-1]
    print("| construction | " + " | ".join(path.stem for path in arguments.reports) + " |")
    print("| --- |" + " --- |" * len(columns))
    for key in sorted(last, key=lambda k: (sum(last[k]) / len(last[k]), k)):
        if sum(last[key]) / len(last[key]) < arguments.below:
            cells = [f"{sum(column.get(key, []))} of {len(column.get(key, []))}" for column in columns]
            print(f"| {key[0]}: {key[1]} | " + " | ".join(cells) + " |")
    totals = [[p for cases in column.values() for p in cases] for column in columns]
    print("| all | " + " | ".join(f"{sum(total)} of {len(total)}" for total in totals) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
