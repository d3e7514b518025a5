"""Streams, threads, forks: in order, in bounded memory, the same as one article by itself."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from claimclf.errors import ModelError
from claimclf.predict import ClaimClassifier, _batches

TEXTS = [
    "The bank denied the report. It may sue.",
    "Rain fell.\n\nThe mayor said the bridge was safe.",
    "...",
    "A long one. " + "The council met again on Monday to hear the engineer. " * 40,
] * 12


@pytest.fixture(scope="module")
def classifier():
    with ClaimClassifier.load(threads=2) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def alone(classifier):
    return [classifier.article(text) for text in TEXTS]


def same(one, two):
    assert [(s.start, s.end, s.label, s.cues) for s in one.sentences] == [
        (s.start, s.end, s.label, s.cues) for s in two.sentences
    ]
    for a, b in zip(one.sentences, two.sentences, strict=True):
        assert list(a.probabilities.values()) == pytest.approx(list(b.probabilities.values()), abs=1e-6)


def test_a_stream_is_in_order_and_the_same_as_one_by_one(classifier, alone):
    found = list(classifier.stream(iter(TEXTS)))
    assert [article.text for article in found] == TEXTS
    for one, two in zip(found, alone, strict=True):
        same(one, two)


def test_one_bad_item_does_not_fail_the_others(classifier):
    found = list(classifier.stream(["It rained.", None, 7, "It may snow."]))
    assert [article.error for article in found] == [
        None, "an article is a str, not NoneType", "an article is a str, not int", None,
    ]  # fmt: skip
    assert [len(article.sentences) for article in found] == [1, 0, 0, 1]
    assert found[1].to_dict()["error"] == "an article is a str, not NoneType"
    assert "error" not in found[0].to_dict()


def test_a_stream_reads_no_further_ahead_than_a_batch(classifier):
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1
            yield "It rained."

    stream = classifier.stream(endless())
    for _ in range(100):
        next(stream)
    assert read <= 128
    assert max(len(batch) for batch in _batches(["x" * 30_000] * 9)) == 2


def test_sixteen_threads_share_one_classifier(classifier, alone):
    with ThreadPoolExecutor(16) as pool:
        for one, two in zip(pool.map(classifier.article, TEXTS * 2), alone * 2, strict=True):
            same(one, two)


def test_no_thread_is_left_behind():
    before = threading.active_count()
    loaded = ClaimClassifier.load(threads=2)
    loaded.article("It rained.")
    loaded.close()
    assert threading.active_count() == before
    with pytest.raises(ModelError, match="was closed"):
        loaded.article("It rained.")


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_predicts_as_well(classifier, alone):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=lambda: queue.put(classifier.article(TEXTS[0]).to_dict()))
    process.start()
    found = queue.get(timeout=60)
    process.join(timeout=60)
    assert process.exitcode == 0
    assert [s["label"] for s in found["sentences"]] == [str(s.label) for s in alone[0].sentences]
