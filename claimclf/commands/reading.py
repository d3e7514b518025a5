"""The options that say how annotated data are read, for every command that reads them."""

from __future__ import annotations

import argparse

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
    group.add_argument("--annotator", metavar="NAME", help="this one's labels alone (default: the majority's)")
    group.add_argument("--layer", metavar="LAYER", help="where the labels of a CAS are: LAYER or LAYER.feature")


def reading_of(arguments: argparse.Namespace) -> Reading:
    """What the options say.

    Raises:
        ConfigError: a label is no NAME=OURS.
    """
    labels = {}
    for text in arguments.label:
        name, sign, ours = text.rpartition("=")
        if not sign:
            raise ConfigError(f"--label {text}: write NAME=OURS, such as Denial=official_denial")
        labels[name] = ours
    return Reading(labels, arguments.offset_unit, arguments.annotator, arguments.layer)
