"""Sentence means and the losses on them, against hand-computed cases."""

import math

import torch

from claimclf.model import IGNORED, cue_loss, pooled, sentence_logits, sentence_loss, soft_targets

NONE = [IGNORED] * 8


def token(slot, label, also=0, cue=0, votes=(0, 0, 0, 0)):
    return [slot, label, also, cue, *votes]


def test_padding_and_context_do_not_count():
    logits = torch.arange(24.0).reshape(1, 6, 4)
    labels = torch.tensor([[NONE, token(0, 2), token(0, 2), token(1, 1, 8, votes=(0, 3, 0, 1)), NONE, NONE]])
    means, true, also, votes = pooled(logits, labels)
    assert torch.equal(means, torch.stack([logits[0, 1:3].mean(dim=0), logits[0, 3]]))
    assert (true.tolist(), also.tolist()) == ([2, 1], [0, 8])
    assert votes.tolist() == [[0, 0, 0, 0], [0, 3, 0, 1]]


def test_windows_of_a_batch_keep_to_themselves():
    logits = torch.tensor([[[1.0], [3.0]], [[10.0], [20.0]]])
    means, counts = sentence_logits(logits, torch.tensor([[0, 0], [0, 1]]))
    assert means.tolist() == [[[2.0], [0.0]], [[10.0], [20.0]]]
    assert counts.tolist() == [[2, 0], [1, 1]]


def test_the_loss_is_the_weighted_cross_entropy():
    logits = torch.tensor([[[2.0, 0, 0, 0], [0, 1.0, 0, 0]]])
    labels = torch.tensor([[token(0, 0), token(1, 3, 0b10)]])
    outputs = type("Outputs", (), {"logits": logits})
    found = sentence_loss([1.0, 1.0, 1.0, 3.0], also_weight=0.25, cue_weight=0.0)(outputs, labels)
    logs = torch.log_softmax(logits[0], dim=1)
    expected = (-logs[0, 0] + 3 * -(0.75 * logs[1, 3] + 0.25 * logs[1, 1])) / 4
    assert math.isclose(float(found), float(expected), rel_tol=1e-6)


def test_votes_are_the_target_in_place_of_label_and_also():
    logits = torch.tensor([[[2.0, 0, 0, 0], [0, 1.0, 0, 0]]])
    labels = torch.tensor([[token(0, 0), token(1, 3, 0b10, votes=(0, 1, 1, 3))]])
    outputs = type("Outputs", (), {"logits": logits})
    found = sentence_loss([1.0, 1.0, 1.0, 3.0], also_weight=0.25, cue_weight=0.0)(outputs, labels)
    logs = torch.log_softmax(logits[0], dim=1)
    expected = (-logs[0, 0] + 3 * -(0.2 * logs[1, 1] + 0.2 * logs[1, 2] + 0.6 * logs[1, 3])) / 4
    assert math.isclose(float(found), float(expected), rel_tol=1e-6)


def test_targets_without_also_and_votes_are_hard():
    none = torch.zeros(1, 4, dtype=torch.long)
    assert soft_targets(torch.tensor([3]), torch.tensor([0]), none, 0.3).tolist() == [[0.0, 0.0, 0.0, 1.0]]


def test_the_cue_loss_is_small_where_the_marked_words_decide():
    labels = torch.tensor([[NONE, token(0, 1, cue=1), token(0, 1), token(1, 0)]])
    on_cue = torch.tensor([[[0.0] * 4, [0, 9.0, 0, 0], [0.0] * 4, [0.0] * 4]])
    off_cue = torch.tensor([[[0.0] * 4, [0.0] * 4, [0, 9.0, 0, 0], [0.0] * 4]])
    even = torch.zeros(1, 4, 4)
    assert float(cue_loss(on_cue, labels)) < 0.01
    assert math.isclose(float(cue_loss(even, labels)), math.log(2), rel_tol=1e-6)
    assert float(cue_loss(off_cue, labels)) > 8


def test_without_marked_words_the_cue_loss_is_zero_and_has_a_gradient():
    logits = torch.randn(1, 2, 4, requires_grad=True)
    loss = cue_loss(logits, torch.tensor([[token(0, 1), NONE]]))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert torch.equal(logits.grad, torch.zeros_like(logits))
