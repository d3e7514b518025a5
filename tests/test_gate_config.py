from pathlib import Path

import pytest

from claimclf.errors import ConfigError
from claimclf.evaluation.gate import Rule
from claimclf.evaluation.measures import SCORES
from claimclf.gate_config import load_gate

ROOT = Path(__file__).parents[1]


def test_the_shipped_rules_are_in_order():
    gate = load_gate(ROOT / "configs" / "gate.yaml", [], None, SCORES)
    assert gate.mode == "non-inferiority"
    assert Rule("max-drop", "macro_f1", 0.02) in gate.rules


def test_the_command_line_is_on_top(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text("gate: lower-bound\nmin:\n  macro_f1: .7\n  accuracy: 8e-1\n", encoding="utf-8")
    gate = load_gate(path, [("min", "macro_f1=.6"), ("max-drop", "macro_f1=.01")], "point", SCORES)
    assert gate.mode == "point"
    assert set(gate.rules) == {
        Rule("min", "macro_f1", 0.6), Rule("min", "accuracy", 0.8), Rule("max-drop", "macro_f1", 0.01),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("minimum:\n  macro_f1: .7\n", "gate.yaml:1: unknown key 'minimum'; did you mean 'min'"),
        ("min:\n  macro_f1: .7\n  f1/denial: .6\n", "gate.yaml:3: there is no score 'f1/denial'"),
        ("min:\n  macro_f1: high\n", "gate.yaml:2: 'macro_f1=high' is no rule"),
        ("min: .7\n", "gate.yaml:1: under 'min' stands no mapping"),
        ("gate: strict\n", "gate 'strict': one of point, lower-bound, non-inferiority"),
        ("- a\n", "gate.yaml:1: expected `key: value` lines"),
        ("max_drop:\n  macro_f1: -.1\n", "gate.yaml:2: a drop of -.1 would be a gain"),
        ("min: [", "gate.yaml: "),
        ("", "gate.yaml:1: expected `key: value` lines (gate, min, max_drop)"),
        ("min: " + "[" * 10_000, "gate.yaml: maximum recursion depth"),
        ("min: {macro_f1: " + "[" * 60 + "]" * 60 + "}", "gate.yaml:1: behind 'macro_f1' stands no number"),
        ("min:\n  ? [a]\n  : 1\n", "gate.yaml:2: expected `key: value` lines"),
        ("#" * 2**20 + "\n", "bytes, which no file of settings has"),
        ("min:\n  macro_f1: .7\n  macro_f1: .1\n", "gate.yaml:3: the setting 'macro_f1' stands twice"),
    ],
)
def test_mistakes_are_said_with_their_line(tmp_path, content, found):
    path = tmp_path / "gate.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_gate(path, [], None, SCORES)
    assert found in str(caught.value)


def test_all_mistakes_in_one_message(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text("minimum: 1\nmin:\n  x: 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_gate(path, [("min", "accuracy")], "pont", SCORES)
    assert len(str(caught.value).splitlines()) == 4
