"""Train the runs of a plan, and print what each choice is worth.

    python scripts/experiments.py configs/experiments/choices.yaml DEV
    python scripts/experiments.py configs/experiments/choices.yaml DEV --results docs/results/choices.jsonl
    python scripts/experiments.py configs/experiments/choices.yaml     # the table of the results that are kept

DEV are labelled articles that are never trained on. Every run is stored in its folder: interrupt it and start it again.
A run of the shipped settings on all data takes about 20 minutes on two cores with AMX. Without DEV nothing is trained:
the table and the plot are made of the file of results.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from claimclf.errors import ClaimclfError, exit_code

if TYPE_CHECKING:
    from claimclf.experiments import Run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path, help="a YAML file, such as configs/experiments/choices.yaml")
    parser.add_argument("data", nargs="*", type=Path, metavar="DEV", help="labelled files or folders")
    parser.add_argument("--folder", type=Path, help="where the runs are stored (default runs/NAME of the plan)")
    parser.add_argument("--done", action="store_true", help="train nothing; take the runs that are in the folder")
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="keep the runs here, a line a run; without DEV, read them from here (default docs/results/NAME.jsonl)",
    )
    parser.add_argument("--plot", type=Path, metavar="OUT", help="a learning curve, for runs called `NAME SHARE%%`")
    arguments = parser.parse_args()
    try:
        from claimclf.gains import keep, kept, spread, table

        if arguments.data:
            runs = measured(arguments)
            if arguments.results:
                keep(runs, arguments.results)
        else:
            runs = kept(arguments.results or Path("docs/results") / f"{arguments.plan.stem}.jsonl")
        print(table(runs))
        if seeds := spread(runs):
            print(f"\n{seeds}")
        if arguments.plot:
            from claimclf.curves import learning_curve

            learning_curve(runs, arguments.plot)
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    return 0


def measured(arguments: argparse.Namespace) -> list[Run]:
    from claimclf.experiments import plan, run, taken_up
    from claimclf.readers import read_corpus

    apart = read_corpus(arguments.data).articles
    known: dict[str, str] = {}
    runs = []
    for name, config in plan(arguments.plan, arguments.folder or Path("runs") / arguments.plan.stem).items():
        if not arguments.done:
            runs.append(run(name, config, apart, lambda line: print(line, file=sys.stderr, flush=True), known))
        elif done := taken_up(name, config, apart, known):
            runs.append(done)
    return runs


if __name__ == "__main__":
    sys.exit(main())
