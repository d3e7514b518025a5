"""Compare a model with simple ones on labelled articles.

    python scripts/benchmark.py quality ../shared/realnews/dev.jsonl
    python scripts/benchmark.py quality my/articles --model runs/default/model --train seeds/written

Majority, TF-IDF + logistic regression (trained on --train), and the model; macro-F1 with intervals by bootstrap over
articles, F1 a label, and how far the model leads.
"""

import argparse
import sys
from pathlib import Path

from claimclf.errors import ClaimclfError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    quality = commands.add_parser("quality", help="how often each is right")
    quality.add_argument("data", nargs="+", type=Path, help="labelled files or folders")
    quality.add_argument("--model", default="shipped", help="shipped, a folder, or a hub id (default shipped)")
    quality.add_argument(
        "--train", nargs="+", type=Path, default=[Path("seeds")], help="what the simple ones learn from (default seeds)"
    )
    quality.add_argument("--repeats", type=int, default=2000, help="bootstrap resamples (default 2000)")
    quality.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    try:
        from claimclf.comparison import compare, majority, ours, tfidf
        from claimclf.predict import ClaimClassifier
        from claimclf.readers import read_corpus

        training = read_corpus(arguments.train)
        if training.missing:
            print(f"{len(training.missing)} training articles have no text here: the simple ones learn from less")
        data = read_corpus(arguments.data)
        for problem in data.missing:
            print(f"left out: {problem}")
        systems = {
            "majority": majority(training.articles),
            "TF-IDF + logistic regression": tfidf(training.articles),
            f"claimclf ({arguments.model})": ours(ClaimClassifier.load(arguments.model)),
        }
        print(compare(data.articles, systems, arguments.repeats, arguments.seed).describe())
    except ClaimclfError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
