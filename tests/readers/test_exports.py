"""Exports of annotation tools, in the shapes that the tools document."""

import json
from dataclasses import replace

import pytest

from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.pool import read_pool
from claimclf.readers import format_of, read_corpus
from claimclf.readers.tasks import Reading
from claimclf.texts import TextStore
from tests.readers import good_files

F, C, D, S = Label
TEXT = "👍 Mayor reacts\r\n\r\nThe mayor said the story was invented. Repairs may take weeks."
NAMES = {"Denial": "official_denial", "Maybe": "speculation", "Skip": "none"}


def region(start, end, *labels, **more):
    value = {"start": start, "end": end, "labels": list(labels), **more}
    return {"id": "r", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual", "value": value}


def utf16(words):
    start = len(TEXT[: TEXT.index(words)].encode("utf-16-le")) // 2
    return start, start + len(words)


DENIAL = (*utf16("The mayor said the story was invented."), "Denial")
MAYBE = (*utf16("may take weeks"), "Maybe")


def task(*annotations):
    guess = {"model_version": "m", "result": [region(0, 5, "Guess")]}
    data = {"text": TEXT, "outlet": "Gazette"}
    return {"id": 7, "data": data, "annotations": list(annotations), "predictions": [guess], "created_at": "2026"}


def annotation(by, *regions, cancelled=False):
    return {"id": 1, "completed_by": by, "was_cancelled": cancelled, "result": list(regions), "lead_time": 4.2}


def written(tmp_path, name, content):
    path = tmp_path / name
    text = json.dumps(content) if name.endswith(".json") else "".join(json.dumps(row) + "\n" for row in content)
    path.write_text(text, encoding="utf-8")
    return path


def labels(corpus):
    return [[s.label for s in a.sentences] for a in corpus.articles]


def test_label_studio(tmp_path):
    quoted = region(*DENIAL, text="The mayor said the story was invented.")
    path = written(tmp_path, "project.json", [task(annotation(1, quoted, region(*MAYBE)))])
    corpus = read_corpus([path], Reading(NAMES))
    assert labels(corpus) == [[None, D, S]]
    (article,) = corpus.articles
    assert (article.id, article.text, article.fields["outlet"]) == ("7", TEXT, "Gazette")
    assert "offsets in utf16 units" in corpus.notes[0]
    assert "whole sentence 1, part of a sentence 1" in corpus.notes[1]


def test_cancelled_annotations_and_predictions_are_no_labels(tmp_path):
    path = written(tmp_path, "p.json", [task(annotation(1, region(*DENIAL), cancelled=True))])
    assert labels(read_corpus([path], Reading(NAMES))) == [[None, None, None]]


def test_several_annotators_are_put_together(tmp_path):
    passes = [annotation({"email": f"{n}@x"}, region(*DENIAL[:2], name)) for n, name in enumerate("CDD")]
    for p, name in zip(passes, ("unverified_claim", "Denial", "Denial"), strict=True):
        p["result"][0]["value"]["labels"] = [name]
    path = written(tmp_path, "p.json", [task(*passes)])
    reading = Reading(NAMES, unit="utf16")
    (article,) = read_corpus([path], reading).articles
    assert (article.sentences[1].label, article.sentences[1].also) == (D, (C,))
    (alone,) = read_corpus([path], Reading(NAMES, "utf16", "0@x")).articles
    assert (alone.sentences[1].label, alone.sentences[1].also) == (C, ())


def test_choices_label_the_whole_text(tmp_path):
    choice = {"from_name": "status", "to_name": "text", "type": "choices", "value": {"choices": ["Denial"]}}
    path = written(tmp_path, "p.json", [task(annotation(1, choice))])
    (article,) = read_corpus([path], Reading(NAMES)).articles
    assert [s.span.of(TEXT) for s in article.sentences] == [TEXT]
    assert article.sentences[0].label is D


def test_label_studio_json_min(tmp_path):
    row = {"id": 3, "text": TEXT, "label": [{**region(*MAYBE)["value"]}], "annotator": 1, "annotation_id": 2,
           "created_at": "x", "updated_at": "y", "lead_time": 1.5}  # fmt: skip
    path = written(tmp_path, "min.json", [row, {"id": 4, "text": "It rained.", "status": "Denial"}])
    corpus = read_corpus([path], Reading(NAMES, "utf16"))
    assert labels(corpus) == [[None, None, S], [D]]


def test_prodigy(tmp_path):
    start = TEXT.index("may take")
    rows = [
        {"text": TEXT, "_input_hash": 5, "_annotator_id": "a", "answer": "accept",
         "spans": [{"start": start, "end": start + 8, "token_start": 14, "token_end": 15, "label": "Maybe"}]},
        {"text": TEXT, "_input_hash": 5, "_annotator_id": "b", "answer": "accept",
         "spans": [{"start": start, "end": start + 8, "label": "Maybe"}]},
        {"text": "No.", "_input_hash": 6, "answer": "reject", "spans": []},
        {"text": "It rained.", "_input_hash": 8, "answer": "accept", "accept": ["d"],
         "options": [{"id": "d", "text": "Denial"}, {"id": "m", "text": "Maybe"}]},
    ]  # fmt: skip
    corpus = read_corpus([written(tmp_path, "db.jsonl", rows)], Reading(NAMES))
    assert labels(corpus) == [[None, None, S], [D]]
    assert any("answers: accept 3, reject 1" in note for note in corpus.notes)


@pytest.mark.parametrize("key", ["label", "labels"])
def test_doccano_both_layouts(tmp_path, key):
    start = TEXT.index("Repairs")
    rows = [
        {"id": 1, "text": TEXT, key: [[start, len(TEXT), "Maybe"]]},
        {"id": 2, "text": TEXT, "relations": [], "Comments": [],
         "entities": [{"id": 9, "label": "Denial", "start_offset": start, "end_offset": len(TEXT)}]},
        {"id": 3, "text": "It rained.", key: ["Denial"]},
    ]  # fmt: skip
    path = written(tmp_path, "all.jsonl", rows)
    assert labels(read_corpus([path], Reading(NAMES, "codepoint"))) == [[None, None, S], [None, None, D], [D]]
    with pytest.raises(DataError) as caught:  # the emoji before the marks: nothing says what was counted
        read_corpus([path], Reading(NAMES))
    assert [p.where for p in caught.value.problems] == [f"{path}:1", f"{path}:2"]


def test_all_unknown_labels_are_named_with_their_counts(tmp_path):
    rows = [{"id": n, "text": "It rained.", "label": ["Oficial denial"]} for n in range(3)]
    rows.append({"id": 9, "text": "It rained.", "label": ["Weather"]})
    with pytest.raises(DataError) as caught:
        read_corpus([written(tmp_path, "all.jsonl", rows)])
    first, second = str(caught.value).splitlines()
    assert "unknown label 'Oficial denial', 3 times; did you mean 'official_denial'" in first
    assert "unknown label 'Weather', 1 times" in second and "map it: `labels: {Weather: …}`" in second


def test_our_own_names_need_no_map(tmp_path):
    rows = [
        {"id": n, "text": "It rained.", "label": [name]} for n, name in enumerate(["Official Denial", "SPECULATION"])
    ]
    assert labels(read_corpus([written(tmp_path, "all.jsonl", rows)])) == [[D], [S]]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.json", "{", "no JSON"), ("a.json", "{}", "no list of tasks"), ("a.json", "[1]", "task 1: no Label Studio"),
        ("a.json", '[{"data": {"text": "x"}}]', "no `annotations`: a file for import"),
        ("a.json", "[" * 100_000, "no JSON"), ("a.json", "[NaN]", "NaN is not JSON"),
        ("a.jsonl", '{"text": "x", "spans": [{"start": 0}]}', "a.jsonl:1: no Prodigy task (KeyError: 'end')"),
        ("a.jsonl", '{"text": "x", "spans": [], "answer": "maybe"}', "'maybe' is none of accept"),
        ("a.jsonl", '{"text": "x", "label": [[0, 9, "speculation"]]}', "a.jsonl:1: the offset 9 lies outside"),
        ("a.jsonl", '{"text": 1, "label": []}', "a.jsonl:1: no doccano record"),
        ("a.xml", "<x/>", "files that end in '.xml' are not known"),
    ],
)  # fmt: skip
def test_damaged_files_are_typed_errors_with_their_place(tmp_path, capsys, name, content, found):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert main(["check", str(path)]) == 3
    assert found in capsys.readouterr().err


