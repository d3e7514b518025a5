"""The predict API on the shipped model and on a small checkpoint."""

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import claimclf
from claimclf.errors import InputError, ModelError
from claimclf.labels import LABELS, Label
from claimclf.predict import ClaimClassifier, predict_article, predict_sentences

TEXT = (
    "Storm hits the coast of Ardvale\n\nTwo people were killed, police said. Damage could exceed 2 million euros. The "
    "governor denied that help had come too late. Schools reopen on Monday."
)


@pytest.fixture(scope="module")
def classifier():
    return ClaimClassifier.load(threads=1)


def test_plain_cases_have_the_status_they_show(classifier):
    labels = [s.label for s in classifier.article(TEXT).sentences[1:]]
    assert labels == [
        Label.UNVERIFIED_CLAIM, Label.SPECULATION, Label.OFFICIAL_DENIAL, Label.FACTUAL_REPORT
    ]  # fmt: skip


def test_results_are_exact_and_calibrated(classifier):
    for s in classifier.article(TEXT).sentences:
        assert TEXT[s.start : s.end] == s.text
        assert list(s.probabilities) == list(LABELS)
        assert sum(s.probabilities.values()) == pytest.approx(1)
        assert s.confidence == max(s.probabilities.values()) == s.probabilities[s.label]
        assert s.windows == 1
        assert all(s.start <= cue.start < cue.end <= s.end for cue in s.cues)


def test_the_words_that_decided(classifier):
    cues = [[cue.of(TEXT) for cue in s.cues] for s in classifier.article(TEXT).sentences]
    assert any("could" in cue for cue in cues[2])
    assert any("denied" in cue for cue in cues[3])


def test_what_is_read_once_is_enough(classifier):
    texts = ["It rained.", "It may snow."]
    assert classifier.sentences(iter(texts)) == classifier.sentences(texts)
    assert classifier.articles(iter(texts)) == classifier.articles(texts)


def test_results_cross_processes(classifier):
    article = classifier.article(TEXT)
    assert pickle.loads(pickle.dumps(article)) == copy.deepcopy(article) == article
    assert len({article, classifier.article(TEXT)}) == 1
    assert dataclasses.asdict(article)["sentences"][0]["label"] is article.sentences[0].label


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"threads": "2"}, "threads '2'"),
        ({"runtime": None}, "runtime None"),
        ({"abstain_below": None}, "not None"),
    ],
)
def test_settings_of_a_wrong_kind(wrong, found):
    with pytest.raises(InputError, match=found):
        ClaimClassifier.load(**wrong)


def test_line_breaks_that_mean_nothing_known(classifier):
    with pytest.raises(InputError, match="newlines 'blanc': did you mean 'blank'"):
        classifier.article(TEXT, newlines="blanc")
    with pytest.raises(InputError, match="spans are a list"):
        classifier.article(TEXT, spans=3)


def test_given_boundaries(classifier):
    spans = [(0, 31), (33, 69)]
    article = classifier.article(TEXT, spans=spans)
    assert [(s.start, s.end) for s in article.sentences] == spans


def test_boundaries_are_pairs_of_whole_numbers(classifier):
    for odd in ((0, 3, 5), 7, ("0", "3"), (0.0, 3.0), classifier.article(TEXT).sentences[0]):
        with pytest.raises(InputError, match=r"span 1 \(.*give \(start, end\)"):
            classifier.article(TEXT, spans=[(0, 3), odd])


@pytest.mark.parametrize(
    "spans", [[(0, 0)], [(5, 3)], [(0, 10**6)], [(10, 20), (15, 30)], [(10, 20), (0, 5)], [(-2, 4)]]
)
def test_impossible_boundaries(classifier, spans):
    with pytest.raises(InputError, match=rf"span {len(spans) - 1} .*length of the text"):
        classifier.article(TEXT, spans=spans)


@pytest.mark.parametrize("text", ["", " \n\n\t", "...", "— * * * —", "\ud800", "\x00"])
def test_texts_without_a_letter_have_no_sentence(classifier, text):
    assert classifier.article(text).sentences == ()


@pytest.mark.parametrize("text", ["Denied", "a", "5", "한국", "\ud800a", "a\x00b"])
def test_one_word_articles(classifier, text):
    (sentence,) = classifier.article(text).sentences
    assert sentence.text == text
    json.dumps(sentence.to_dict())


def test_a_sentence_longer_than_a_window_says_so(classifier):
    text = "The ministry, " + "which met again on Monday and on Tuesday, " * 60 + "denied it."
    (sentence,) = classifier.article(text).sentences
    assert sentence.windows > 1
    assert sentence.text == text
    assert sentence.to_dict()["windows"] == sentence.windows


