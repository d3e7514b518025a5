"""Check the statistics of `claimclf evaluate` by simulation: false alarms, missed drops, coverage of intervals.

    python scripts/simulate.py                 what docs/evaluation.md shows; some minutes on two cores
    python scripts/simulate.py --runs 100      a quick look

Two models on articles drawn from a known population (claimclf/evaluation/simulation.py): equally good ones (A/A), and
one that is .05 macro-F1 worse. A `max-drop macro_f1` gate judges each pair in each of its modes, for models that answer
nearly all sentences alike, as two versions of one do, and for models that differ.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor

from claimclf.evaluation.bootstrap import Method
from claimclf.evaluation.gate import MODES, Rule
from claimclf.evaluation.simulation import Population, coverage, planted, verdicts

MARGIN, DROP = 0.02, 0.05
SHARED = (0.85, 0.3)  # of the sentences, on which both models draw one answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000, help="simulated evaluations an experiment (default 1000)")
    parser.add_argument("--sentences", type=int, default=1500, help="in each evaluation (default 1500)")
    parser.add_argument("--repeats", type=int, default=1000, help="bootstrap resamples (default 1000)")
    parser.add_argument("--seed", type=int, default=0)
    a = parser.parse_args()
    rule = Rule("max-drop", "macro_f1", MARGIN)
    rules = dict.fromkeys(MODES, rule)
    methods: tuple[Method, ...] = ("percentile", "bca")
    size = (a.runs, a.sentences, a.repeats, a.seed)
    with ProcessPoolExecutor(2) as pool:
        pairs = {
            shared: [
                pool.submit(verdicts, pair, rules, *size) for pair in (Population(shared=shared), planted(DROP, shared))
            ]
            for shared in SHARED
        }
        held = {method: pool.submit(coverage, *size, method) for method in methods}
        print(f"{a.runs:,} runs of about {a.sentences:,} sentences, {a.repeats:,} resamples, seed {a.seed}\n")
        print(f"| gate: {rule} | answers alike | A/A: failed | undecided | {DROP} worse: failed | undecided |")
        print("| --- | --- | --- | --- | --- | --- |")
        for shared, results in pairs.items():
            alike = Population(shared=shared).alike()
            for mode in rules:
                cells = [alike, *(result.result()[mode][passed] for result in results for passed in (False, None))]
                print(f"| `{mode}` | " + " | ".join(f"{share:.1%}" for share in cells) + " |")
        print("\n| 95% interval of macro-F1 | holds the population's value |\n| --- | --- |")
        for method, share in held.items():
            print(f"| {method} | {share.result():.1%} |")


if __name__ == "__main__":
    main()
