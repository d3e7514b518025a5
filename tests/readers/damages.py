"""What can happen to a file: each damage turns the bytes of a good one into those of a bad one.

`REFUSED` are errors in every format of their kind; `HARMLESS` leave what a file says as it is; of `EITHER` a format may
make one or the other, but never a file that says something else.
"""

import re
from collections.abc import Callable
from typing import Any

Damage = Callable[[bytes], bytes]
BOM = "\ufeff".encode()
DEEP = 100_000


def cut(share: float) -> Damage:
    return lambda content: content[: int(len(content) * share)]


def instead(content: bytes) -> Damage:
    return lambda _: content


def recoded(encoding: str) -> Damage:
    return lambda content: content.decode().encode(encoding, "replace")


def flipped(content: bytes) -> bytes:
    """Every hundredth byte is another."""
    return bytes(b ^ 0xFF if n % 100 == 50 else b for n, b in enumerate(content))


def invalid(content: bytes) -> bytes:
    """A byte of no character, behind the first é."""
    at = content.index("é".encode())
    return content[: at + 2] + b"\xff" + content[at + 2 :]


def half_surrogate(content: bytes) -> bytes:
    return content.replace("é".encode(), "\ud83d".encode("utf-8", "surrogatepass"), 1)


def bom_in_the_middle(content: bytes) -> bytes:
    """As where files were put together."""
    half = content.index(b"\n", len(content) // 2 - len(content) // 8) + 1
    return content[:half] + BOM + content[half:]


def first_twice(content: bytes) -> bytes:
    """The first key of the first object stands twice."""
    return re.sub(rb'\{("[^"]+": )', rb"{\1null, \1", content, count=1)


def last_twice(content: bytes) -> bytes:
    """The first key of the last object stands twice, with the same value."""
    at = content.rindex(b'{"')
    key = re.match(rb'\{("[^"]+": )', content[at:])
    assert key is not None
    return content[: at + 1] + key[1] + b"null, " + content[at + 1 :]


def number(written: bytes) -> Damage:
    """The last number is written so."""
    return lambda content: re.sub(rb"(.*[:\[,] )-?\d+\b(?!\")", rb"\g<1>" + written, content, count=1, flags=re.DOTALL)


def last_value(value: bytes) -> Damage:
    """The last record's first value is this."""
    return lambda content: re.sub(rb'(.*[\n\[ ]\{"[^"]+": )("[^"]*"|\d+)', rb"\g<1>" + value, content, flags=re.DOTALL)


TEXTS: dict[str, Damage] = {  # of every format of text
    "empty": instead(b""),
    "blank": instead(b" \n\t\n \r\n"),
    "NUL bytes": instead(b"\0" * 1000),
    "noise": instead(bytes(range(256)) * 20),
    "invalid UTF-8": invalid,
    "latin-1": recoded("latin-1"),
    "UTF-32": recoded("utf-32"),
    "half a surrogate pair": half_surrogate,
    "a web page": instead(b"<!DOCTYPE html>\n<html><body>Log in</body></html>\n"),
}
JSONS: dict[str, Damage] = {  # of JSON, in lines or as a whole
    "UTF-16": recoded("utf-16"),
    "the first key twice": first_twice,
    "the last key twice": last_twice,
    "NaN": number(b"NaN"),
    "-Infinity": number(b"-Infinity"),
    "a number of 10,000 digits": number(b"9" * 10_000),
    "deep lists": instead(b"[" * DEEP + b"]" * DEEP),
    "deep objects": instead(b'{"a": ' * DEEP + b"1" + b"}" * DEEP),
    "deep and open": instead(b'[{"text": ' * DEEP),
    "deep inside": last_value(b"[" * DEEP + b"]" * DEEP),
    "an empty list": instead(b"[]"),
    "an empty object": instead(b"{}"),
    "null": instead(b"null"),
    "a number": instead(b"7"),
    "a string": instead(b'"It rained."'),
    "a list of numbers": instead(b"[1, 2, 3]"),
    "a list of lists": instead(b"[[[]]]"),
    "a list of strings": instead(b'["It rained."]'),
    "an object of lists": instead(b'{"text": [], "sentences": [], "spans": [], "label": []}'),
    "single quotes": lambda content: content.replace(b'"', b"'"),
    "a comma too much": lambda content: content.rstrip().removesuffix(b"}").removesuffix(b"}]") + b",}\n",
    "garbage behind it": lambda content: content + b"}{",
}
OF_LINES: dict[str, Damage] = {
    "a mark in the middle": bom_in_the_middle,
    "lines glued together": lambda content: content.replace(b"\n", b" "),
    "lists for records": lambda content: b"".join(b"[" + line + b"]\n" for line in content.splitlines()),
    "one list": lambda content: b"[" + b",".join(content.splitlines()) + b"]\n",
    "records broken over lines": lambda content: content.replace(b", ", b",\n"),
    "old Mac line ends": lambda content: content.replace(b"\n", b"\r"),
}
OF_XML: dict[str, Damage] = {
    "UTF-16 without saying so": recoded("utf-16-le"),
    "an entity bomb": lambda content: content.replace(
        b"<xmi:XMI", b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 1000 + b'"><!ENTITY d "' + b"&b;" * 1000 + b'">]><xmi:XMI', 1
    ),
    "deep elements": instead(b"<a>" * DEEP + b"</a>" * DEEP),
    "deep inside": lambda content: content.replace(b"<cas:Sofa", b"<a>" * DEEP + b"</a>" * DEEP + b"<cas:Sofa", 1),
    "another form of XML": instead(b"<?xml version='1.0'?><html><body>It rained.</body></html>"),
    "an attribute twice": lambda content: content.replace(b' sofaNum="1"', b' sofaNum="1" sofaNum="2"', 1),
    "a prefix undeclared": lambda content: content.replace(b"xmlns:cas", b"xmlns:cat", 1),
    "an offset missing": lambda content: re.sub(rb'(.*) begin="\d+"', rb"\1", content, count=1, flags=re.DOTALL),
    "no text": lambda content: re.sub(rb' sofaString="[^"]*"', b"", content),
}
OF_BINARY: dict[str, Damage] = {
    "empty": instead(b""),
    "NUL bytes": instead(b"\0" * 1000),
    "noise": instead(bytes(range(256)) * 20),
    "text": instead(b"article_id,sentence,label\na1,It rained.,speculation\n"),
    "bytes flipped": flipped,
    "the beginning lost": lambda content: content[100:],
    "the end alone": lambda content: content[-60:],
    "zeros in the middle": lambda content: content[: len(content) // 3] + bytes(len(content) // 3)
    + content[2 * len(content) // 3 :],
}  # fmt: skip
CUTS = {f"cut at {share:.0%}": cut(share) for share in (0.1, 0.3, 0.45, 0.77, 0.93)}
REFUSED: dict[str, dict[str, Damage]] = {
    "lines": {**TEXTS, **JSONS, **OF_LINES, **CUTS},
    "json": {**TEXTS, **JSONS, **CUTS},
    "text": TEXTS,
    "xml": {**TEXTS, **OF_XML, **CUTS},
    "binary": {**OF_BINARY, **CUTS},
}
HARMLESS: dict[str, Damage] = {
    "a mark at the beginning": lambda content: BOM + content,
    "\\r\\n": lambda content: content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "mixed line ends": lambda content: content.replace(b"\n", b"\r\n", 2),
    "blank lines at the end": lambda content: content + b"\n\n\n",
}


def nodes(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values of a tree but its root."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [p for key, value in inner for p in ((*path, key), *nodes(value, (*path, key)))]


def changed(tree: Any, path: tuple[Any, ...], value: Any, remove: bool = False) -> Any:
    """The tree with another value at a path, or without it."""
    key, *rest = path
    items = dict(tree) if isinstance(tree, dict) else list(tree)
    if rest:
        items[key] = changed(items[key], tuple(rest), value, remove)
    elif remove:
        del items[key]
    else:
        items[key] = value
    return items


def reversed_offsets(tree: Any) -> Any:
    """The tree with the start and the end of every place exchanged."""
    if isinstance(tree, list):
        if len(tree) > 1 and [type(x) for x in tree[:2]] == [int, int]:
            return [tree[1], tree[0], *tree[2:]]
        return [reversed_offsets(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    found = {key: reversed_offsets(value) for key, value in tree.items()}
    for start, end in (("start", "end"), ("begin", "end"), ("start_offset", "end_offset")):
        if {start, end} <= set(found):
            found[start], found[end] = found[end], found[start]
    return found
