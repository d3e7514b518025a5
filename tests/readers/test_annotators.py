"""Several annotators of one export: the majority, their votes, one of them alone, and what the notes count."""

import json

import pytest

from claimclf.articles import Sentence, Span
from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import read_corpus
from claimclf.readers.annotators import together
from claimclf.readers.tasks import Reading
from tests.conftest import write_export

F, C, D, S = Label
NAMES = {"Denial": "official_denial", "Rumour": "unverified_claim"}


def passes(*rows):
    """Annotators a, b, …, each with a letter a sentence (`.`: unmarked)."""
    of = {"F": F, "C": C, "D": D, "S": S, ".": None}
    return [
        (name, tuple(Sentence(Span(2 * i, 2 * i + 1), of[letter]) for i, letter in enumerate(row)))
        for name, row in zip("abcdefgh", rows, strict=False)
    ]


def prodigy(path, *rows):
    """(annotator, text, (start, end, label), …) as a Prodigy dataset."""
    records = [
        {"text": text, "answer": "accept", "spans": [{"start": a, "end": b, "label": c} for a, b, c in spans]}
        | ({"_annotator_id": by} if by else {})
        for by, text, *spans in rows
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("given", "label", "also", "votes"),
    [
        ("DDC", D, (C,), (0, 1, 2, 0)),
        ("CCD", C, (D,), (0, 2, 1, 0)),
        ("CD", D, (C,), (0, 1, 1, 0)),
        ("FS", S, (F,), (1, 0, 0, 1)),
        ("FC", C, (F,), (1, 1, 0, 0)),
        ("..C", C, (), (0, 1, 0, 0)),
        ("...", None, (), ()),
    ],
)
def test_the_majority_and_at_a_tie_the_first_by_the_questions(given, label, also, votes):
    rows = passes(*given)
    (sentence,) = together(rows).sentences
    assert (sentence.label, sentence.also, sentence.votes) == (label, also, ())
    (sentence,) = together(rows, soft=True).sentences
    assert (sentence.label, sentence.also, sentence.votes) == (label, also, votes)


def test_each_case_is_counted_and_silence_is_no_rating():
    found = together(passes("DFC.", "DC..", "C.S."))
    assert found.counts == {"labelled by several": 3, "not alike": 3, "ties": 2, "unmarked by some": 2}
    assert found.ratings == ({"a": D, "b": D, "c": C}, {"a": F, "b": C}, {"a": C, "c": S})


def test_the_order_of_annotators_does_not_matter():
    rows = passes("DFCS", "CC.F", "CFSF")
    first = together(rows, soft=True)
    assert together(rows[::-1], soft=True).sentences == first.sentences


def test_an_export_with_votes(tmp_path):
    corpus = read_corpus([write_export(tmp_path / "p.json", 2)], Reading(NAMES, annotators="soft"))
    assert [[s.votes for s in a.sentences] for a in corpus.articles] == [[(0, 1, 2, 0), (0, 0, 0, 2), (3, 0, 0, 0)]] * 2
    shown = "\n".join(corpus.notes)
    assert "6 sentences labelled by two or more, 2 of them not alike, 0 ties, 2 unmarked by some" in shown
    assert "agreement of ann@x and ben@x: Cohen's kappa 1.000 on 4 sentences" in shown
    # denials D D C, reports F F F, speculation S S of two, all twice: by hand
    observed = 2 * 2 * 1 / 16
    chance = 2 * (4 * 2 + 4 * 6 + 4 * 4 + 2 * 6 + 2 * 4 + 6 * 4) / (16 * 15)
    assert f"Krippendorff's alpha {1 - observed / chance:.3f} (nominal, 6 sentences" in shown


