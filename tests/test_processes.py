"""Runs that train at the same time, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from claimclf import training
from claimclf.config import TrainingConfig
from claimclf.errors import ModelError
from claimclf.training import train


@pytest.fixture
def config(encoders, written, tmp_path):
    return TrainingConfig(
        data=[str(written)], encoder=str(encoders["bert"]), output=str(tmp_path / "run"), epochs=2, batch_size=4,
        max_tokens=64, validation=0.2, test=0.1, average=2, processes=2,
    )  # fmt: skip


def test_runs_at_the_same_time_give_the_weights_of_runs_in_turn(config, tmp_path):
    together, in_turn = tmp_path / "together", tmp_path / "turn"
    names = ("encoder", "epochs", "batch_size", "max_tokens", "validation", "test", "average")
    options = [f"--{name}={getattr(config, name)}" for name in names] + [f"--data={config.data[0]}"]
    script = str(Path(__file__).parents[1] / "scripts" / "train.py")
    said = {}
    for folder, processes in ((in_turn, 1), (together, 2)):
        said[folder] = subprocess.run(
            [sys.executable, script, *options, f"--output={folder}", f"--processes={processes}"],
            env={**os.environ, "OMP_NUM_THREADS": "1"}, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
    assert "2 runs, 2 at a time on 1 of the cores each" in said[together] and "at a time" not in said[in_turn]
    for name in ("model", "run-1", "run-2"):
        one, two = (load_file(folder / name / "model.safetensors") for folder in (in_turn, together))
        assert all(torch.equal(one[key], two[key]) for key in one)
    assert (together / "run.json").read_bytes() == (in_turn / "run.json").read_bytes()  # either takes the other up


def _dies(*arguments):
    os._exit(9)


def test_a_killed_process_is_said_and_what_to_do(config, monkeypatch):
    monkeypatch.setattr(training, "_leave_checkpoints", _dies)
    with pytest.raises(ModelError, match="--processes 1 less memory"):
        train(config)


def _fails(*arguments):
    raise OSError("No space left on device")


def test_an_error_in_a_process_is_raised(config, monkeypatch):
    monkeypatch.setattr(training, "_leave_checkpoints", _fails)
    with pytest.raises(OSError, match="No space left"):
        train(config)
