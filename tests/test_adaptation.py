"""Encoders learn from unlabelled text, are written so that training takes them, and say what they cannot do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from claimclf.adaptation import Adaptation, _windows, adapt
from claimclf.errors import ConfigError, DataError, ModelError
from claimclf.model import load_encoder

TEXTS = [f"The council says bridge {n} may be rejected. The county report says a crack in pier {n}." for n in range(60)]
FEW = Adaptation(epochs=3.0, learning_rate=5e-3, max_tokens=32)


@pytest.mark.parametrize("family", ["bert", "distilbert", "deberta", "roberta", "modernbert"])
def test_masked_words_are_guessed_better_and_training_takes_the_encoder(encoders, tmp_path, family):
    lines = []
    done = adapt(str(encoders[family]), TEXTS, tmp_path, FEW, lines.append)
    assert done.after < done.before - 0.5
    model, tokenizer = load_encoder(str(done.folder))
    before, _ = load_encoder(str(encoders[family]))
    changed = [
        name
        for name, weights in model.base_model.named_parameters()
        if not weights.equal(dict(before.base_model.named_parameters())[name])
    ]
    assert any("embed" in name for name in changed) and len(changed) > 10
    assert tokenizer("The council").input_ids and "windows to learn from" in lines[0]
    assert json.loads((done.folder / "adaptation.json").read_text())["texts"] == len(TEXTS)


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_half_a_character_is_read_as_one_that_is_unknown(encoders, family):
    _, tokenizer = load_encoder(str(encoders[family]))
    assert _windows(["It \ud83d rained."], tokenizer, 32) == _windows(["It \ufffd rained."], tokenizer, 32)


def test_what_cannot_be_adapted_is_said(encoders, tmp_path):
    with pytest.raises(ConfigError, match=r"epochs: -1 is out of range\nmasked: 1.5 is out of range"):
        adapt(str(encoders["bert"]), TEXTS, tmp_path, Adaptation(epochs=-1, masked=1.5))
    with pytest.raises(DataError, match="give more text"):
        adapt(str(encoders["bert"]), TEXTS[:1], tmp_path, FEW)
    with pytest.raises(ModelError, match="cannot be adapted"):
        adapt(str(tmp_path / "none"), TEXTS, tmp_path, FEW)
    bare = tmp_path / "bare"
    _, tokenizer = load_encoder(str(encoders["bert"]))
    model, _ = load_encoder(str(encoders["bert"]))
    tokenizer.mask_token = None
    tokenizer.save_pretrained(bare)
    model.base_model.save_pretrained(bare)
    with pytest.raises(ModelError, match="has no mask token"):
        adapt(str(bare), TEXTS, tmp_path, FEW)


def test_the_script_reads_texts_of_any_form_and_names_the_next_command(encoders, written, tmp_path):
    (tmp_path / "a.txt").write_text(" ".join(TEXTS), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\n".join(json.dumps({"text": t}) for t in TEXTS), encoding="utf-8")
    script = Path(__file__).parents[1] / "scripts" / "adapt.py"
    given = [str(tmp_path / "a.txt"), str(tmp_path / "b.jsonl"), str(written), "--output", str(tmp_path / "out")]
    given += ["--encoder", str(encoders["bert"]), "--epochs", "0.2", "--max_tokens", "64"]
    done = subprocess.run([sys.executable, str(script), *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"--encoder {tmp_path / 'out' / 'encoder'}" in done.stdout and "log loss of masked words" in done.stdout
    wrong = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "no"), *given[3:]], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 3 and "no such file or folder" in wrong.stderr
