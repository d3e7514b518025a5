"""The gate in a YAML file: the mode, and the rules under `min` and `max_drop`, a score a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from claimclf.errors import ConfigError
from claimclf.evaluation.gate import MODES, Kind, Mode, Rule, parse_rule
from claimclf.labels import did_you_mean
from claimclf.settings_file import entries, mapping

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
    given = [*_entries(path, problems)] if path else []
    for where, kind, text in [*given, *((f"--{kind} {text}", kind, text) for kind, text in options)]:
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
    root = mapping(path, problems)
    if root is None and not problems:
        problems.append(f"{path}:1: expected `key: value` lines ({', '.join(_KEYS)})")
    for where, key, node in entries(path, root, problems):
        if key == "gate" and isinstance(node, yaml.ScalarNode):
            yield where, None, node.value
        elif key in _SECTIONS and isinstance(node, yaml.MappingNode):
            for place, name, bound in entries(path, node, problems):
                if isinstance(bound, yaml.ScalarNode):
                    yield place, _SECTIONS[key], f"{name}={bound.value}"
                else:
                    problems.append(f"{place}: behind {name!r} stands no number")
        elif key in _KEYS:
            problems.append(f"{where}: under {key!r} stands no mapping `score: bound`")
        else:
            problems.append(f"{where}: unknown key {key!r}; {did_you_mean(key, list(_KEYS))}")
