"""The settings of a training as options of its script."""

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from claimclf.config import TrainingConfig, add_arguments, from_arguments
from claimclf.errors import ConfigError


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return from_arguments(parser.parse_args(arguments))


def test_every_setting_survives_the_command_line():
    config = TrainingConfig(
        data=["a/b", "c.jsonl"], encoder="e", output="o", seed=3, split_seed=4,
        validation=0.2, test=0.0, near_duplicate=0.7,
        max_tokens=64, context=2, learning_rate=3e-5, weight_decay=0.1, warmup=0.2, epochs=1.5, batch_size=2,
        class_weight_power=1.0, also_weight=0.5, learn_context=False,
        cue_weight=0.3, average=3, processes=2, max_grad_norm=2.0, save_steps=10, bf16=True,
        gradient_accumulation=4, predict_context=3, train_share=0.5, layer_decay=0.9, logit_adjustment=0.5, r_drop=0.2,
        labels={"Denial": "official_denial", "a=b": "none"}, format="doccano", annotators="soft", offset_unit="utf16",
        columns={"text": "Satz"}, layer="a.B", label_bias={"official_denial": 0.5},
        soft_labels="soft.jsonl", soft_weight=0.9, train_from=0.25, freeze_embeddings=True,
    )  # fmt: skip
    values = dataclasses.asdict(config)
    alone = {"weight_bits"}  # which does not go with an average
    assert {key for key, value in values.items() if value == getattr(TrainingConfig(), key)} == alone
    texts = {key: ",".join(value) if isinstance(value, list) else str(value) for key, value in values.items()}
    texts |= {"labels": "Denial=official_denial,a=b=none", "columns": "text=Satz", "label_bias": "official_denial=0.5"}
    assert parsed(*(f"--{key}={text}" for key, text in texts.items())) == config


def test_a_grid_is_an_option():
    assert parsed("--weight_bits", "4") == TrainingConfig(weight_bits=4)


@pytest.mark.parametrize("number", ["1e-4", "0.0001", "1.0e-4", "1E-4"])
def test_a_number_may_be_written_with_an_exponent(number):
    assert parsed("--learning_rate", number).learning_rate == 1e-4


def test_the_command_line_overrules_the_file_it_names(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text("epochs: 7\nseed: 1\n", encoding="utf-8")
    config = parsed("--config", str(path), "--seed", "2")
    assert (config.epochs, config.seed) == (7.0, 2)
    assert parsed() == TrainingConfig()


def test_help_describes_every_setting_with_its_default():
    parser = argparse.ArgumentParser(prog="x")
    add_arguments(parser)
    shown = " ".join(parser.format_help().split())
    for f in dataclasses.fields(TrainingConfig):
        assert f"--{f.name} X {f.metadata['help']}" in shown
    assert (
        "--data X annotated files or folders, comma-separated (default seeds/written,seeds/realnews/train.jsonl)"
        in shown
    )
    assert "--learning_rate X peak learning rate (default 0.0002)" in shown


def test_data_is_a_comma_separated_list_on_the_command_line():
    assert parsed("--data", "seeds/written,my/a.jsonl").data == ["seeds/written", "my/a.jsonl"]
    assert parsed("--data", "one").data == ["one"]
    assert parsed("--encoder", "a,b").encoder == "a,b"


@pytest.mark.parametrize("words", [["--learning_rat", "3e-4"], ["--learning_rat=3e-4"]])
def test_a_mistyped_option_of_the_training_script_is_no_abbreviation(words):
    script = Path(__file__).parents[1] / "scripts" / "train.py"
    done = subprocess.run(
        [sys.executable, str(script), *words, "--epoch", "2"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "--learning_rat: unknown setting 'learning_rat'; did you mean 'learning_rate'?" in done.stderr
    assert "did you mean 'epochs'?" in done.stderr


def test_a_stray_word_is_no_option():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_arguments(parser)
    with pytest.raises(ConfigError, match="3e-4: no option"):
        from_arguments(*parser.parse_known_args(["3e-4"]))
