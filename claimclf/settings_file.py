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
    root = mapping(path, problems)
    return [(where, key, _value(path, node, problems)) for where, key, node in entries(path, root, problems)]


def mapping(path: Path, problems: list[str]) -> yaml.MappingNode | None:
    """What a YAML file is; None where it is empty, or where it is no mapping, which is added to `problems`.

    >>> mapping(Path("no.yaml"), [])
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"more than {_LARGEST:,} bytes, which no file of settings has")
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        problems.append(f"{path}: {error}")
        return None
    if root is None or isinstance(root, yaml.MappingNode):
        return root
    problems.append(f"{path}:1: expected `key: value` lines")
    return None


def entries(path: Path, node: yaml.MappingNode | None, problems: list[str]) -> Iterator[tuple[str, str, yaml.Node]]:
    """(file:line, key, node of the value) of every entry of a mapping; what is wrong is added to `problems`.

    >>> [*entries(Path("a.yaml"), None, [])]
    []
    """
    seen: set[str] = set()
    for key, value in node.value if node else ():
        where = f"{path}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            problems.append(f"{where}: expected `key: value` lines")
            continue
        if key.value in seen:
            problems.append(f"{where}: the setting {key.value!r} stands twice")
        seen.add(key.value)
        yield where, key.value, value


def _value(path: Path, node: yaml.Node, problems: list[str]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_text(child) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key: _text(child) for _, key, child in entries(path, node, problems)}
    return _text(node)


def _text(node: yaml.Node) -> str | None:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None
