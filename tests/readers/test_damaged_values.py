"""Each value of each format's good record replaced or removed, offsets exchanged: an error, or the same labels."""

import csv
from functools import partial

import pyarrow
import pytest

from tests.readers.damages import changed, nodes, reversed_offsets
from tests.readers.good_files import GOOD
from tests.readers.test_damaged import _texts, checked, counts  # noqa: F401

VALUES = (None, 7, -1, 2.5, True, 10**30, [], {}, "", "x", "0", ["x"], {"x": 1}, [[0, 1]])
TREES = {name: good for name, good in GOOD.items() if good.load}
FIRST = {"csv": 2, "tsv": 2, "conll": 2, "conllup": 3}  # the first record that has a label, where it is not the first
NOTES = ("left out", "not read: ", "spans without a label: ")  # of which one more tells what was not taken
NOTHING = (None, [], "", "removed")
# Values that mean something else, and are no damage: (format, the last names of the path, values).
MEANT = [
    ("cases", ("held_out",), (True,)),
    ("jsonl", ("sentences",), NOTHING),
    ("jsonl", ("label",), NOTHING),
    ("stand-off", ("sentences",), NOTHING),
    ("stand-off", ("label",), NOTHING),
    ("label-studio", ("annotations",), NOTHING),
    ("label-studio", ("result",), NOTHING),
    ("label-studio-min", ("label",), NOTHING),
    ("prodigy", ("spans",), NOTHING),
    ("prodigy", ("start",), (7,)),  # a longer span: there are no words to prove it by
    ("doccano", ("label",), NOTHING),
    ("doccano", ("label", 0, 0), (7,)),
    ("doccano-json", ("label",), NOTHING),
    ("doccano-json", ("label", 0, 0), (7,)),
    ("doccano-1", ("annotations",), NOTHING),
    ("doccano-1", ("start_offset",), (7,)),
    ("inception-json", ("begin",), (7,)),
    ("inception-xmi", (29,), ("0",)),
    ("inception-xmi", (34,), ("0",)),
    ("csv", (2,), (*NOTHING, {})),  # an empty line, or a cell without a label
    ("tsv", (2,), (*NOTHING, {})),
]


def meant(name, path, value):
    return any(
        (name, path[-len(end) :]) == (n, end) and any(value is v or value == v != True for v in values)  # noqa: E712
        for n, end, values in MEANT
    )


def told(before, out):
    """Whether a note says that something was not taken which the good file does not have."""
    return any(line not in before for line in out.splitlines() if any(note in line for note in NOTES))


def values_of(name):
    """The paths of the first record and of the first of everything in it; what follows is like it."""
    good = TREES[name]
    tree = good.load(good.content)
    if isinstance(tree, dict):  # a CAS: its sofa, its title, a sentence, a label
        kept = [p for p in nodes(tree) if p[0] != "%TYPES" and (len(p) < 2 or p[1] in (0, 1, 2, 5, "_InitialView"))]
        return [p for p in kept if "%MEMBERS" not in p or p[-1] in ("%MEMBERS", 4)]
    if name == "inception-xmi":
        return nodes(tree)
    first = FIRST.get(name, 0)
    return [p for p in nodes(tree) if p[0] == first and not any(key for key in p[1:-1] if isinstance(key, int))]


def variants(name):
    """(path, what it is replaced by, the content), where the format has such values at all."""
    good = TREES[name]
    tree = good.load(good.content)
    for path in values_of(name):
        makers = [(value, partial(changed, tree, path, value)) for value in VALUES]
        if isinstance(path[-1], str):
            makers.append(("removed", partial(changed, tree, path, None, remove=True)))
        for what, make in makers:
            try:
                yield path, what, good.dump(make())
            except (TypeError, ValueError, OverflowError, AttributeError, csv.Error, pyarrow.ArrowException):
                continue


@pytest.mark.parametrize("name", TREES)
def test_another_value_is_an_error_or_says_the_same(tmp_path, capsys, name):
    _, before, _ = checked(TREES[name].put(tmp_path), capsys)
    silent, tried = [], 0
    for path, what, content in variants(name):
        tried += 1
        try:
            code, out, _ = checked(TREES[name].put(tmp_path, content), capsys)
        except Exception as error:
            silent.append((path, what, repr(error)[:200]))
            continue
        same = counts(out)[:1] == counts(before)[:1]
        if not code and not same and not told(before, out) and not meant(name, path, what):
            silent.append((path, what, counts(out)[0]))
    assert not silent
    assert tried > 20


@pytest.mark.parametrize(
    "name", [n for n in TREES if n not in ("written", "cases", "conll", "conllup", "inception-xmi")]
)
def test_exchanged_offsets_are_errors(tmp_path, capsys, name):
    good = TREES[name]
    tree = good.load(good.content)
    if name in ("csv", "tsv"):
        start = tree[0].index("start")
        content = good.dump([tree[0], *([*r[:start], r[start + 1], r[start], *r[start + 2 :]] for r in tree[1:])])
    else:
        content = good.dump(reversed_offsets(tree))
    assert content != good.content
    code, out, _ = checked(good.put(tmp_path, content), capsys)
    assert code == 3, out
