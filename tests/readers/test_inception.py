"""INCEpTION exports: samples of the tool, CASes as Java writes them, projects, and damage."""

import time

import pytest

from claimclf.articles import Span
from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import format_of, read_corpus
from claimclf.readers.tasks import Reading
from tests.readers.cas_by_hand import (
    DENIAL,
    MARKS,
    SAMPLES,
    SENTENCES,
    TEXT,
    TYPES,
    cas_json,
    exported,
    mark,
    xmi,
    zipped,
)

F, C, D, S = Label
NAMES = {"Denial": "official_denial", "Maybe": "speculation"}


def file(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def labels(corpus):
    return [[s.label for s in a.sentences] for a in corpus.articles]


def test_a_sample_of_the_tool_with_its_own_layer():
    reading = Reading({"city": "speculation", "state": "none"})
    corpus = read_corpus([SAMPLES / "relation_test.xmi"], reading)
    (article,) = corpus.articles
    assert [s.span for s in article.sentences] == [Span(0, 23), Span(25, 53)]
    assert (article.id, labels(corpus)) == ("relation_test.txt", [[S, S]])
    assert "part of a sentence 2" in corpus.notes[1]


def test_samples_without_labels_have_the_sentences_of_the_tool():
    for name, span in (("sentence_with_emoji.xmi", Span(0, 13)), ("simple_slot_feature.json", Span(0, 16))):
        corpus = read_corpus([SAMPLES / name])
        assert [[s.span for s in a.sentences] for a in corpus.articles] == [[span]]
        assert "no layer: there are none" in corpus.notes[2]


@pytest.mark.parametrize("form", ["zip", "xmi", "json"])
def test_offsets_are_those_that_java_counts(tmp_path, form):
    (tmp_path / "TypeSystem.xml").write_bytes(TYPES)
    content = {"zip": exported("x.xmi", *MARKS), "xmi": xmi(*MARKS), "json": cas_json(*MARKS)}[form]
    path = file(tmp_path, f"x.{form}", content)
    assert format_of(path) == "inception"
    corpus = read_corpus([path], Reading(NAMES))
    (article,) = corpus.articles
    assert article.text == TEXT
    assert [s.span.of(TEXT) for s in article.sentences] == list(SENTENCES)
    assert labels(corpus) == [[None, D, S]]
    assert "offsets in utf16 units" in corpus.notes[0]


def test_a_mark_on_half_an_emoji_or_behind_the_end_is_an_error(tmp_path):
    for place in ((1, 4), (3, 999), (5, 4), (0, 0)):
        with pytest.raises(DataError, match=r"no UIMA CAS|no span of text"):
            read_corpus([file(tmp_path, "x.zip", exported("x.xmi", mark(place, "Denial")))], Reading(NAMES))


def test_sentences_of_the_cas_are_the_sentences(tmp_path):
    whole = (TEXT[2:],)
    path = file(tmp_path, "x.zip", exported("x.xmi", *MARKS, sentences=whole))
    (article,) = read_corpus([path], Reading(NAMES)).articles
    assert [s.span.of(TEXT) for s in article.sentences] == [TEXT[2:]]
    path = file(tmp_path, "x.zip", exported("x.xmi", *MARKS, sentences=()))
    assert labels(read_corpus([path], Reading(NAMES))) == [[None, D, S]]
    path = file(tmp_path, "x.zip", exported("x.xmi", *MARKS, sentences=SENTENCES[:2]))
    with pytest.raises(DataError, match="'may take weeks', which lies in none of the article's sentences"):
        read_corpus([path], Reading(NAMES))


def test_the_layer_is_found_or_asked_for(tmp_path):
    other = mark("Mayor", "PER", "entity")
    path = file(tmp_path, "x.zip", exported("x.xmi", *MARKS, other, mark("Repairs", "")))
    corpus = read_corpus([path], Reading(NAMES))
    assert labels(corpus) == [[None, D, S]]
    assert "labels are those of webanno.custom.MyRelationBase.value" in corpus.notes[2]
    assert "spans without a label: 1" in corpus.notes[3]
    with pytest.raises(
        DataError, match=r"no layer has labels that are known.*MyRelationBase.value: 'Denial' 1, 'Maybe"
    ):
        read_corpus([path])
    both = Reading({**NAMES, "PER": "speculation"})
    with pytest.raises(DataError, match=r"several layers.*NamedEntity.value: 'PER' 1.*--layer LAYER.feature"):
        read_corpus([path], both)
    for layer in ("webanno.custom.MyRelationBase.value", "MyRelationBase", "MyRelationBase.value"):
        assert labels(read_corpus([path], Reading(both.labels, layer=layer))) == [[None, D, S]]
    for layer in ("value", "Base", "nothing"):
        with pytest.raises(DataError, match=f"layers are called '{layer}'"):
            read_corpus([path], Reading(both.labels, layer=layer))


def test_a_project_has_a_pass_for_each_annotator(tmp_path):
    entries = {
        f"annotation/a.txt/{who}.zip": exported("a.xmi", mark(DENIAL, value))
        for who, value in (("ann", "Denial"), ("ben", "Denial"), ("eve", "Maybe"), ("INITIAL_CAS", "Other"))
    }
    entries |= {"annotation/b.txt/ann.json": cas_json(*MARKS, title="b.txt"), "annotation_ser/b.txt/ann.ser": b"x",
                "annotation/b.txt/ben.json": cas_json(title="b.txt"), "source/a.txt": b"x",
                "curation/b.txt/CURATION_USER.json": cas_json(mark(DENIAL, "Denial")),
                "annotation_ser/c.txt/ann.ser": b"x", "exportedproject.json": b"{}"}  # fmt: skip
    path = file(tmp_path, "project.zip", zipped(entries))
    corpus = read_corpus([path], Reading(NAMES))
    first, second = corpus.articles
    assert (first.id, second.id) == ("a.txt", "b.txt")
    assert (first.sentences[1].label, first.sentences[1].also) == (D, (S,))
    assert [s.label for s in second.sentences] == [None, D, None]
    assert any("documents without a CAS in XMI or JSON, left out: 1 of 3" in note for note in corpus.notes)
    assert any("since the text was curated: 2" in note for note in corpus.notes)
    assert labels(read_corpus([path], Reading(NAMES, annotators="ann"))) == [[None, D, None], [None, D, S]]


def test_copies_of_a_text_that_differ_or_repeat_are_errors(tmp_path):
    entries = {"annotation/a/ann.json": cas_json(), "annotation/a/ben.json": cas_json(text=TEXT[:-1] + "!")}
    with pytest.raises(DataError, match=r"annotation/a/ben.json: its text is not that of .*annotation/a/ann.json"):
        read_corpus([file(tmp_path, "p.zip", zipped(entries))])
    again = {name: cas_json(title="a", owner="ann") for name in ("1.json", "2.json")}
    with pytest.raises(DataError, match="a second copy of 'a' by the same annotator 'ann'"):
        read_corpus([file(tmp_path, "p.zip", zipped(again))])


def test_a_project_without_a_second_format_is_refused_with_the_reason(tmp_path):
    entries = {"annotation_ser/a.txt/ann.ser": b"x", "annotation/a.txt/ann.tsv": b"x", "log/project.log": b"x"}
    with pytest.raises(DataError, match=r"a project whose annotations are ser, tsv files alone; export again"):
        read_corpus([file(tmp_path, "p.zip", zipped(entries))])


LOL = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha" * 50}">' for i in range(9))
BOMB = f"<!DOCTYPE x [{LOL}]>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY l8 SYSTEM "file:///etc/passwd">]>'
SWOLLEN = TYPES.replace(b"<features>", b"<features>" + b"<featureDescription/>" * 9999, 1)
MANY = b"".join(b'"f%d": 0,' % n for n in range(999))
TWICE = xmi(*MARKS).replace(b'members="2', b'members="2 2')


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.xmi", xmi(head=BOMB).replace(b"reacts", b"&l8;"), "declares a document type"),
        ("a.xmi", xmi(head=OUTSIDE), "declares a document type"),
        ("a.xmi", xmi(*MARKS)[:-30], "a.xmi: no UIMA CAS (ExpatError"),
        ("a.xmi", xmi().decode().encode("utf-16-le"), "no UIMA CAS (ExpatError"),
        ("a.xmi", xmi().replace("👍".encode(), b"\xff"), "no UIMA CAS (ExpatError"),
        ("a.xmi", xmi().replace(b"1.0", b"1.1", 1).replace(b"reacts", b"&#1;"), "again, as UIMA CAS XMI (XML 1.0)"),
        ("a.xmi", xmi().replace(b"sofaString", b"sofaURI"), "no text in its initial view"),
        ("a.xmi", TWICE, "lists an annotation twice"), ("a.xmi", b"", "no UIMA CAS"), ("a.xmi", b"<x/>", "no UIMA CAS"),
        ("a.xmi", b"<x>" * 500_000, "no UIMA CAS"), ("a.xmi", b" " * 11_000_000, "over 10 MB for one text"),
        ("a.xmi", xmi(*MARKS).replace(b"custom/", b"x/").replace(b"MyRel", b"X"), "TypeNotFound"),
        ("a.json", b'{"%TYPES": ' + b"[" * 100_000, "no UIMA CAS (ValueError: nested too deep"),
        ("a.json", b'{"%TYPES": {}}', "no UIMA CAS"), ("a.json", b'{"%VIEWS": 1}', "no object with %TYPES"),
        ("a.json", cas_json(*MARKS)[:-9], "no UIMA CAS (JSONDecodeError"),
        ("a.json", cas_json(text="\ud800" * 99), "no UIMA CAS (UnicodeEncodeError"),
        ("a.json", cas_json(feature="f").replace(b'"f": {', MANY + b'"f": {'), "its type system is too large"),
        ("a.json", cas_json(*MARKS, feature="x=print(1)"), "'x=print(1)' is no name of a feature"),
        ("a.json", b'{"%TYPES": "' + b"x" * 11_000_000, "over 10 MB for one text"),
        ("a.zip", b"PK", "no zip of CASes"), ("a.zip", exported()[:-9], "no zip of CASes"),
        ("a.zip", zipped({"x.txt": b"x"}), "no CAS in the zip"),
        ("a.zip", zipped({"x.xmi": xmi()}), "no TypeSystem.xml"),
        ("a.zip", zipped({"x.xmi": b"<x>", "TypeSystem.xml": TYPES}), "a.zip: x.xmi: no UIMA CAS"),
        ("a.zip", zipped({"x.xmi": xmi(), "TypeSystem.xml": b"\x00" * 11_000_000}), "the type system is too large"),
        ("a.zip", zipped({"x.xmi": xmi(), "TypeSystem.xml": SWOLLEN}), "its type system is too large: "),
        ("a.zip", zipped({"annotation/a/b.zip": b"no"}), "annotation/a/b.zip: no zip of CASes"),
    ],
    ids=range(29),
)  # fmt: skip
def test_damage_is_a_typed_error_and_fast(tmp_path, capsys, name, content, found):
    (tmp_path / "TypeSystem.xml").write_bytes(TYPES)
    path = file(tmp_path, name, content)
    started = time.process_time()
    assert main(["check", str(path), "--format", "inception"]) == 3
    assert time.process_time() - started < 2
    assert found in capsys.readouterr().err


def test_without_a_type_system_an_xmi_says_what_is_missing(tmp_path, capsys):
    assert main(["check", str(file(tmp_path, "a.xmi", xmi())), "--offset-unit", "utf16"]) == 3
    assert "no TypeSystem.xml beside it" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "a.xmi"), "--offset-unit", "byte"]) == 3
    assert "leave --offset-unit out" in capsys.readouterr().err