def test_the_form_can_be_forced_and_a_wrong_one_is_named(tmp_path, capsys):
    path = written(tmp_path, "x.jsonl", [{"id": 1, "text": "It rained.", "label": ["speculation"]}])
    assert format_of(path) == "doccano"
    assert main(["check", str(path), "--format", "doccano"]) == 0
    assert main(["check", str(path), "--format", "docano"]) == 2
    assert "did you mean 'doccano'" in capsys.readouterr().err


@pytest.mark.parametrize("form", [form for form, good in good_files.GOOD.items() if not good.check])
def test_endings_may_be_in_capitals(tmp_path, monkeypatch, form):
    monkeypatch.setenv("CLAIMCLF_TEXTS", str(tmp_path / "texts"))
    TextStore.default().put(good_files.TEXT)
    good = good_files.GOOD[form]
    path = good.put(tmp_path / "small")
    capitals = replace(good, file=path.stem + path.suffix.upper()).put(tmp_path / "capitals")
    assert format_of(capitals) == format_of(path)
    small, found = read_corpus([path.parent]), read_corpus([capitals.parent])
    assert [a.text for a in found.articles] == [a.text for a in small.articles] != []


def test_convert_gives_what_check_and_training_read(tmp_path, capsys):
    path = written(tmp_path, "project.json", [task(annotation(1, region(*DENIAL, text=TEXT[18:56])))])
    out = tmp_path / "mine.jsonl"
    assert main(["convert", str(path), str(out), "--label", "Denial=official_denial", "--label", "Guess=none"]) == 0
    shown = capsys.readouterr().out
    assert "offsets in utf16 units" in shown and "1 articles written" in shown
    assert labels(read_corpus([out])) == [[None, D, None]]
    assert main(["convert", str(path), str(tmp_path / "no.jsonl"), "--label", "Denial"]) == 2
    assert not (tmp_path / "no.jsonl").exists()


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda row: row["label"][0].__setitem__(1, 9), "x.jsonl:2: "),
        (lambda row: row["label"][0].__setitem__(2, "speculatoin"), "x.jsonl:2: unknown label 'speculatoin', 1 times"),
    ],
)
def test_problems_say_which_task(tmp_path, spoil, found):
    rows = [{"id": n, "text": "It rained. It may stop.", "label": [[11, 23, "speculation"]]} for n in (1, 2)]
    spoil(rows[1])
    if "unknown" not in found:
        rows[1]["label"][0][:2] = [11, 99]
    with pytest.raises(DataError, match=found):
        read_corpus([written(tmp_path, "x.jsonl", rows)])


def test_the_story_of_a_task_is_its_story(tmp_path):
    rows = [{"id": n, "text": "It may stop.", "story": "rain", "label": [[0, 12, "speculation"]]} for n in (1, 2)]
    found = read_corpus([written(tmp_path, "x.jsonl", rows)]).articles
    assert [(article.story, dict(article.fields)) for article in found] == [("rain", {})] * 2
    assert [article.story for article in read_pool([written(tmp_path, "x.jsonl", rows)]).articles] == ["rain"] * 2
