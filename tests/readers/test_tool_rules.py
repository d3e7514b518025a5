"""What each tool means by the parts of its exports, one rule a test; and damage ends as an error with its place."""

import json

import pytest

from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import format_of, read_corpus
from claimclf.readers.tasks import Reading

F, C, D, S = Label
TEXT = "It rained.\r\nIt may rain again. The mayor said no."
NAMES = {"Denial": "official_denial", "Maybe": "speculation", "Report": "factual_report"}


def read(tmp_path, name, content, reading=None):
    path = tmp_path / name
    lines = "".join(json.dumps(row) + "\n" for row in content) if name.endswith("l") else json.dumps(content)
    path.write_text(lines, encoding="utf-8")
    return read_corpus([path], reading or Reading(NAMES))


def labels(corpus):
    return [[s.label for s in article.sentences] for article in corpus.articles]


def region(words, *names, kind="labels", quote=None):
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "text": quote or words}
    return {
        "id": "r",
        "type": kind,
        "from_name": "x",
        "to_name": "t",
        "value": value | ({kind: list(names)} if names else {}),
    }


def task(*results, **more):
    return {"id": 1, "data": {"text": TEXT}, "annotations": [{"completed_by": 1, "result": list(results)}], **more}


def test_label_studio_counts_what_is_no_label(tmp_path):
    relation = {"type": "relation", "from_id": "r", "to_id": "r", "direction": "right", "labels": ["x"]}
    rating = {"type": "rating", "value": {"rating": 3}}
    content = [
        task(region("It may rain again.", "Maybe"), region("It", kind="textarea"), relation, relation, rating,
             region("It")),
        {"id": 2, "data": {"text": TEXT}, "annotations": [{"was_cancelled": True, "result": [region("It", "Denial")]}],
         "predictions": [{"result": [region("It", "Denial")]}], "drafts": [{"result": []}]},
    ]  # fmt: skip
    corpus = read(tmp_path, "a.json", content)
    assert labels(corpus) == [[None, S, None], [None, None, None]]
    left = "cancelled annotation 1, draft 1, prediction 1, rating 1, region without a label 1, relation 2, textarea 1"
    assert corpus.notes[-1].endswith(f"left out: {left}")


def test_label_studio_choices_on_regions_label_sentences(tmp_path):
    results = [region("It may rain again.", "Sentence"), region("It may rain again.", "Maybe", kind="choices")]
    corpus = read(tmp_path, "a.json", [task(*results)], Reading(NAMES | {"Sentence": "none"}))
    assert labels(corpus) == [[None, S, None]]


def test_label_studio_a_task_for_each_sentence(tmp_path):
    whole = {"type": "choices", "value": {"choices": ["Denial"]}}
    content = [
        {"id": n, "data": {"text": text, "article": "a"}, "annotations": [{"result": [whole]}]}
        for n, text in enumerate(["The mayor said no. Twice.", "No."])
    ]
    corpus = read(tmp_path, "a.json", content)
    assert labels(corpus) == [[D], [D]] and corpus.articles[0].fields["article"] == "a"


@pytest.mark.parametrize("quote", ["It rained.\\n\\nIt may rain again.", ["It rained.\r\nIt may rain again."]])
def test_label_studio_marks_across_lines(tmp_path, quote):
    corpus = read(tmp_path, "a.json", [task(region("It rained.\r\nIt may rain again.", "Maybe", quote=quote))])
    assert labels(corpus) == [[S, S, None]]


def test_label_studio_a_storage_has_one_task_a_file(tmp_path):
    assert labels(read(tmp_path, "a.json", task(region("It rained.", "Report")))) == [[F, None, None]]
    assert format_of(tmp_path / "a.json") == "label-studio"


def test_label_studio_json_min_of_several_annotators(tmp_path):
    rows = [
        {"id": 1, "text": TEXT, "s": [region("The mayor said no.", name)["value"]], "annotator": by, "annotation_id": n}
        for n, (by, name) in enumerate([("a@x", "Denial"), ("b@x", "Denial"), ("c@x", "Report")])
    ]
    corpus = read(tmp_path, "a.json", rows)
    assert [(s.label, s.also) for s in corpus.articles[0].sentences][2] == (D, (F,))
    assert "3 annotators" in corpus.notes[0] and "annotator" not in corpus.articles[0].fields
    alone = read(tmp_path, "a.json", rows, Reading(NAMES, annotators="c@x"))
    assert labels(alone) == [[None, None, F]]


def test_label_studio_json_min_finds_a_choice_by_its_names(tmp_path):
    rows = [{"id": n, "text": "It rained.", "verdict": v, "outlet": "G"} for n, v in enumerate(["Denial", "Maybe"])]
    corpus = read(tmp_path, "a.json", rows)
    assert labels(corpus) == [[D], [S]]
    assert dict(corpus.articles[0].fields) == {"outlet": "G"}
    with pytest.raises(DataError, match="no labels in any of its tasks; where a choice"):
        read(tmp_path, "a.json", rows, Reading())


