"""Build the dataset of annotated articles and show the evidence that its splits do not leak.

    python scripts/build_dataset.py seeds --out runs/dataset
    python scripts/build_dataset.py my/articles --validation 0.2 --test 0.2 --out runs/mine

OUT gets the dataset (`datasets.load_from_disk(OUT)`) and `splits.json`: groups, near-duplicate pairs, counts.
"""

import argparse
import json
import sys
from pathlib import Path

from claimclf.commands.reading import add_reading, reading_of
from claimclf.errors import ClaimclfError, ConfigError, exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", help="annotated files or folders")
    parser.add_argument("--out", type=Path, required=True, help="folder for the dataset")
    parser.add_argument("--validation", type=float, default=0.1, help="share of the sentences (default 0.1)")
    parser.add_argument("--test", type=float, default=0.05, help="share of the sentences (default 0.05)")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--near-duplicate", type=float, default=0.5, help="Jaccard similarity (default 0.5)")
    parser.add_argument("--cache", type=Path, help="folder for the builder's cache (default: that of datasets)")
    add_reading(parser)
    arguments = parser.parse_args()
    try:
        from claimclf.dataset import FIELDS, build
        from claimclf.splits import SplitSettings

        _check(arguments)
        settings = SplitSettings(arguments.validation, arguments.test, arguments.seed, arguments.near_duplicate)
        built = build(arguments.paths, settings, arguments.cache, reading_of(arguments), arguments.format)
        built.dataset.save_to_disk(str(arguments.out))
        evidence = json.dumps(built.splits.to_dict(), indent=1)
        (arguments.out / "splits.json").write_text(evidence, encoding="utf-8")
    except (ClaimclfError, OSError) as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    for note in built.corpus.notes:
        print(note)
    print(built.splits.describe())
    for first, second, similarity in built.splits.near_duplicates:
        print(f"near-duplicates, kept together: {first} and {second}, similarity {similarity}")
    if built.corpus.missing:
        print(f"{len(built.corpus.missing)} articles left out: no text on this machine (scripts/fetch_texts.py)")
    if left := sorted({name for a in built.corpus.articles for name in a.fields} - set(FIELDS)):
        print(f"fields that the dataset has no column for: {', '.join(left)}; claimclf convert --to datasets keeps all")
    print(f"data hash {built.data_hash}; written to {arguments.out}")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """The settings as training checks them; and that OUT holds nothing but an older dataset, and none that is read."""
    from claimclf.config import TrainingConfig

    problems = TrainingConfig(
        validation=arguments.validation,
        test=arguments.test,
        split_seed=arguments.seed,
        near_duplicate=arguments.near_duplicate,
    ).problems()
    out = arguments.out
    if out.exists() and not (out / "dataset_dict.json").is_file() and not (out.is_dir() and not any(out.iterdir())):
        problems.append(f"--out {out}: something else is there already; give a new folder")
    if out.resolve() in {Path(path).resolve() for path in arguments.paths}:
        problems.append(f"--out {out}: it is what is read; give a new folder")
    if problems:
        raise ConfigError("\n".join(problems))


if __name__ == "__main__":
    sys.exit(main())
