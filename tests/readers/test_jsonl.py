import json

import pytest

from claimclf.errors import DataError, MissingTextsError
from claimclf.labels import Label
from claimclf.readers import jsonl, read, read_corpus
from claimclf.texts import TextStore, text_sha256
from tests.conftest import write_jsonl

BODY = "It rained. It may stop."
INLINE = {
    "id": "a", "outlet": "Herald", "title": "Rain", "text": BODY,
    "sentences": [
        {"part": "title", "label": "factual_report"},
        {"start": 0, "end": 10, "label": "factual_report", "text": "It rained."},
        {"start": 11, "end": 23, "label": "speculation", "cue": "may", "also": ["unverified_claim"]},
    ],
}  # fmt: skip
WHOLE = "Rain\n\n" + BODY
STANDOFF = {
    "id": "b", "sha256": text_sha256(WHOLE), "characters": len(WHOLE), "licence": "CC0", "source": None,
    "sentences": [{"start": 6, "end": 16, "label": None}, {"start": 17, "end": 29, "label": "speculation",
                   "cues": [[20, 23]]}],
}  # fmt: skip


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAIMCLF_TEXTS", str(tmp_path / "texts"))
    return TextStore.default()


def test_text_in_the_record(tmp_path):
    (article,) = jsonl.read(write_jsonl(tmp_path / "a.jsonl", [INLINE]))
    assert article.text == WHOLE
    assert [s.span.of(article.text) for s in article.sentences] == ["Rain", "It rained.", "It may stop."]
    assert article.sentences[0].part == "title"
    assert [cue.of(article.text) for cue in article.sentences[2].cues] == ["may"]
    assert article.sentences[2].also == (Label.UNVERIFIED_CLAIM,)
    assert article.where.endswith("a.jsonl:1")


def test_stand_off_without_and_with_its_text(tmp_path, store):
    path = write_jsonl(tmp_path / "b.jsonl", [STANDOFF])
    with pytest.raises(MissingTextsError, match=r"b.jsonl:1: the text of 'b' is not on this machine; run `python"):
        list(read(path))
    corpus = read_corpus([path])
    assert (len(corpus.articles), len(corpus.missing)) == (0, 1)
    store.put(WHOLE)
    (article,) = jsonl.read(path)
    assert article.sentences[1].cues[0].of(article.text) == "may"


def test_a_text_that_is_null_is_stand_off_and_its_title_shifts_nothing(tmp_path, store):
    store.put(WHOLE)
    (article,) = jsonl.read(write_jsonl(tmp_path / "b.jsonl", [{**STANDOFF, "title": "Rain", "text": None}]))
    assert [s.span.of(article.text) for s in article.sentences] == ["It rained.", "It may stop."]


def test_an_altered_text_counts_as_missing(tmp_path, store):
    store.put(WHOLE)
    store.path(STANDOFF["sha256"]).write_text("altered", encoding="utf-8")
    assert len(read_corpus([write_jsonl(tmp_path / "b.jsonl", [STANDOFF])]).missing) == 1


def test_labels_are_proved_even_without_the_text(tmp_path, store):
    bad = {
        **STANDOFF,
        "sentences": [{"start": 6, "end": 99, "label": "denial"}, {"start": 1, "end": 99, "label": None}],
    }
    with pytest.raises(DataError) as caught:
        read_corpus([write_jsonl(tmp_path / "b.jsonl", [bad])])
    assert "did you mean 'official_denial'" in str(caught.value)


def _with(**changes):
    return {**INLINE, "sentences": [{**INLINE["sentences"][1], **changes}]}


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (_with(text="It snowed."), "its offsets say 'It rained.', its text 'It snowed.'"),
        (_with(label="claim"), "did you mean 'unverified_claim'"),
        (_with(start="0"), "start is '0', not a whole number"),
        (_with(start=True), "not a whole number"),
        (_with(end=0), "no span of text"),
        (_with(cue="snow"), "cue 'snow' does not stand in it"),
        ({**INLINE, "sentences": [{"start": 0, "end": 10}]}, "no field 'label'"),
        ({**INLINE, "title": None}, "stands for the title"),
        ({**INLINE, "sentences": ["x"]}, "a str, not an object"),
        ({"id": "a", "text": "x"}, "no list of sentences"),
        ({"id": "a", "sentences": []}, "neither a text nor a sha256"),
        ({**INLINE, "id": ""}, "without an id"),
    ],
)
def test_problems_have_file_line_and_reason(tmp_path, record, found):
    with pytest.raises(DataError) as caught:
        list(jsonl.read(write_jsonl(tmp_path / "a.jsonl", [record])))
    assert found in str(caught.value)
    assert all("a.jsonl:1" in p.where for p in caught.value.problems)


@pytest.mark.parametrize("line", [b"{", b"[1]", b'{"a": NaN}', b"\xff{}", b"[" * 100_000])
def test_lines_that_are_no_record(tmp_path, line):
    path = tmp_path / "a.jsonl"
    path.write_bytes(json.dumps(INLINE).encode() + b"\n\n" + line + b"\n")
    with pytest.raises(DataError, match=r"a.jsonl:3: no JSON record"):
        list(jsonl.read(path))


def test_ids_that_stand_twice_and_files_that_are_not_there(tmp_path):
    one, two = (write_jsonl(tmp_path / name, [INLINE]) for name in ("a.jsonl", "b.jsonl"))
    with pytest.raises(DataError) as caught:
        read_corpus([one, two, tmp_path / "c.jsonl"])
    said = str(caught.value)
    assert "b.jsonl:1: the id 'a' stands already at" in said
    assert "c.jsonl: no such file or folder" in said


@pytest.mark.parametrize(
    ("votes", "found"),
    [
        ({"speculation": 2, "unverified_claim": 1}, (0, 1, 0, 2)),
        (None, ()),
        ({"speculatoin": 2}, "did you mean 'speculation'"),
        ([2, 1], "not an object of label and number"),
        ({"speculation": "2"}, "not 4 whole numbers"),
        ({"speculation": 10**30}, "not 4 whole numbers"),
        ({}, "all 0"),
    ],
)
def test_votes_are_counts_by_label(tmp_path, votes, found):
    row = {"start": 11, "end": 23, "label": "speculation", "votes": votes}
    path = write_jsonl(tmp_path / "a.jsonl", [{"id": "a", "text": BODY, "sentences": [row]}])
    if isinstance(found, tuple):
        (article,) = jsonl.read(path)
        assert article.sentences[0].votes == found
    else:
        with pytest.raises(DataError, match=found) as caught:
            list(jsonl.read(path))
        assert str(caught.value).startswith(f"{path}:1: sentence 1")


def test_numbers_are_names_also_zero(tmp_path):
    rows = [{**INLINE, "id": number, "story": 0} for number in (0, 1)]
    found = read_corpus([write_jsonl(tmp_path / "x.jsonl", rows)]).articles
    assert [(article.id, article.story) for article in found] == [("0", "0"), ("1", "0")]


def test_the_sentence_of_a_title_takes_no_offsets(tmp_path):
    first, *others = INLINE["sentences"]
    row = {**INLINE, "sentences": [{**first, "start": 0, "end": 4}, *others]}
    with pytest.raises(DataError, match=r"sentence 1.*takes no offsets; leave out start and end"):
        read_corpus([write_jsonl(tmp_path / "x.jsonl", [row])])
