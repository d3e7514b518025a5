"""The options that say how annotated data are read, for every command that reads them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from claimclf.errors import ConfigError
from claimclf.offsets import UNITS
from claimclf.readers import FORMATS
from claimclf.readers.tasks import Reading


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
    group.add_argument("--offset-unit", choices=UNITS, help="what offsets count (default: found by the marked words)")
    group.add_argument(
        "--columns",
        type=Path,
        metavar="YAML",
        help="names of a table's columns: `columns: {text: Satz, label: Klasse}`",
    )
    group.add_argument("--annotator", metavar="NAME", help="this one's labels alone (default: the majority's)")


def reading_of(arguments: argparse.Namespace) -> Reading:
    """What the options say.

    Raises:
        ConfigError: a label is no NAME=OURS, or the file of columns no map.
    """
    labels = {}
    for text in arguments.label:
        name, sign, ours = text.rpartition("=")
        if not sign:
            raise ConfigError(f"--label {text}: write NAME=OURS, such as Denial=official_denial")
        labels[name] = ours
    columns = _columns(arguments.columns) if arguments.columns else {}
    return Reading(labels, arguments.offset_unit, arguments.annotator, columns)


def _columns(path: Path) -> Mapping[str, str]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"--columns {path}: {error}") from error
    found = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(found, dict) or not all(isinstance(name, str | int | None) for name in found.values()):
        raise ConfigError(f"--columns {path}: write `columns: {{text: NAME, label: NAME, article: NAME}}`")
    return {str(role): "" if name is None else str(name) for role, name in found.items()}
