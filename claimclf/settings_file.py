"""Settings in YAML files, each entry with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_LARGEST = 1 << 20  # bytes; more is some other file, and YAML is slow


def items(path: Path, problems: list[str]) -> list[tuple[str, str, Any]]:
    """(file:line, key, value) of every entry of a YAML file; what is wrong with the file is added to `problems`.

    A value is a text, so that 1e-4 is a number, or a list or mapping of texts (None for what is nested deeper).

    >>> items(Path("no.yaml"), [])
    []
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"more than {_LARGEST:,} bytes, which no file of settings has")
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        problems.append(f"{path}: {error}")
        return []
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        problems.append(f"{path}:1: expected `key: value` lines")
        return []
    return [(where, key, _value(path, node, problems)) for where, key, node in _entries(path, root, problems)]


def _entries(path: Path, mapping: yaml.MappingNode, problems: list[str]) -> Iterator[tuple[str, str, yaml.Node]]:
    seen: set[str] = set()
    for key, node in mapping.value:
        where = f"{path}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            problems.append(f"{where}: expected `key: value` lines")
            continue
        if key.value in seen:
            problems.append(f"{where}: the setting {key.value!r} stands twice")
        seen.add(key.value)
        yield where, key.value, node


def _value(path: Path, node: yaml.Node, problems: list[str]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_text(child) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key: _text(child) for _, key, child in _entries(path, node, problems)}
    return _text(node)


def _text(node: yaml.Node) -> str | None:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None
