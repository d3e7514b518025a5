from pathlib import Path

import pytest

from claimclf.config import TrainingConfig, load
from claimclf.errors import ConfigError
from claimclf.readers.tasks import Reading

CONFIGS = [p for p in sorted((Path(__file__).parents[1] / "configs").glob("*.yaml")) if p.stem != "gate"]


@pytest.fixture
def yaml(tmp_path):
    def write(text):
        path = tmp_path / "run.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return write


def said(path, overrides=None):
    """The lines of the error that these settings raise, without the folder of the file."""
    with pytest.raises(ConfigError) as caught:
        load(path, overrides)
    return str(caught.value).replace(f"{path.parent}/" if path else "", "").split("\n")


def test_defaults_then_yaml_then_overrides(yaml):
    path = yaml("epochs: 7\nbatch_size: 3\n")
    config = load(path, {"batch_size": "5"})
    assert (config.epochs, config.batch_size, config.max_tokens) == (7.0, 5, TrainingConfig().max_tokens)
    assert load(None) == load(yaml("")) == load(yaml("# nothing but a comment\n")) == TrainingConfig()


@pytest.mark.parametrize("number", ["1e-4", "0.0001", "1.0e-4", "1E-4"])
def test_a_number_may_be_written_with_an_exponent(yaml, number):
    assert load(yaml(f"learning_rate: {number}")).learning_rate == 1e-4


def test_values_get_the_types_of_the_settings(yaml):
    config = load(yaml("data: [a, 17]\nencoder: 12\nepochs: 3\nbf16: True\n"), {"seed": "7"})
    assert config.data == ["a", "17"]
    assert (config.encoder, config.epochs, config.bf16, config.seed) == ("12", 3.0, True, 7)
    assert isinstance(config.epochs, float)
    assert load(None, {"bf16": "false"}).bf16 is False
    assert load(yaml("data:\n- a\n- b c\n")).data == ["a", "b c"]


@pytest.mark.parametrize(
    ("key", "meant"), [("epoch", "epochs"), ("learning-rate", "learning_rate"), ("rate", "learning_rate")]
)
def test_an_unknown_setting_is_answered_with_its_line_and_the_closest(yaml, key, meant):
    assert said(yaml(f"# a comment\n\n{key}: 3\n")) == [f"run.yaml:3: unknown setting {key!r}; did you mean {meant!r}?"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("epochs: many", "run.yaml:1: epochs: 'many' is no number"),
        ("epochs:", "run.yaml:1: epochs: '' is no number"),
        ("seed: 1.5", "run.yaml:1: seed: '1.5' is no whole number"),
        ("bf16: yes", "run.yaml:1: bf16: 'yes' is neither true nor false"),
        ("data: seeds", "run.yaml:1: data: 'seeds' is no list; write `[seeds]`"),
        ("data: [[seeds]]", "run.yaml:1: data: a list or mapping, not a single value"),
        ("encoder: [a]", "run.yaml:1: encoder: a list or mapping, not a single value"),
        ("encoder: {a: b}", "run.yaml:1: encoder: a list or mapping, not a single value"),
        (
            "labels: [a]",
            "run.yaml:1: labels: ['a'] is no mapping; write `{NAME: VALUE}`, on the command line NAME=VALUE,…",
        ),
        ("labels: {a: [b]}", "run.yaml:1: labels: a list or mapping, not a single value"),
        ("labels:\n  a: none\n  a: none", "run.yaml:3: the setting 'a' stands twice"),
        (
            "labels: {D: oficial denial}",
            "run.yaml:1: labels: 'D' cannot be 'oficial denial'; did you mean 'official_denial'?",
        ),
        ("seed: 1\nformat: docano", "run.yaml:2: format: 'docano' is not known; did you mean 'doccano'?"),
        ("offset_unit: bytes", "run.yaml:1: offset_unit: 'bytes' is not known; did you mean 'byte'?"),
        ("annotators:", "run.yaml:1: annotators: '' is out of range"),
        ("seed: 1\nepochs: 2\nseed: 3", "run.yaml:3: the setting 'seed' stands twice"),
        ("- epochs", "run.yaml:1: expected `key: value` lines"),
        ("epochs", "run.yaml:1: expected `key: value` lines"),
        ("seed: 1\n[a, b]: 2", "run.yaml:2: expected `key: value` lines"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(yaml, text, found):
    assert said(yaml(text)) == [found]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("validation", "0"), ("validation", "1"), ("test", "-0.1"), ("test", "1"), ("near_duplicate", "0"),
        ("near_duplicate", "1.1"), ("max_tokens", "7"), ("context", "-1"),
        ("predict_context", "-1"), ("layer_decay", "0"), ("r_drop", "-1"), ("train_share", "0"), ("learning_rate", "0"),
        ("train_from", "-0.1"), ("train_from", "0.1"),
        ("learning_rate", "1"), ("learning_rate", "nan"), ("weight_decay", "-1"), ("warmup", "1"), ("epochs", "0"),
        ("epochs", "inf"), ("batch_size", "0"), ("class_weight_power", "-1"), ("max_grad_norm", "-1"),
        ("save_steps", "-1"), ("also_weight", "-0.1"), ("also_weight", "1"), ("gradient_accumulation", "0"),
        ("seed", "-1"), ("seed", str(2**32)), ("encoder", ""),
        ("output", ""),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused_wherever_they_stand(yaml, key, value):
    (line,) = said(yaml(f"# a comment\n{key}: {value}\n"))
    assert line.startswith(f"run.yaml:2: {key}: ") and line.endswith(" is out of range")
    (line,) = said(None, {key: value})
    assert line.startswith(f"--{key}: {key}: ") and line.endswith(" is out of range")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("test", "0"), ("near_duplicate", "1"), ("max_tokens", "8"), ("context", "0"), ("weight_decay", "0"),
        ("warmup", "0"), ("epochs", "0.5"), ("class_weight_power", "0"), ("also_weight", "0"), ("max_grad_norm", "0"),
        ("save_steps", "0"),
        ("seed", "0"), ("validation", "0.94"),
    ],
)  # fmt: skip
def test_the_bounds_themselves_are_in_range(key, value):
    assert getattr(load(None, {key: value}), key) == float(value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{denial: 0.3}", "label_bias: 'denial': 0.3 is out of range; write LABEL: NUMBER"),
        ("{official_denial: .inf}", "'.inf' is no number"),
        ("{official_denial: nan}", "label_bias: 'official_denial': nan is out of range"),
        ("0.3", "write `{NAME: VALUE}`"),
    ],
)
def test_a_bias_is_a_number_for_a_label(yaml, text, found):
    (line,) = said(yaml(f"label_bias: {text}\n"))
    assert line.startswith("run.yaml:1: label_bias: ") and found in line
    assert load(None, {"label_bias": "official_denial=-0.5"}).label_bias == {"official_denial": -0.5}


