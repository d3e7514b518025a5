"""The benchmark itself: what it times, and that it cannot be fooled."""

import time

import pytest
import torch

from claimclf import contestants
from claimclf.contestants import on_device, ours, pairs
from claimclf.contexts import worth_of_context
from claimclf.precisions import costs
from claimclf.predict import ClaimClassifier
from claimclf.speed import cold_start, gemm_ceiling, interleaved, latency, network_work
from tests.test_comparison import HELD


def sleeper(seconds, count=None):
    def run(articles):
        time.sleep(seconds)
        return sum(len(a.sentences) for a in articles) if count is None else count

    return run


def test_rounds_are_interleaved_and_the_median_counts():
    fast, slow = interleaved({"fast": sleeper(0.002), "slow": sleeper(0.02)}, HELD, 3, lambda line: None)
    assert (len(fast.rounds), fast.articles, fast.sentences) == (3, 4, 12)
    assert fast.sentences_a_second > 2 * slow.sentences_a_second


def test_a_system_that_skips_sentences_is_not_timed():
    with pytest.raises(AssertionError, match="lazy labelled 1 of 12"):
        interleaved({"lazy": sleeper(0, 1)}, HELD, 1, lambda line: None)


def test_pairs_hold_each_sentence_with_its_neighbours():
    found = pairs(HELD[:1])
    assert [text for text, _ in found] == [s.span.of(HELD[0].text) for s in HELD[0].sentences]
    assert found[0][1] == found[1][0] and found[1][1] == f"{found[0][0]} {found[2][0]}"


def test_ours_runs_in_every_precision_that_is_here():
    names = dict(ours("shipped", 1))
    assert len(names) >= 1 and all(name.startswith("claimclf (") for name in names)
    assert all(run(HELD) == 12 for run in names.values())


def test_where_there_is_a_gpu_the_model_is_timed_on_it(monkeypatch):
    monkeypatch.setattr(contestants, "classifiers", lambda model, threads: iter(()))
    monkeypatch.setattr(contestants, "on_device", lambda model, device: asked.append(device) or on_device(model, "cpu"))
    for here, devices in ((False, []), (True, ["cuda"])):
        asked = []
        monkeypatch.setattr(torch.cuda, "is_available", lambda here=here: here)
        names = dict(ours("shipped", 1))
        assert asked == devices and len(names) == len(devices)
    ((name, run),) = names.items()
    assert "bfloat16 cpu" in name and run(HELD) == 12


def test_float32_costs_nothing_and_every_precision_is_counted():
    found = costs("shipped", HELD)
    assert all(cost.sentences == 10 for cost in found)
    assert all(cost.differing == 0 and abs(cost.change) < 1e-9 for cost in found if cost.runtime.endswith("fp32"))
    assert all("labels differ" in str(cost) for cost in found)


def test_context_is_scored_against_the_models_own():
    own, alone, *windows = worth_of_context("shipped", HELD)
    assert own.gain.value == 0
    assert "alone" in alone.context and {"64", "448"} <= {w.context.split()[2] for w in windows}
    same = next(w for w in windows if w.context.startswith("windows of 128 tokens, 0"))
    assert same.gain.value == 0 and same.score == own.score


def test_what_the_network_and_the_machine_do():
    classifier = ClaimClassifier.load(threads=1)
    assert 0 < network_work(classifier, HELD[:1]) < network_work(classifier, HELD)
    assert all(rate > 1 for rate in gemm_ceiling(1, 0.02).values())
    p50, p95, p99 = latency(classifier, HELD)
    assert 0 < p50 <= p95 <= p99


def test_a_cold_start_is_short_and_small():
    seconds, peak = cold_start("shipped", "The bank denied the report. It may sue.", 1, repeats=2)
    assert 0 < seconds < 20  # the figure itself is the benchmark's; here: that it is one
    assert 50 < peak < 250
