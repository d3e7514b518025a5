r"""brat's standoff files: what brat writes, what other programs make of it, and damaged ones."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import files, format_of, read_corpus
from claimclf.readers.tasks import Reading

F, C, D, S = Label
SAMPLES = Path(__file__).parent / "samples" / "brat"
TYPES = ("Person", "Organization", "GPE", "Merge-org", "Report")
TEXT = "👍 Mayor reacts\r\n\r\nThe mayor said the story was invented. Repairs may take weeks.\r\nThe council\r\nagreed."
DENIAL = "The mayor said the story was invented."
NAMES = {
    "Denial": "official_denial",
    "Maybe": "speculation",
    "Status:Denied": "official_denial",
    "Hedged": "speculation",
}


def folder(tmp_path, ann, text=TEXT, name="a"):
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / f"{name}.ann").write_bytes(ann if isinstance(ann, bytes) else ann.encode())
    return tmp_path / f"{name}.ann"


def at(words, text=TEXT):
    return f"{text.index(words)} {text.index(words) + len(words)}"


def read(path, **names):
    return read_corpus([path], Reading({**NAMES, **names}))


def labels(corpus):
    return [[s.label for s in a.sentences] for a in corpus.articles]


def refused(path, reading=None):
    with pytest.raises(DataError) as caught:
        read_corpus([path], reading or Reading(NAMES))
    return str(caught.value)


def test_brats_own_examples_are_read_mark_for_mark():
    corpus = read_corpus([SAMPLES], Reading(dict.fromkeys(TYPES, "factual_report")))
    assert [a.id[:3] for a in corpus.articles] == ["050", "060", "090", "100", "110"]
    for article in corpus.articles:
        marks = (SAMPLES / f"{article.id}.ann").read_text("utf-8").split("\n")
        found = [line.split("\t") for line in marks if line.startswith("T")]
        expected = {int(data.split()[1]) for _, data, _ in found}
        assert article.text == (SAMPLES / f"{article.id}.txt").read_bytes().decode()
        labelled = [s.span for s in article.labelled]
        assert labelled and all(any(s.start <= start < s.end for s in labelled) for start in expected)
        assert all(any(s.start <= start < s.end for start in expected) for s in labelled)
    notes = "\n".join(corpus.notes)
    assert "10 marks, offsets in codepoint units" in notes and "left out: 1 equivalences, 1 relations" in notes
    assert "left out: 6 events" in notes and "3 notes" in notes and "attributes" in notes


def test_names_that_brats_examples_have_and_we_do_not_are_all_named():
    said = refused(SAMPLES / "090-event_structures.ann", Reading())
    assert all(f"unknown label {name!r}" in said for name in ("Organization", "Report", "Merge-org", "Person"))


def test_marks_attributes_cues_and_sources(tmp_path):
    path = folder(
        tmp_path,
        f"T1\tStatement {at(DENIAL)}\t{DENIAL}\nA1\tStatus T1 Denied\nA2\tSure T1 very\n"
        f"T2\tMaybe {at('may take weeks')}\tmay take weeks\n"
        f"T3\tunverified_claim {at('Repairs')}\tRepairs\nA3\tAlso T3\n"
        f"T4\tCue {at('invented')}\tinvented\nT5\tSource {at('The mayor')}\tThe mayor\n"
        f"T6\tStatement {at('The council')}\tThe council\nM1\tHedged E1\n"
        "E1\tDenial:T6 Of:T1\n#1\tAnnotatorNotes T1\tsure?\n",
    )
    corpus = read(path)
    (article,) = corpus.articles
    assert labels(corpus) == [[None, D, S, S, None]]
    assert [s.also for s in article.sentences] == [(), (), (C,), (), ()]
    assert [s.of(TEXT) for s in (*article.sentences[1].cues, *article.sentences[1].sources)] == [
        "invented",
        "The mayor",
    ]
    assert "left out: 1 events, 1 notes, 1 attributes" in corpus.notes[0]
    assert (article.id, article.text) == ("a", TEXT)


def test_a_mark_that_brat_cut_at_a_line_break_is_one_and_other_pieces_are_marks_each(tmp_path):
    start = TEXT.index("The council")
    over = f"T1\tDenial {start} {start + 11};{start + 13} {start + 20}\tThe council agreed.\n"
    assert labels(read(folder(tmp_path, over))) == [[None, None, None, D, D]]
    # The tail of a sentence and the whole of the next are one mark: by itself, the tail would label its sentence.
    text = "It rained for the whole of Monday\nIt stopped."
    assert labels(read(folder(tmp_path, "T1\tMaybe 27 33;34 45\tMonday It stopped.\n", text))) == [[None, S]]
    assert labels(read(folder(tmp_path, "T1\tMaybe 0 2;37 44\tIt stopped\n", text))) == [[S, S]]
    assert labels(read(folder(tmp_path, "T1\tMaybe 0 2;37 44\tItstopped\n", text))) == [[S, S]]  # brat before 1.3


@pytest.mark.parametrize(
    ("offset", "counted"),
    [
        (len, "codepoint units;"), (lambda s: len(s.encode("utf-16-le")) // 2, "utf16 units;"),
        (lambda s: len(s.encode()), "byte units;"),
        (lambda s: len(s.replace("\r\n", "\n")), "codepoint units, \\r\\n as one character;"),
        (lambda s: len(s.replace("\r\n", "\n").encode("utf-16-le")) // 2, "utf16 units, \\r\\n as one character;"),
    ],
)  # fmt: skip
def test_however_a_program_counts_the_words_say_where_the_mark_is(tmp_path, offset, counted):
    lines = [
        f"T{n}\t{name} {offset(TEXT[: TEXT.index(words)])} {offset(TEXT[: TEXT.index(words) + len(words)])}\t{words}\n"
        for n, (name, words) in enumerate([("Denial", DENIAL), ("Maybe", "may take weeks"), ("Maybe", "agreed.")])
    ]
    corpus = read(folder(tmp_path, "".join(lines)))
    assert labels(corpus) == [[None, D, S, None, S]]
    assert counted.rstrip(";") in corpus.notes[0] and corpus.articles[0].text == TEXT


def test_a_byte_order_mark_is_text_and_counts_unless_the_words_say_it_does_not(tmp_path):
    for ann, counted in (
        ("T1\tMaybe 1 11\tIt rained.", "units:"),
        ("T1\tMaybe 0 10\tIt rained.", "no byte order mark"),
    ):
        corpus = read(folder(tmp_path, "\ufeff" + ann, "\ufeffIt rained."))
        assert labels(corpus) == [[S]] and corpus.articles[0].text == "\ufeffIt rained."
        assert counted in corpus.notes[0]


def test_words_may_lack_white_space_or_have_a_comment_behind_them(tmp_path):
    text = "It rained.\n\n It stopped, \u202bשלום\u202c e\u0301t\x00e\u0301."
    ann = f"T1\tMaybe 0 11\tIt rained.\nT2\tDenial {at(text[13:], text)}\t{text[13:]} sure?\r\n"
    assert labels(read(folder(tmp_path, ann, text))) == [[S, D]]


@pytest.mark.parametrize(
    ("ann", "found"),
    [
        ("T1\tMaybe 0 9", "a.ann:1: T1 (Maybe): no words behind its offsets"),
        ("\nT1\tMaybe 0 9\tIt raine", "a.ann:2: T1 (Maybe): its offsets say 'It rained', its words are 'It raine'"),
        ("T1\tMaybe 0 9\tIt raine", "is this its text?"), ("T1\tMaybe 0 99\tIt rained.", "lies outside the text"),
        ("T1\tMaybe 4 4\t", "no span of text"), ("T1\tMaybe 5 2\tra", "no span of text"),
        ("T1\tMaybe 10 11\t ", "it marks white space alone"), ("T1 Maybe 0 9 It rained", "a.ann:1: no annotation"),
        ("T1\tMaybe 0 x\tIt", "'Maybe 0 x' is no `TYPE START END`"), ("T1\tMaybe\t0 2\tIt", "'Maybe' is no `TYPE"),
        ("T1\tMaybe -1 2\tIt", "is no `TYPE"), (f"T1\tMaybe 0 {'9' * 5000}\tIt", "is no `TYPE"),
        ("T1\tMaybe 0 2\tIt\nT1\tMaybe 0 2\tIt", "a.ann:2: no annotation of brat's: the id T1 stands already at"),
        ("X1\tMaybe 0 2\tIt", "the id 'X1' is none of T, A, M"), ("\t\t", ""),
        ("T\tMaybe 0 2\tIt", "the id 'T' is none"),
        ("\x00\x00T1\tMaybe 0 2\tIt", "is none of T, A"), ("A1\tAlso T9", "the attribute Also of T9, which is no mark"),
        ("A1\tAlso", "is no `NAME TARGET VALUE`"), (b"T1\tMaybe 0 2\tIt\nT2\t\xff", "a.ann:2: not UTF-8"),
        ("T1\tMaybe 0 2\tIt".encode("utf-16"), "a.ann:1: not UTF-8"),
        ("T1\tWeather 0 2\tIt", "label 'Weather', 1 times"),
        ("#1\tArticle T1\t{", "a.ann:1: no annotation of brat's"),
        ("#1\tArticle T1\t" + '{"a":' * 100_000, "a.ann:1: no an"),
        ("#1\tArticle T1\tno JSON", ""),
        ('#1\tArticle T1\t{"fields": []}', "a.ann:1: no annotation of brat's"),
        ('#1\tArticle T1\t{"sentences": [[0, "x"]]}', "is no whole number"), ('#1\tArticle T1\t{"id": 1}', "no string"),
        ('#1\tArticle T1\t{"sentences": [[0, 99]]}', "sentence 1: ends at 99"),
        ('#1\tArticle T1\t{"sentences": [[0, 9], [3, 7]]}', "sentence 2: starts at 3"),
    ],
)  # fmt: skip
def test_damaged_files_are_typed_errors_with_their_place(tmp_path, capsys, ann, found):
    path = folder(tmp_path, ann, "It rained. It stopped.")
    assert main(["check", str(path), "--label", "Maybe=speculation"]) == (3 if found else 0)
    assert found in capsys.readouterr().err


def test_a_text_that_is_missing_or_no_utf8_is_an_error_and_one_without_marks_is_reported(tmp_path):
    path = folder(tmp_path, "", b"It rained.\nCaf\xe9")
    assert "a.txt:2: not UTF-8" in refused(path)
    path.with_suffix(".txt").unlink()
    assert "a.txt: the text of the .ann beside it is missing" in refused(path)
    folder(tmp_path, "", "It rained.")
    (tmp_path / "b.txt").write_text("It stopped.")
    corpus = read(tmp_path)
    assert labels(corpus) == [[None]]
    assert "1 texts have no .ann beside them" in corpus.notes[-1] and "b.txt" in corpus.notes[-1]
    assert files(tmp_path) == [path] and format_of(path) == "brat"


def test_marks_without_words_are_read_where_the_unit_is_stated(tmp_path):
    path = folder(tmp_path, "T1\tMaybe 0 10", "It rained.")
    assert labels(read_corpus([path], Reading(NAMES, "codepoint"))) == [[S]]
    wrong = folder(tmp_path, "T1\tMaybe 0 9\tIt rains.", "It rained.")
    assert "its offsets say" in refused(wrong, Reading(NAMES, "codepoint"))


def test_cue_and_source_can_be_labels_of_another_project(tmp_path):
    path = folder(
        tmp_path, "T1\tCue 0 10\tIt rained.\nT2\tSource 0 21\tIt rained. It stopped", "It rained. It stopped."
    )
    assert "1 cues or sources across sentences" in read(path).notes[0]
    corpus = read(path, Cue="official_denial", Source="none")
    assert labels(corpus) == [[D, None]] and corpus.articles[0].sentences[0].cues == ()


def test_the_folder_is_the_annotator(tmp_path):
    shutil.copytree(SAMPLES, tmp_path / "anna")
    names = dict.fromkeys(TYPES, "speculation")
    folder(tmp_path / "ben", f"T1\tMaybe {at(DENIAL)}\t{DENIAL}\nT2\tCue {at('invented')}\tinvented\n")
    names |= {"Maybe": "speculation"}
    corpora = [read_corpus([tmp_path], Reading(names, None, annotator)) for annotator in ("anna", "ben")]
    assert [{Path(a.where).parent.name for a in c.articles if a.labelled} for c in corpora] == [{"anna"}, {"ben"}]
    assert [any(s.cues for a in c.articles for s in a.sentences) for c in corpora] == [False, True]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_damage_to_a_file_is_more_than_a_typed_error(tmp_path_factory, data):
    sample = (SAMPLES / "100-attribute_annotation.ann").read_bytes()[:120]
    sample += b'#1\tArticle T1\t{"sentences":[[0,20]],"title":[0]}\n'
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(len(sample), start + 9)))
    put = data.draw(
        st.binary(max_size=3) | st.sampled_from([b"\t", b"\n", b" ", b";", b"9", b"\x00", b"A1\tAlso T1\n"])
    )
    text = data.draw(st.sampled_from([(SAMPLES / "100-attribute_annotation.txt").read_bytes(), b"", b"It rained."]))
    path = folder(tmp_path_factory.mktemp("d"), sample[:start] + put + sample[end:], text)
    with suppress(DataError):
        (article,) = read_corpus([path], Reading(dict.fromkeys(TYPES, "speculation"))).articles
        assert article.text.encode() == text


@pytest.mark.parametrize(
    ("suffix", "begins", "size", "found"),
    [
        (".ann", b"T1\tMaybe 0 2\t", 100_000_000, "a line of over 16,777,216 bytes"),
        (".txt", b"It rained.", 100_000_000, "a text of 100,000,000 bytes"),
        (".ann", b"x\n" * 500_000, 1_000_000, "more problems, not listed"),
        (".txt", ("\ufeffé\r\n" * 60_000).encode(), 420_000, "its offsets say"),
    ],
    ids=["line", "text", "lines", "every way to count"],
)
def test_what_is_far_too_large_is_refused_at_once(tmp_path, suffix, begins, size, found):
    path = folder(tmp_path, "T1\tMaybe 0 2\tIt\n", "It may.")
    with path.with_suffix(suffix).open("wb") as file:
        file.write(begins)
        file.truncate(size)  # the rest is zeros
    start = time.process_time()
    assert found in refused(path) and time.process_time() - start < 2
