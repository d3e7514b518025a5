"""A smaller encoder: what stays gives what it gave, and trains like any other."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from claimclf.config import TrainingConfig
from claimclf.errors import ModelError
from claimclf.shrinking import Shrinkage, kept_pieces, shrink
from claimclf.training import train

ROOT = Path(__file__).parent.parent
TEXTS = ["The council rejected the report. Repairs may take until spring.", "The county closed the bridge."] * 8


@pytest.mark.parametrize("family", ["bert", "mpnet"])
def test_all_that_stays_gives_what_it_gave(family, encoders, tmp_path):
    encoder = str(encoders[family])
    tokenizer, before = AutoTokenizer.from_pretrained(encoder), AutoModel.from_pretrained(encoder).eval()
    done = shrink(encoder, TEXTS, tmp_path / "out", Shrinkage(2, 64, len(tokenizer)))
    assert done.whole == 1.0
    new, after = AutoTokenizer.from_pretrained(done.folder), AutoModel.from_pretrained(done.folder).eval()
    for text in TEXTS[:2]:
        old_ids, ids = tokenizer(text)["input_ids"], new(text)["input_ids"]
        assert new.convert_ids_to_tokens(ids) == tokenizer.convert_ids_to_tokens(old_ids)
        with torch.inference_mode():
            hidden = [m(torch.tensor([i])).last_hidden_state for m, i in ((before, old_ids), (after, ids))]
        assert torch.allclose(*hidden, atol=1e-6)


def test_words_that_are_not_used_fall_into_pieces(encoders, tmp_path):
    old = AutoTokenizer.from_pretrained(encoders["bert"])
    texts = [text.replace("bridge", "pier") for text in TEXTS]
    said: list[str] = []
    always = 5 + 2 * 47  # special tokens, characters
    done = shrink(str(encoders["bert"]), texts, tmp_path / "out", Shrinkage(1, 16, always + 9), said.append)
    new = AutoTokenizer.from_pretrained(done.folder)
    assert old.tokenize("the bridge") == ["the", "bridge"]
    assert new.tokenize("the bridge") == ["the", "b", "##r", "##i", "##d", "##g", "##e"]
    assert new.convert_tokens_to_ids(new.tokenize("the")) != [new.unk_token_id]
    ids = new("the pier")["input_ids"]
    assert [ids[0], ids[-1]] == [new.cls_token_id, new.sep_token_id] and max(ids) < len(new) <= always + 9
    assert "pieces of the vocabulary stay" in said[0] and 0 < done.whole <= 1
    model = AutoModel.from_pretrained(done.folder)
    assert model.get_input_embeddings().weight.shape == (len(new), 32)
    assert model.config.pad_token_id == new.pad_token_id
    assert done.after == sum(p.numel() for p in model.parameters()) < done.before


def test_the_neurons_that_stay_are_those_that_vary(encoders, tmp_path):
    """A neuron that always gives one number can go: the bias of the next layer takes its part."""
    model = AutoModel.from_pretrained(encoders["bert"]).eval()
    with torch.no_grad():
        for layer in model.encoder.layer:
            layer.intermediate.dense.weight[::2] = 0.0
            layer.intermediate.dense.bias[::2] = 1.5
    model.save_pretrained(tmp_path / "half")
    tokenizer = AutoTokenizer.from_pretrained(encoders["bert"])
    tokenizer.save_pretrained(tmp_path / "half")
    done = shrink(str(tmp_path / "half"), TEXTS, tmp_path / "out", Shrinkage(2, 32, len(tokenizer)))
    small = AutoModel.from_pretrained(done.folder).eval()
    assert small.encoder.layer[0].intermediate.dense.weight.shape == (32, 32)
    new = AutoTokenizer.from_pretrained(done.folder)
    with torch.inference_mode():
        hidden = [
            m(**t(TEXTS[0], return_tensors="pt")).last_hidden_state for m, t in ((model, tokenizer), (small, new))
        ]
    assert torch.allclose(*hidden, atol=1e-5)


def test_a_smaller_encoder_trains(encoders, written, tmp_path):
    done = shrink(str(encoders["mpnet"]), TEXTS, tmp_path / "encoder", Shrinkage(1, 32, 100))
    config = TrainingConfig(
        data=[str(written)], encoder=str(done.folder), output=str(tmp_path / "run"), epochs=1, max_tokens=64,
        validation=0.2, test=0.1,
    )  # fmt: skip
    folder = train(config).folder
    content = json.loads((folder / "config.json").read_text())
    assert (content["num_hidden_layers"], content["intermediate_size"]) == (1, 32)


def test_kept_pieces_prefer_what_is_used():
    vocabulary = {"[PAD]": 0, "[UNK]": 1, "[unused0]": 2, "rare": 3, "x": 4, "often": 5, "early": 6}
    assert kept_pieces(vocabulary, [0, 1], Counter({5: 3, 3: 1}), 5) == [0, 1, 3, 4, 5]
    assert kept_pieces(vocabulary, [0, 1], Counter(), 4) == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("family", "to", "message"),
    [
        ("bert", Shrinkage(3, 999, 0), r"layers 3: .* has 2; give 1 to 2\nintermediate 999: .*\nvocabulary 0: .*"),
        ("distilbert", Shrinkage(1, 16, 50), r"distilbert\) is not built like BERT"),
        ("roberta", Shrinkage(1, 16, 50), r"no WordPiece tokenizer"),
    ],
)
def test_what_cannot_be_shrunk_is_said(family, to, message, encoders, tmp_path):
    with pytest.raises(ModelError, match=message):
        shrink(str(encoders[family]), TEXTS, tmp_path / "out", to)
    assert not (tmp_path / "out").exists()


def test_no_text_is_an_error(encoders, tmp_path):
    with pytest.raises(ModelError, match="no text"):
        shrink(str(encoders["bert"]), [], tmp_path / "out", Shrinkage(1, 16, 50))


def test_the_script(encoders, written, tmp_path):
    def run(*options):
        line = [
            sys.executable,
            "scripts/shrink.py",
            str(encoders["bert"]),
            str(written),
            "--output",
            str(tmp_path / "e"),
        ]
        return subprocess.run([*line, *options], cwd=ROOT, capture_output=True, text=True, check=False)

    fine = run("--layers", "1", "--intermediate", "32", "--vocabulary", "100")
    assert fine.returncode == 0, fine.stderr
    assert "M parameters before" in fine.stdout and (tmp_path / "e" / "tokenizer.json").is_file()
    bad = run("--layers", "7")
    assert bad.returncode == 4 and "layers 7" in bad.stderr and "Traceback" not in bad.stderr
