"""A prediction is the same to the last bit, whatever else is predicted with it, in whatever order, on any threads."""

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.predict import ClaimClassifier
from claimclf.runtime.choice import open_runtime

TEXTS = [
    "It rained.",
    "The bank denied the report. It may sue.",
    "Rain fell.\n\nThe mayor said the bridge was safe. Engineers doubt it, and the council will meet on Monday.",
    "👍 Nothing to see here, said one. " * 9,
    "The council met again on Monday to hear the engineer, who had not been asked before. " * 25,
    "...",
]
KINDS = [
    ("onnxruntime", "fp32"),
    ("onnxruntime", "int8"),
    ("openvino", "fp32"),
    ("openvino", "bf16"),
    ("openvino", "int8"),
]


@lru_cache
def classifier(kind, threads):
    if kind[0] == "openvino":
        pytest.importorskip("openvino")
    return ClaimClassifier.load(runtime=kind[0], precision=kind[1], threads=threads)


@lru_cache
def alone(kind, number):
    return classifier(kind, 1).article(TEXTS[number]).to_dict()


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@settings(max_examples=12, deadline=None)
@given(order=st.lists(st.integers(0, len(TEXTS) - 1), min_size=1, max_size=9), threads=st.sampled_from([1, 2, 3]))
def test_no_prediction_depends_on_its_company(kind, order, threads):
    found = classifier(kind, threads).stream(TEXTS[n] for n in order)
    assert [article.to_dict() for article in found] == [alone(kind, n) for n in order]


def test_sentences_alone_are_the_same_in_any_list():
    loaded = classifier(("onnxruntime", "fp32"), 2)
    given_ = ["It rained.", "The bank denied it.", "It may sue."]
    together = loaded.sentences(given_)
    assert [loaded.sentences([text])[0] for text in given_] == together
    assert loaded.sentences(given_[::-1]) == together[::-1]


def test_the_runtime_says_what_it_is_and_why():
    runtime = open_runtime(classifier(("onnxruntime", "fp32"), 1).folder, "onnxruntime", "fp32", 1)
    assert runtime.name.split()[0] == "onnxruntime" and runtime.why == "onnxruntime was asked for; fp32 was asked for"
