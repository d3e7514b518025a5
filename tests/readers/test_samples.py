"""Samples of the tools' own repositories (`samples/*/SOURCE.md`): what is read is what the tool means, or refused."""

from pathlib import Path

import pytest

from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.offsets import Offsets
from claimclf.readers import EXPORTS, format_of, read_corpus, tasks
from claimclf.readers.tasks import Reading

SAMPLES = Path(__file__).parent / "samples"
REVIEWS = ("negative", "positive", "positive")
F, C, D, S = Label


def read(name, **labels):
    return read_corpus([SAMPLES / name], Reading({key.replace("_", " "): value for key, value in labels.items()}))


def marked(name, monkeypatch):
    """(annotator, the words of each mark, its label) and the labels of whole texts, as the reader hands them on."""
    handed = []

    def keep(path, found, reading, usual="codepoint", others=()):
        handed.extend(found)
        return tasks.Imported((), ())

    module = EXPORTS[format_of(SAMPLES / name)]
    monkeypatch.setattr(module, "imported", keep)
    module.read(SAMPLES / name, Reading())
    return [
        [
            (
                p.annotator,
                [(Offsets(t.text, "codepoint").span(m).of(t.text), label) for m, label in p.marks],
                [*p.whole],
            )
            for p in t.passes
        ]
        for t in handed
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("label_studio/ner_text.json", [
            [("", [("Alice", "Person"), ("But I don’t want to go among mad people", "Words")], [])]]),
        ("label_studio/nested.json", [[("", [
            ("amazon", "Person"), ("amazon", "Male"), ("amazon", "Negative"), ("Not", "Time"), ("Not", "Positive"),
        ], ["Neutral"])]]),
        ("label_studio/references.json", [[("", [], ["valid"])]]),
        ("label_studio/required.json", [[("", [], [])]]),
        ("prodigy/ner.jsonl", [
            [("", [("Google", "PRODUCT")], [])],
            [("", [("MySQL", "PRODUCT"), ("Apache", "PRODUCT")], []), ("", [("Apache", "PRODUCT")], [])],  # two tasks
            [("", [("MySQL", "PRODUCT")], [])],
            [("", [("MacBook", "PRODUCT")], [])],  # its other span was rejected
            [("", [("REDDIT", "PRODUCT")], [])],
        ]),
        ("prodigy/ner_manual.jsonl", [[("", [("SLP", "FASHION_BRAND")], [])], [("", [], [])]]),
        ("prodigy/choice.jsonl", [[("", [], [name])] for name in ("NEUTRAL", "NEGATIVE", "POSITIVE")]),
        ("prodigy/textcat.jsonl", [[("", [], ["DOCUMENTATION"])]] * 5),
        ("doccano/export_sequence_labeling.jsonl", [
            [("", [("Peter Blackburn", "PERSON")], [])], [("", [("Obama", "PERSON")], [])]]),
        ("doccano/export_intent_detection.jsonl", [
            [("", [("Find a flight from Memphis", "City"), ("Tacoma", "City")], ["flight"])],
            [("", [("Los Angeles", "City")], ["airport"])],
        ]),
        ("doccano/import_relation_extraction.jsonl", [[("", [
            ("Google", "ORG"), ("September 4, 1998", "DATE"), ("Larry Page", "PERSON"), ("Sergey Brin", "PERSON"),
        ], [])]]),
        ("doccano/import_overlapping.jsonl", [[("", [("e", "LOC"), ("e", "LOC")], [])]]),
        ("doccano/import_text_classification.jsonl", [
            [("", [], ["positive"])], [("", [], ["positive", "negative"])], [("", [], [])]]),
        ("doccano/export_text_classification.json", [[("", [], [name])] for name in REVIEWS]),
        ("doccano/export_text_classification.jsonl", [[("", [], [name])] for name in REVIEWS]),
        ("doccano/version1_classification.jsonl", [[("1", [], [number])] for number in ("15", "17", "17")]),
    ],
)  # fmt: skip
def test_marks_and_labels_are_those_of_the_tool(monkeypatch, name, expected):
    assert marked(name, monkeypatch) == expected


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("label_studio/hypertext.json", "a region of HTML or of a dialogue (labels): only offsets in a Text are read"),
        ("label_studio/image.json", "no `text` in its data, which have image"),
        ("label_studio/classification_mixed.json", "no `text` in its data, which have image"),
        ("label_studio/remote_text.json", "no `text` in its data, which have url"),
        ("label_studio/pairwise.json", "no `text` in its data, which have text1, text2; say which is it"),
        ("label_studio/repeater.json", "no `text` in its data, which have nothing"),
        ("label_studio/sentiment_analysis.json", "which have asin, helpful, overall, reviewText"),
        ("doccano/export_sequence_to_sequence.jsonl", "unknown label 'こんにちは！', 1 times"),
        ("doccano/version1_seq2seq.jsonl", "a sequence-to-sequence project has no labels"),
        (
            "doccano/import_sequence_labeling.jsonl",
            "import_sequence_labeling.jsonl:3: no doccano record (ValueError: no",
        ),
    ],
)
def test_what_is_no_labelled_text_is_refused_with_the_reason(name, found):
    with pytest.raises(DataError) as caught:
        read(name)
    assert found in str(caught.value)


def test_the_text_can_be_named():
    reading = Reading({"Neutral": "factual_report"}, columns={"text": "reviewText"})
    (article,) = read_corpus([SAMPLES / "label_studio/sentiment_analysis.json"], reading).articles
    assert article.text == "The goose neck needs a little coaxing"
    assert [s.label for s in article.sentences] == [F]
    assert article.fields["summary"] == "It Does The Job Well" and "reviewText" not in article.fields


def test_taxonomies_and_text_areas_are_counted():
    reading = Reading({"Negative": "official_denial"}, columns={"text": "reviewText"})
    corpus = read_corpus([SAMPLES / "label_studio/taxonomy.json"], reading)
    assert corpus.notes[-1].endswith("left out: taxonomy 1")
    assert [s.label for s in corpus.articles[0].sentences] == [D]
    names = dict.fromkeys(("Person", "Male", "Time", "Neutral"), "none")
    nested = Reading({**names, "Negative": "official_denial", "Positive": "speculation"})
    corpus = read_corpus([SAMPLES / "label_studio/nested.json"], nested)
    assert corpus.notes[-1].endswith("left out: textarea 1")
    assert [(s.label, s.also) for s in corpus.articles[0].sentences] == [(D, (S,))]


def test_answers_that_are_no_yes_are_counted():
    notes = read("prodigy/ner.jsonl", PRODUCT="speculation").notes
    assert notes[-2].endswith("answers: reject 1, accept 6, ignore 1; accepted ones are read")
    assert notes[-1].endswith("left out: span with the answer reject 1")


def test_every_sample_has_a_known_source_and_is_small():
    files = [
        path
        for path in SAMPLES.rglob("*")
        if path.is_file() and path.parent.name in ("label_studio", "prodigy", "doccano")
    ]
    assert len(files) > 20
    for path in files:
        assert path.stat().st_size < 30_000
        assert path.name == "SOURCE.md" or path.name.partition("_")[0] in (path.parent / "SOURCE.md").read_text("utf-8")