@pytest.mark.parametrize("data", ["[]", "['']", "[seeds, '']"])
def test_data_is_never_empty(yaml, data):
    (line,) = said(yaml(f"data: {data}"))
    assert line.startswith("run.yaml:1: data: ") and line.endswith(" is out of range")


def test_shares_must_leave_something_to_train_on():
    assert said(None, {"validation": "0.6", "test": "0.4"}) == [
        "--test: test: 0.4 and validation: 0.6 leave nothing to train on"
    ]


def test_how_exports_are_read_is_a_setting(yaml):
    path = yaml(
        "labels:\n  Denial: official_denial\n  Skip: none\nformat: doccano\nannotators: ann\noffset_unit: byte\n"
    )
    config = load(path)
    assert config.reading() == Reading({"Denial": "official_denial", "Skip": "none"}, "byte", "ann")
    assert config.format == "doccano"
    assert load(path, {"labels": "X=speculation"}).labels == {"X": "speculation"}
    assert load(None).reading() == Reading()
    assert said(None, {"labels": "X"}) == [
        "--labels: labels: 'X' is no mapping; write `{NAME: VALUE}`, on the command line NAME=VALUE,…"
    ]


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a: b\n" * 300_000])
def test_a_file_too_deep_or_too_large_is_named(yaml, text):
    assert said(yaml(text))[0].startswith("run.yaml: ")


def test_all_mistakes_come_at_once(yaml):
    path = yaml("epochs: 0\nbatch: 8\nseed: x\nseed: 1\n")
    assert sorted(said(path, {"warmup": "2", "contxt": "1"})) == [
        "--contxt: unknown setting 'contxt'; did you mean 'context'?",
        "--warmup: warmup: 2.0 is out of range",
        "run.yaml:1: epochs: 0.0 is out of range",
        "run.yaml:2: unknown setting 'batch'; did you mean 'batch_size'?",
        "run.yaml:3: seed: 'x' is no whole number",
        "run.yaml:4: the setting 'seed' stands twice",
    ]


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tseed: 1", b"\xff", "a: 1\n---\nb: 2", "\x01", "a: *b"])
def test_a_file_that_is_no_yaml_is_named(yaml, text):
    assert said(yaml(text))[0].startswith("run.yaml: ")


def test_broken_yaml_does_not_hide_mistakes_of_the_command_line(yaml):
    lines = said(yaml("seed: [1"), {"epochs": "many"})
    assert lines[0].startswith("run.yaml: ")
    assert lines[-1] == "--epochs: epochs: 'many' is no number"


def test_a_file_that_is_not_there(tmp_path):
    (line,) = said(tmp_path / "no.yaml")
    assert line.startswith("no.yaml: ") and "No such file" in line


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_that_ships_loads(path):
    assert load(path).output == f"runs/{path.stem}"


def test_the_configs_that_ship_are_found():
    assert {"default", "tiny", "deberta-v3-base"} <= {path.stem for path in CONFIGS}


def test_the_two_parts_of_the_shipped_model_differ_in_what_is_meant_to_differ():
    folder = CONFIGS[0].parent
    first, second = vars(load(folder / "float.yaml")), vars(load(folder / "shipped.yaml"))
    differ = {key for key in first if first[key] != second[key]}
    assert differ == {"encoder", "freeze_embeddings", "output", "weight_bits", "learning_rate", "epochs"}
