"""Layer-wise rates, logit adjustment and R-Drop, against numbers worked out by hand."""

import math

import pytest
import torch

from claimclf.model import collate, load_encoder, sentence_loss
from claimclf.optimization import divergence, log_prior, optimizer


@pytest.mark.parametrize("family", ["bert", "distilbert", "modernbert"])
def test_each_layer_learns_slower_than_the_one_above(family, encoders):
    model, _ = load_encoder(str(encoders[family]))
    groups = optimizer(model, 0.1, 0.01, 0.5).param_groups
    rates = {id(p): group["lr"] for group in groups for p in group["params"]}
    named = dict(model.named_parameters())
    assert len(rates) == len(named)
    layers = sorted({int(n) for name in named for n in name.split(".") if n.isdigit()})
    head = next(v for k, v in named.items() if k.startswith("classifier"))
    assert rates[id(head)] == 0.1
    top = next(v for k, v in named.items() if f".{layers[-1]}." in k)
    low = next(v for k, v in named.items() if f".{layers[0]}." in k and "embed" not in k)
    assert rates[id(top)] == pytest.approx(0.05)
    assert rates[id(low)] == pytest.approx(0.1 * 0.5 ** len(layers))
    words = next(v for k, v in named.items() if "embeddings" in k and v.ndim == 2)
    assert rates[id(words)] == pytest.approx(0.1 * 0.5 ** (len(layers) + 1))


def test_biases_do_not_decay(encoders):
    model, _ = load_encoder(str(encoders["bert"]))
    for group in optimizer(model, 0.1, 0.01, 1.0).param_groups:
        assert all((p.ndim > 1) == (group["weight_decay"] == 0.01) for p in group["params"])
        assert group["lr"] == 0.1


def test_the_prior_is_the_log_of_the_frequencies():
    rows = [{"labels": [[0, 2, 0, 0], [0, 2, 0, 0], [1, 2, 0, 0], [-100] * 4]}, {"labels": [[0, 3, 0, 0]]}]
    counts = [1, 1, 3, 2]  # one more each, so that none is zero
    assert log_prior(rows, 2.0).tolist() == pytest.approx([2 * math.log(c / 7) for c in counts])


def test_the_divergence_is_symmetric_and_that_of_the_halves():
    logits = torch.tensor([[0.0, 1.0], [2.0, 0.0], [1.0, 0.0], [0.0, 0.5]])
    one, two = logits[:2].softmax(dim=1), logits[2:].softmax(dim=1)
    both = ((one * (one / two).log()).sum(dim=1) + (two * (two / one).log()).sum(dim=1)) / 2
    assert float(divergence(logits)) == pytest.approx(float(both.mean()))
    assert float(divergence(logits[[2, 3, 0, 1]])) == pytest.approx(float(both.mean()))


def test_two_copies_of_a_batch_are_what_r_drop_compares():
    row = {"input_ids": [5, 6], "attention_mask": [1, 1], "labels": [[0, 1, 0, 0] + [0] * 4, [1, 2, 0, 0] + [0] * 4]}
    batch = collate(0, copies=2)([row, row])
    assert batch["input_ids"].shape == (4, 2)
    logits = torch.randn(4, 2, 4, generator=torch.Generator().manual_seed(0))
    outputs = type("Outputs", (), {"logits": logits})
    plain = sentence_loss([1.0] * 4, 0.0, 0.0)(outputs, batch["labels"])
    dropped = sentence_loss([1.0] * 4, 0.0, 0.0, r_drop=3.0)(outputs, batch["labels"])
    assert float(dropped - plain) == pytest.approx(3 * float(divergence(logits.reshape(8, 4))), rel=1e-5)
