"""Let larger models, the teachers, give every sentence of articles probabilities, for a smaller one to learn from.

    python scripts/train.py --config configs/mpnet-base.yaml --train_share 0.5 --output runs/one    # hours on two cores
    python scripts/train.py --config configs/mpnet-base.yaml --train_share 0.5 --train_from 0.5 --output runs/other
    python scripts/teach.py seeds/written --model runs/one/model runs/other/model --output runs/soft.jsonl
    python scripts/train.py --config configs/default.yaml --soft_labels runs/soft.jsonl

A model is a folder that scripts/train.py or, for prediction several times as fast, scripts/export.py wrote. Each
article is read by the models that did not learn its story, since what a model has learnt it only repeats, and by all
where all did. Articles without any label, all of whose sentences have null for one, are learnt from by the teachers'
probabilities alone. What OUTPUT has already is kept; only articles that are new or have changed are computed.
"""

import argparse
import sys
from pathlib import Path

from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import ClaimclfError, exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA", help="annotated files or folders")
    parser.add_argument("--model", nargs="+", required=True, metavar="MODEL", help="the teachers")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="JSON lines, one an article")
    parser.add_argument("--precision", default="auto", choices=["auto", "bf16", "fp32"], help="(%(default)s)")
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (all)")
    add_reading(parser)
    arguments = parser.parse_args()
    try:
        from claimclf.teaching import teach

        how = (arguments.precision, arguments.threads, print, reading_of(arguments), arguments.format)
        count, new = teach(arguments.model, arguments.data, arguments.output, *how)
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    print(f"{arguments.output}: {count:,} articles, {new:,} of them new or changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
