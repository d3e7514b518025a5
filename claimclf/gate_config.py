"""The gate in a YAML file: the mode, and the rules under `min` and `max_drop`, a score a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from claimclf.errors import ConfigError
from claimclf.evaluation.gate import MODES, Kind, Mode, Rule, parse_rule
from claimclf.labels import did_you_mean

_SECTIONS: dict[str, Kind] = {"min": "min", "max_drop": "max-drop"}
_KEYS = ("gate", *_SECTIONS)


@dataclass(frozen=True, slots=True)
class Gate:
    """What decides (`mode`), and the rules."""

    mode: Mode
    rules: tuple[Rule, ...]


def load_gate(path: Path | None, options: Iterable[tuple[Kind, str]], mode: str | None, known: Iterable[str]) -> Gate:
    """The rules of a YAML file, if one is given, and those of the command line (kind, "NAME=NUMBER") on top.

    A rule of the command line replaces the file's of the same kind and score. The mode is `point` by default.

    >>> load_gate(None, [("min", "macro_f1=.7")], None, ["macro_f1"]).rules[0].bound
    0.7

    Raises:
        ConfigError: with every mistake, each with its file and line, or its option.
    """
    known, problems = tuple(known), list[str]()
    rules: dict[tuple[str, str], Rule] = {}
    entries = [*_entries(path, problems)] if path else []
    for where, kind, text in [*entries, *((f"--{kind} {text}", kind, text) for kind, text in options)]:
        if kind is None:
            mode = mode or text
            continue
        try:
            rule = parse_rule(kind, text, known)
            rules[rule.kind, rule.score] = rule
        except ValueError as error:
            problems.append(f"{where}: {error}")
    found = [m for m in MODES if m == (mode or "point")]
    if not found:
        problems.append(f"gate {mode!r}: {did_you_mean(str(mode), list(MODES))}")
    if problems:
        raise ConfigError("\n".join(problems))
    return Gate(found[0], tuple(rules.values()))


def _entries(path: Path, problems: list[str]) -> Iterator[tuple[str, Kind | None, str]]:
    """(file:line, kind, "NAME=NUMBER") of every rule of the file; of the mode, without a kind."""
    try:
        root: Any = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(f"{path}: {error}")
        return
    for key, node in root.value if isinstance(root, yaml.MappingNode) else []:
        where = f"{path}:{key.start_mark.line + 1}"
        if key.value == "gate" and isinstance(node, yaml.ScalarNode):
            yield where, None, node.value
        elif key.value in _SECTIONS and isinstance(node, yaml.MappingNode):
            for name, bound in node.value:
                yield f"{path}:{name.start_mark.line + 1}", _SECTIONS[key.value], f"{name.value}={bound.value}"
        elif key.value in _KEYS:
            problems.append(f"{where}: under {key.value!r} stands no mapping `score: bound`")
        else:
            problems.append(f"{where}: unknown key {key.value!r}; {did_you_mean(str(key.value), list(_KEYS))}")
    if not isinstance(root, yaml.MappingNode):
        problems.append(f"{path}:1: expected `key: value` lines ({', '.join(_KEYS)})")
