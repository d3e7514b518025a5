"""Export a trained checkpoint for prediction without torch: ONNX graphs, weights in int8, tokenizer and settings.

    python scripts/export.py runs/default/model claimclf/shipped
    python scripts/export.py runs/default/model out --precision fp32

The result is compared with the checkpoint before it is kept: it is refused if more than 1% of the labels differ in
float32 arithmetic, or 1.5% in int8.
"""

import argparse
import sys
from pathlib import Path

from claimclf.errors import ClaimclfError, ConfigError, exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="folder that scripts/train.py wrote")
    parser.add_argument("out", type=Path, help="folder for the exported model; an older one there is replaced")
    parser.add_argument("--precision", choices=["int8", "fp32"], default="int8", help="of the weights (default int8)")
    parser.add_argument(
        "--compare",
        type=Path,
        default=Path("seeds/written"),
        help="labelled articles for the comparison (%(default)s, as a clone has them)",
    )
    arguments = parser.parse_args()
    try:
        if not arguments.compare.exists():
            raise ConfigError(f"--compare {arguments.compare}: no such file or folder; give labelled articles")
        from claimclf.export import export

        result = export(arguments.checkpoint, arguments.out, arguments.precision, arguments.compare)
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    print(f"{arguments.out}: {result.megabytes:.1f} MB")
    for kind, count in result.differing.items():
        print(
            f"computed in {kind}: {count} of {result.sentences} labels differ from the checkpoint, probabilities by "
            f"{result.largest[kind]:.4f} at most"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
