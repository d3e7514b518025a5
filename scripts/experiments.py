"""Train the runs of a plan, and print what each choice is worth.

    python scripts/experiments.py configs/experiments/choices.yaml DEV
    python scripts/experiments.py configs/experiments/learning_curve.yaml DEV --plot docs/learning-curve.svg
    python scripts/experiments.py configs/experiments/choices.yaml DEV --done      # the table of those that are done

DEV are labelled articles that are never trained on. Every run is stored: interrupt it, and start it again. A run of the
shipped settings on all data takes about 20 minutes on two cores with AMX.
"""

import argparse
import sys
from pathlib import Path

from claimclf.errors import ClaimclfError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path, help="a YAML file, such as configs/experiments/choices.yaml")
    parser.add_argument("data", nargs="+", type=Path, metavar="DEV", help="labelled files or folders")
    parser.add_argument("--folder", type=Path, help="where the runs are kept (default runs/NAME of the plan)")
    parser.add_argument("--done", action="store_true", help="train nothing; show what is there")
    parser.add_argument("--plot", type=Path, metavar="OUT", help="a learning curve, for runs called `NAME SHARE%%`")
    arguments = parser.parse_args()
    try:
        from claimclf.experiments import plan, run, spread, table, taken_up
        from claimclf.readers import read_corpus

        folder = arguments.folder or Path("runs") / arguments.plan.stem
        apart = read_corpus(arguments.data).articles
        known: dict[str, str] = {}
        runs = []
        for name, config in plan(arguments.plan, folder).items():
            if not arguments.done:
                runs.append(run(name, config, apart, lambda line: print(line, file=sys.stderr, flush=True), known))
            elif done := taken_up(name, config, apart, known):
                runs.append(done)
        print(table(runs))
        if seeds := spread(runs):
            print(f"\n{seeds}")
        if arguments.plot:
            from claimclf.curves import learning_curve

            learning_curve(runs, arguments.plot)
    except ClaimclfError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
