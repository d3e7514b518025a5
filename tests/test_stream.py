"""Streams, threads, forks: in order, in bounded memory, the same as one article by itself."""

import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from claimclf.batches import batches
from claimclf.errors import InputError, ModelError
from claimclf.predict import ClaimClassifier

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
    assert max(len(batch) for batch in batches(["x" * 30_000] * 9)) == 2


def test_what_came_before_an_error_of_the_source_is_predicted(classifier):
    def texts():
        yield "It rained."
        yield "It may snow."
        raise OSError("the database is gone")

    found = []
    with pytest.raises(OSError, match="the database is gone"):
        for article in classifier.stream(texts()):
            found.append(article)
    assert [len(article.sentences) for article in found] == [1, 1]


@pytest.mark.parametrize(
    ("texts", "newlines", "said"), [("It rained.", "every", "many articles"), ([], "all", "every, blank")]
)
def test_a_stream_that_cannot_be_is_said_at_once(classifier, texts, newlines, said):
    with pytest.raises(InputError, match=said):
        classifier.stream(texts, newlines=newlines)


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("end", ["sys.exit(0)", "c.close(); os._exit(0)"])
def test_a_forked_child_ends(runtime, end, tmp_path):
    if runtime == "openvino" and "sys.exit" in end:
        pytest.skip("OpenVINO waits for threads that are not there")
    code = (
        "import os, signal, sys\nfrom claimclf.predict import ClaimClassifier\n"
        f"c = ClaimClassifier.load(threads=1, runtime={runtime!r})\n"
        f"if os.fork() == 0:\n    signal.alarm(20); {end}\n"
        "print(os.wait()[1])"
    )
    home = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    home |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=home)
    assert done.stdout.strip() == "0", done.stderr
    assert not list(tmp_path.rglob("*")), "ONNX Runtime keeps a number of this machine"
