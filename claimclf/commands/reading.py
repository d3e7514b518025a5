"""The options that say how annotated data are read, for every command that reads them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from claimclf.errors import ConfigError
from claimclf.labels import did_you_mean
from claimclf.offsets import AUTO, UNITS
from claimclf.readers import FORMATS
from claimclf.readers.annotators import MAJORITY
from claimclf.readers.label_names import wrong_targets
from claimclf.readers.tasks import Reading
from claimclf.settings_file import items


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("exports of annotation tools")
    group.add_argument("--format", metavar="NAME", help=f"what the files are, else found out: {', '.join(FORMATS)}")
    group.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME=OURS",
        help="what a label of the tool is called here (Denial=official_denial), or none to leave it out; repeatable",
    )
    group.add_argument("--labels", type=Path, metavar="YAML", help="the same in a file, NAME: OURS a line")
    group.add_argument(
        "--offset-unit",
        choices=(*UNITS, AUTO),
        default=AUTO,
        help="what offsets count (default: auto, found by the marked words; in doubt nothing is read)",
    )
    group.add_argument(
        "--annotators",
        default=MAJORITY,
        metavar="HOW",
        help="majority (default), soft (keep the votes, which training learns from), or one annotator's name",
    )
    group.add_argument(
        "--columns", type=Path, metavar="YAML", help="a file with `columns: {text: Satz, label: Klasse}`"
    )
    group.add_argument("--layer", metavar="LAYER", help="where the labels of a CAS are: LAYER or LAYER.feature")


def reading_of(arguments: argparse.Namespace) -> Reading:
    """What the options say.

    Raises:
        ConfigError: with every label that is no NAME=OURS, or leads to none of ours, each with its option or file:line.
    """
    problems: list[str] = []
    entries = items(arguments.labels, problems) if arguments.labels else []
    for text in arguments.label:
        name, sign, ours = text.rpartition("=")
        if sign:
            entries.append((f"--label {text}", name, ours))
        else:
            problems.append(f"--label {text}: write NAME=OURS, such as Denial=official_denial")
    labels: dict[str, str] = {}
    for where, name, ours in entries:
        if not isinstance(ours, str):
            problems.append(f"{where}: {name!r} is not followed by one label; write a line `NAME: OURS` for each")
            continue
        labels[name] = ours
        problems += [f"{where}: {name!r} cannot be {ours!r}; {hint}" for _, _, hint in wrong_targets({name: ours})]
    columns = _columns(arguments.columns, problems) if arguments.columns else {}
    if arguments.format is not None and arguments.format not in FORMATS:
        problems.append(f"--format {arguments.format!r}: {did_you_mean(arguments.format, list(FORMATS))}")
    if problems:
        raise ConfigError("\n".join(problems))
    unit = None if arguments.offset_unit == AUTO else arguments.offset_unit
    return Reading(labels, unit, arguments.annotators, columns, arguments.layer)


def _columns(path: Path, problems: list[str]) -> Mapping[str, str]:
    before = len(problems)
    found = next((value for _, key, value in items(path, problems) if key == "columns"), None)
    if isinstance(found, dict) and None not in found.values():
        return found
    if len(problems) == before:
        problems.append(f"{path}: write `columns: {{text: NAME, label: NAME, article: NAME}}`")
    return {}