def test_agreement_is_over_all_files(tmp_path):
    for name in ("a", "b"):
        text = f"It rained in {name}."
        prodigy(tmp_path / f"{name}.jsonl", ("x", text, (0, 8, "speculation")), ("y", text, (0, 8, "speculation")))
        (tmp_path / f"{name}.jsonl").write_text(
            (tmp_path / f"{name}.jsonl").read_text().replace('"text"', f'"_input_hash": "{name}", "text"')
        )
    notes = [note for note in read_corpus([tmp_path]).notes if note.startswith("agreement")]
    assert len(notes) == 2 and "2 sentences that both labelled" in notes[1]


def test_one_alone_has_no_votes_and_no_agreement(tmp_path):
    corpus = read_corpus([write_export(tmp_path / "p.json", 1)], Reading(NAMES, annotators="cem@x"))
    assert [(s.label, s.also, s.votes) for s in corpus.articles[0].sentences] == [(C, (), ()), (S, (), ()), (F, (), ())]
    assert not any("agreement" in note or "two or more" in note for note in corpus.notes)


def test_texts_of_others_stay_unlabelled_and_are_counted(tmp_path):
    rows = [("x", "It rained.", (0, 9, "speculation")), ("y", "It may stop.", (0, 9, "speculation"))]
    corpus = read_corpus([prodigy(tmp_path / "p.jsonl", *rows)], Reading(annotators="x"))
    assert [[s.label for s in a.sentences] for a in corpus.articles] == [[S], [None]]
    assert any(note.endswith("1 texts not labelled by x") for note in corpus.notes)


def test_an_unknown_annotator_is_told_who_is_there(tmp_path, capsys):
    rows = [("anna", f"It rained {n}.", (0, 9, "speculation")) for n in range(3)]
    path = prodigy(tmp_path / "p.jsonl", *rows, ("ben", "It rained 0."), ("", "No."))
    with pytest.raises(DataError) as caught:
        read_corpus([path], Reading(annotators="ana"))
    there = "anna (3), (without a name) (1), ben (1)"
    assert str(caught.value) == (
        f"--annotators: no annotator 'ana'; who labelled texts here (how many): {there}; did you mean 'anna'?"
    )
    assert main(["check", str(path), "--annotators", "majorty"]) == 3
    assert "did you mean 'majority'?" in capsys.readouterr().err
    crowd = prodigy(tmp_path / "c.jsonl", *[(f"worker-{n}", "It rained.") for n in range(50)])
    with pytest.raises(DataError, match="30 more"):
        read_corpus([crowd], Reading(annotators="zed"))


def test_one_annotator_has_one_vote_even_twice(tmp_path):
    text = "It rained. It may stop."
    rows = [("x", text, (0, 10, "unverified claim")), ("x", text, (11, 23, "speculation"), (0, 10, "factual report")),
            ("y", text, (0, 10, "factual report"))]  # fmt: skip
    corpus = read_corpus([prodigy(tmp_path / "p.jsonl", *rows)], Reading(annotators="soft"))
    assert [(s.label, s.votes) for s in corpus.articles[0].sentences] == [(C, (1, 1, 0, 0)), (S, (0, 0, 0, 1))]
    assert any("1 times an annotator labelled the same text again" in note for note in corpus.notes)
    unnamed = prodigy(tmp_path / "q.jsonl", *[("", *row[1:]) for row in rows])
    corpus = read_corpus([unnamed], Reading(annotators="soft"))
    assert corpus.articles[0].sentences[0].votes == (2, 1, 0, 0)
    assert not any(note.startswith("agreement") for note in corpus.notes)