def test_very_long_articles(classifier):
    text = "\n\n".join(TEXT for _ in range(100))
    article = classifier.article(text)
    assert len(article.sentences) == 500
    assert all(text[s.start : s.end] == s.text for s in article.sentences)


def test_a_prediction_does_not_depend_on_its_batch(classifier):
    texts = [TEXT, "It may rain.", "Word " * 700 + "\n\n" + TEXT]
    alone = [classifier.article(text) for text in texts]
    for one, two in zip(alone, classifier.stream(texts), strict=True):
        for a, b in zip(one.sentences, two.sentences, strict=True):
            assert a.label is b.label
            assert list(a.probabilities.values()) == pytest.approx(list(b.probabilities.values()), abs=1e-6)
    sentences = [s.text for s in alone[0].sentences]
    together = classifier.sentences(sentences)
    for text, both in zip(sentences, together, strict=True):
        (single,) = classifier.sentences([text])
        assert list(single.probabilities.values()) == pytest.approx(list(both.probabilities.values()), abs=1e-6)


def test_sentences_without_an_article(classifier):
    found = classifier.sentences(["It may rain.", "Officials denied the report."])
    assert [(s.start, s.end, s.label) for s in found] == [
        (0, 12, Label.SPECULATION), (0, 28, Label.OFFICIAL_DENIAL)
    ]  # fmt: skip
    assert classifier.sentences([]) == []
    with pytest.raises(InputError, match="sentence 1 "):
        classifier.sentences(["It rained.", "..."])
    with pytest.raises(InputError, match=r"classifier.sentences\(\[text\]\)"):
        classifier.sentences("It rained.")


def test_several_articles_are_as_one_by_one(classifier):
    texts = [TEXT, "", "It rained."]
    assert classifier.articles(texts) == [classifier.article(text) for text in texts]
    given = [[(0, 31), (33, 69)], [], [(0, 10)]]
    assert classifier.articles(texts, given) == [classifier.article(*pair) for pair in zip(texts, given, strict=True)]
    assert classifier.articles([]) == []


@pytest.mark.parametrize(
    ("texts", "spans", "found"),
    [
        (TEXT, None, "a list of str"),
        ([TEXT], [], "spans for each"),
        ([TEXT, b"It rained."], None, "article 1: .*not bytes"),
        ([TEXT, TEXT], [[(0, 4)], [(5, 3)]], "article 1: span 0"),
    ],
)
def test_articles_that_cannot_be_are_said_by_number(classifier, texts, spans, found):
    with pytest.raises(InputError, match=found):
        classifier.articles(texts, spans)


def test_an_article_must_be_a_string(classifier):
    with pytest.raises(InputError, match="not bytes"):
        classifier.article(b"It rained.")


def test_module_functions_use_the_shipped_model(classifier):
    assert predict_article(TEXT).sentences[3].label is Label.OFFICIAL_DENIAL
    assert predict_sentences(["It may rain."])[0].label is Label.SPECULATION


def test_the_json_form(classifier):
    document = json.loads(json.dumps(classifier.article(TEXT).to_dict()))
    assert document["schema"] == 1
    assert document["model"] == classifier.checkpoint.name
    for row in document["sentences"]:
        keys = {"start", "end", "text", "label", "confidence", "probabilities", "cues", "windows"}
        assert set(row) == keys | {"label_set", "abstained"}
        assert all(TEXT[cue["start"] : cue["end"]] == cue["text"] for cue in row["cues"])


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from('aB. \n"”’\ud800')), max_size=300))
def test_no_text_crashes(text):
    article = predict_article(text)
    assert all(text[s.start : s.end] == s.text for s in article.sentences)


@pytest.mark.parametrize(
    ("model", "found"),
    [("no-such-folder", "no folder"), ("/no/such/folder", "no folder"), ("owner/no-such-model", "hub did not give it")],
)
def test_models_that_are_not_there(model, found):
    with pytest.raises(ModelError, match=found):
        ClaimClassifier.load(model)


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ModelError, match=r"no claimclf.json.*scripts/train.py"):
        ClaimClassifier.load(tmp_path)


def test_import_is_light():
    code = "import sys, claimclf.predict; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"torch", "transformers", "datasets", "sklearn", "scipy", "pandas", "email"} & set(loaded)
    assert "claimclf" in loaded


def test_the_version_is_that_of_the_package():
    assert claimclf.__version__ == version("claimclf")
    with pytest.raises(AttributeError, match="no attribute 'release'"):
        _ = claimclf.release
