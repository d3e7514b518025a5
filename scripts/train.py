"""Fine-tune a token classifier on annotated articles, calibrate it, and write it to OUTPUT/model.

    python scripts/train.py --config configs/default.yaml
    python scripts/train.py --config configs/default.yaml --learning_rate 3e-4 --data seeds/written,my/articles
    tensorboard --logdir runs/default            # watch it

A run that was killed goes on where its last whole checkpoint was: start it again with the same settings. With other
settings or data, checkpoints in OUTPUT are removed and OUTPUT/model is replaced: give each run an --output of its own.
"""

import argparse
import sys

from claimclf import config
from claimclf.errors import ClaimclfError, exit_code


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    config.add_arguments(parser)
    arguments, unknown = parser.parse_known_args()
    try:
        settings = config.from_arguments(arguments, unknown)
        from claimclf.training import train

        trained = train(settings, say=lambda line: print(line, flush=True))
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    print(f"try it: claimclf predict --model {trained.folder} FILE")
    return 0


if __name__ == "__main__":
    sys.exit(main())