def test_annotators_who_are_null_are_nobody_and_not_one_person(tmp_path):
    names = ("factual report", "factual report", "speculation")
    rows = [{"completed_by": by, "result": [{"value": {"start": 0, "end": 10, "labels": [name]}}]}
            for by, name in zip((None, None, {"id": None}), names, strict=True)]  # fmt: skip
    studio, minimal = tmp_path / "studio.json", tmp_path / "minimal.json"
    studio.write_text(json.dumps([{"id": 1, "data": {"text": "It rained."}, "annotations": rows}]))
    labels = [[{"start": 0, "end": 10, "labels": [name]}] for name in names]
    minimal.write_text(json.dumps([{"id": 1, "text": "It rained.", "annotator": None, "label": x} for x in labels]))
    for path in (studio, minimal):
        (article,) = read_corpus([path], Reading(annotators="soft")).articles
        assert [(s.label, s.votes) for s in article.sentences] == [(F, (2, 0, 0, 1))]
    mark = {"label": "speculation", "start_offset": 0, "end_offset": 9}
    for record in ({"annotator": None, "label": [[0, 9, "speculation"]]}, {"annotations": [{**mark, "user": None}]}):
        path = tmp_path / "doccano.jsonl"
        path.write_text(json.dumps({"id": 2, "text": "It rained.", **record}))
        with pytest.raises(DataError, match=r"\(without a name\) \(1\)"):
            read_corpus([path], Reading(annotators="ann"), "doccano")


def test_who_marked_nothing_does_not_stand_in_the_way_of_labels_of_whole_texts(tmp_path):
    text = "It rained. It may stop."
    choice = {"type": "choices", "value": {"choices": ["speculation"]}}
    task = {"id": 1, "data": {"text": text}, "annotations": [
        {"completed_by": 1, "result": []}, {"completed_by": 2, "result": [choice]}]}  # fmt: skip
    path = tmp_path / "p.json"
    path.write_text(json.dumps([task]), encoding="utf-8")
    (article,) = read_corpus([path]).articles
    assert [(s.span.of(text), s.label) for s in article.sentences] == [(text, S)]
    mark = {"value": {"start": 0, "end": 10, "labels": ["speculation"]}}
    task["annotations"][0]["result"] = [mark]
    path.write_text(json.dumps([task]), encoding="utf-8")
    with pytest.raises(DataError, match=r"task 1: some annotators labelled the whole text"):
        read_corpus([path])


def test_votes_travel_in_our_json_lines(tmp_path, capsys):
    out, labels = tmp_path / "mine.jsonl", tmp_path / "labels.yaml"
    labels.write_text("Denial: official_denial\nRumour: speculation\n", encoding="utf-8")
    path = write_export(tmp_path / "p.json", 2)
    options = ["--labels", str(labels), "--label", "Rumour=unverified_claim", "--annotators", "soft"]
    assert main(["convert", str(path), str(out), *options]) == 0
    assert "Cohen's kappa" in capsys.readouterr().out
    direct = read_corpus([path], Reading(NAMES, annotators="soft")).articles
    assert [a.sentences for a in read_corpus([out]).articles] == [a.sentences for a in direct]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("Denial: denail\nRumour: [a]", ["yaml:1: 'Denial' cannot be 'denail'", "yaml:2: 'Rumour' is not"]),
        ("[1", ["labels.yaml: "]), ("x", ["labels.yaml:1: expected `key: value` lines"]),
        ("labels: {Denial: official_denial}", ["labels.yaml:1: 'labels' is not followed by one label"]),
        ("D: none\nD: none", ["labels.yaml:2: the setting 'D' stands twice"]),
    ],
)  # fmt: skip
def test_mistakes_of_a_label_map_are_usage_errors_with_their_lines(tmp_path, capsys, content, found):
    path = tmp_path / "labels.yaml"
    path.write_text(content, encoding="utf-8")
    command = ["check", str(write_export(tmp_path / "p.json", 1)), "--labels", str(path), "--label", "Rumour=denial"]
    assert main(command) == 2
    shown = capsys.readouterr().err.replace("\n", "")
    assert all(text in shown for text in found)
    assert "--label Rumour=denial: 'Rumour' cannot be 'denial'; did you mean 'official_denial'?" in shown
    assert main(["check", str(path.parent / "p.json"), "--labels", str(tmp_path / "nowhere.yaml")]) == 2