def test_prodigy_spans_of_a_choice_were_shown_not_given(tmp_path):
    row = {"text": TEXT, "spans": [{"start": 0, "end": 2, "label": "ORG"}], "options": [{"id": "d", "text": "Denial"}],
           "accept": ["d"], "answer": "accept"}  # fmt: skip
    corpus = read(tmp_path, "a.jsonl", [row | {"_view_id": "choice"}])
    assert labels(corpus) == [[D]] and "left out: span that was shown" in corpus.notes[-1]
    marked = row | {"_view_id": "spans_manual", "accept": [], "spans": [{"start": 0, "end": 10, "label": "Maybe"}]}
    assert labels(read(tmp_path, "a.jsonl", [marked])) == [[S, None, None]]
    both = row | {"_view_id": "blocks"}
    with pytest.raises(DataError, match="unknown label 'ORG'"):
        read(tmp_path, "a.jsonl", [both])


def test_prodigy_several_choices(tmp_path):
    options = [{"id": 1, "text": "Denial"}, {"id": 2, "text": "Maybe"}, {"id": "Report", "html": "<b>R</b>"}]
    row = {"text": "No.", "options": options, "accept": [1, "Report"], "answer": "accept", "_session_id": "db-anna"}
    (article,) = read(tmp_path, "a.jsonl", [row]).articles
    assert (article.sentences[0].label, article.sentences[0].also) == (D, (F,))


def test_doccano_version_1_has_annotators(tmp_path):
    rows = [{"label": n, "start_offset": 12, "end_offset": 30, "user": u} for n, u in [(1, 1), (1, 2), (2, 3)]]
    record = {
        "id": 1,
        "text": TEXT.replace("\r\n", "\n\n"),
        "annotations": rows,
        "meta": {},
        "annotation_approver": None,
    }
    corpus = read(tmp_path, "a.jsonl", [record], Reading({"1": "speculation", "2": "official_denial"}))
    assert [(s.label, s.also) for s in corpus.articles[0].sentences][1] == (S, (D,))
    assert "3 annotators" in corpus.notes[0]


def test_doccano_comments_are_counted(tmp_path):
    row = {"id": 1, "text": "No.", "label": ["Denial"], "Comments": ["why?", "so"]}
    assert read(tmp_path, "a.jsonl", [row]).notes[-1].endswith("left out: comments 2")


def test_offset_units_on_the_command_line(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "No.\r\nIt may rain. No.", "label": [[4, 16, "speculation"]]}) + "\n")
    assert main(["check", str(path)]) == main(["check", str(path), "--offset-unit", "auto"]) == 3
    assert "a.jsonl:1: 4-16 is" in capsys.readouterr().err
    assert main(["check", str(path), "--offset-unit", "grapheme"]) == 0
    assert "offsets in grapheme units" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "No.", "label": [[0, 1e999, "speculation"]]}'),
        ("a.jsonl", '{"text": "No.", "label": [["0", 1, "speculation"]]}'),
        ("a.jsonl", '{"text": "No.", "entities": [{"label": "speculation"}]}'),
        ("a.jsonl", '{"text": "No.", "annotations": 7}'),
        ("a.jsonl", '{"text": "No.", "spans": [{"start": 0, "end": 1e999, "label": "x"}]}'),
        ("a.jsonl", '{"text": "No.", "spans": [{"start": 0, "end": 2, "label": "speculation", "text": 7}]}'),
        ("a.jsonl", '{"text": "No.", "options": [7], "accept": [7], "answer": "accept"}'),
        ("a.json", '[{"data": {"text": "No."}, "annotations": [{"result": [{"type": "labels", "value": 7}]}]}, 1]'),
        ("a.json", '[{"data": {"text": "No."}, "annotations": [{"result": [{"value": {"choices": "speculation"}}]}]}]'),
        ("a.json", '[{"data": {"text": "No."}, "annotations": [{"result": [{"value": {"start": 0, "end": 1,'
                   ' "labels": ["speculation"], "text": 3}}]}]}]'),
        ("a.json", '[{"data": [], "annotations": []}]'),
        ("a.json", '{"annotations": ['),
        ("a.json", '[{"text": "No.", "label": [["a"'),
        ("a.json", '[{"text": 3, "label": ["speculation"]}]'),
        ("a.json", '[{"text": "No.", "label": [' + "[" * 100_000),
    ],
)  # fmt: skip
def test_damage_is_an_error_with_its_place(tmp_path, capsys, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert main(["check", str(path)]) == 3
    assert f"{path}" in capsys.readouterr().err
