"""Tables with a sentence a row, in the dialects of the programs that write them."""

import time

import pytest

from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import format_of, read_corpus
from claimclf.readers.tasks import Reading

F, C, D, S = Label
DENIED = 'The mayor said the story was "invented".'
PANDAS = """\
,article_id,text,label,outlet,comment
0,a1,Mayor reacts,,Gazette,
1,a1,"The mayor said the story was ""invented"".",Denial,Gazette,sure
2,a1,"Repairs, if any,
may take weeks.",speculation,Gazette,unsure
3,b2,It rained.,factual_report,Herald,
"""
EXCEL = (
    "\ufeffDokNr;Satz;Klasse\r\n7;Der Bürgermeister widersprach.;Denial\r\n7;Es könnte dauern; vielleicht.;\r\n;;\r\n"
)
R = '"","doc.id","sentence","class"\n"1","a","It rained.","factual_report"\n"2","a","It may stop 👍.",NA\n'
NAMES = Reading({"Denial": "official_denial"})


def table(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path, content, reading=NAMES, name="t.csv"):
    return read_corpus([table(tmp_path, content, name)], reading)


def found(corpus):
    return [[(s.span.of(a.text), s.label) for s in a.sentences] for a in corpus.articles]


def test_pandas(tmp_path):
    corpus = read(tmp_path, PANDAS)
    assert found(corpus) == [
        [("Mayor reacts", None), (DENIED, D), ("Repairs, if any,\nmay take weeks.", S)],
        [("It rained.", F)],
    ]
    first = corpus.articles[0]
    assert (first.id, dict(first.fields)) == ("a1", {"outlet": "Gazette"})
    assert first.text == f"Mayor reacts {DENIED} Repairs, if any,\nmay take weeks."
    assert first.where.endswith("t.csv:2") and corpus.articles[1].where.endswith("t.csv:6")
    assert "articles in which the column 'comment' differs 1" in corpus.notes[-1]


def test_excel_with_its_semicolons_and_a_map_of_columns(tmp_path, capsys):
    path = table(tmp_path, EXCEL.replace("dauern; vielleicht.", '"dauern"; vielleicht.').replace(";Es", ';"Es')
                 .replace('"dauern"', '""dauern""').replace("vielleicht.", 'vielleicht."'))  # fmt: skip
    columns = {"text": "Satz", "label": "Klasse", "article": "DokNr"}
    assert found(read_corpus([path], Reading(NAMES.labels, columns=columns))) == [
        [("Der Bürgermeister widersprach.", D), ('Es könnte "dauern"; vielleicht.', None)]
    ]
    yaml = table(tmp_path, "columns: {text: Satz, label: Klasse, article: DokNr}", "c.yaml")
    assert main(["check", str(path), "--columns", str(yaml), "--label", "Denial=official_denial"]) == 0
    assert main(["check", str(path)]) == 3
    assert "no column with the sentences; name it one of sentence, text" in capsys.readouterr().err
    assert main(["check", str(path), "--columns", str(table(tmp_path, "[", "d.yaml"))]) == 2


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (R, "r.csv"),
        (R.replace(",", "\t"), "r.tsv"),
        (R.replace(",", "|").replace("\n", "\r\n"), "r.csv"),
        ("sep=;\r\n" + R.replace(",", ";"), "excel.csv"),
        (R.replace(",", "\t").replace('"', "").encode("utf-16"), "excel.tab"),
        (R.replace("\n", "\r"), "mac.csv"),
    ],
)
def test_other_dialects(tmp_path, content, name):
    assert found(read(tmp_path, content, name=name)) == [[("It rained.", F), ("It may stop 👍.", None)]]


@pytest.mark.parametrize("words", ['"No," she said.', '"No" means "no"', 'He: "No."'])
def test_quotes_by_backslash_and_not_at_all(tmp_path, words):
    escaped = 'text,label\n"' + words.replace('"', '\\"') + '",speculation\n'
    assert found(read(tmp_path, escaped)) == [[(words, S)]]
    assert found(read(tmp_path, f"text\tlabel\n{words}\tspeculation\n", name="t.tsv")) == [[(words, S)]]


def test_sentences_keep_their_characters(tmp_path):
    words = "👍 e\u0301 שלום\x00 a\r\nb\rc\u2028d"
    (article,) = read(tmp_path, f'text,label\n" {words} ",speculation\n').articles
    assert article.text == f" {words} " and article.sentences[0].span.of(article.text) == words


def test_the_text_of_the_article_without_offsets(tmp_path):
    head = "article,article_text,sentence,label\na,"
    text = "One. Two.\n\nOne. (Three.)"
    rows = [f'"{text}",One.,speculation', "a,,One.,Denial", "a,,Three.,"]
    corpus = read(tmp_path, head + "\n".join(rows))
    assert [(s.span.start, s.label) for s in corpus.articles[0].sentences] == [(0, S), (11, D), (17, None)]
    with pytest.raises(DataError, match=r"t.csv:5: 'Two.' does not stand in its article's text behind"):
        read(tmp_path, head + f'"{text}",(Three.),speculation\na,,Two.,Denial')


def test_beside_a_sentence_the_text_is_its_article(tmp_path):
    one, two = "It rained. It may stop.,It rained.,\n", "It rained. It may stop.,It may stop.,speculation\n"
    corpus = read(tmp_path, "text,sentence,label\n" + one + two)
    assert found(corpus) == [[("It rained.", None), ("It may stop.", S)]]
    assert corpus.articles[0].text == "It rained. It may stop."
    with pytest.raises(DataError, match=r"t.csv:3: 'It rained.' does not stand"):
        read(tmp_path, "text,sentence,label\n" + two + one)


@pytest.mark.parametrize(("unit", "shift"), [("codepoint", 0), ("utf16", 1), ("byte", 3)])
def test_offsets_in_any_unit_and_rows_in_any_order(tmp_path, unit, shift):
    text = "👍 It rained. It may stop."
    rows = [f"a,{text},It may stop.,{13 + shift},{25 + shift}.0,speculation,{16 + shift}:{19 + shift}"]
    rows.append(f"a,,It rained.,{2 + shift},{12 + shift},factual_report,")
    corpus = read(tmp_path, "article_id,article_text,sentence,start,end,label,cues\n" + "\n".join(rows))
    assert found(corpus) == [[("It rained.", F), ("It may stop.", S)]]
    assert [cue.of(text) for cue in corpus.articles[0].sentences[1].cues] == ["may"]
    assert f"offsets in {unit} units" in corpus.notes[0]


def test_several_annotators(tmp_path):
    rows = [("a", "x", "One.", "Denial"), ("a", "x", "Two.", "speculation"), ("a", "y", "One.", "speculation"),
            ("a", "y", "Two.", ""), ("a", "z", "One.", "Denial")]  # fmt: skip
    content = "article_id,annotator,sentence,label\n" + "\n".join(map(",".join, rows))
    (article,) = read(tmp_path, content).articles
    assert [(s.label, s.also) for s in article.sentences] == [(D, (S,)), (S, ())]
    without = content.replace("article_id,", "").replace("\na,", "\n")
    assert [[s.label for s in a.sentences] for a in read(tmp_path, without).articles] == [[D], [S]]


def test_titles_stories_and_second_labels(tmp_path):
    head = "doc,part,sentence,label,also,story\na,title,Rain,Denial,,wet\n"
    content = head + "a,,It may.,speculation,Denial; factual report,wet"
    (article,) = read(tmp_path, content).articles
    assert (article.text, article.story) == ("Rain\n\nIt may.", "wet")
    assert [(s.part, s.also) for s in article.sentences] == [("title", ()), ("body", (D, F))]


def test_numbers_are_labels_by_a_map_alone(tmp_path):
    content = "text,label\nIt rained.,0\nIt may stop.,3\n"
    with pytest.raises(DataError, match="unknown label '0', 1 times"):
        read(tmp_path, content)
    assert found(read(tmp_path, content, Reading({"0": "factual_report", "3": "none"}))) == [
        [("It rained.", F)], [("It may stop.", None)],
    ]  # fmt: skip


HEAD = "article_id,sentence,label,part,cues\n"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", "an empty table"), ("\n\n", "an empty table"), ("a,b\n1,2\n", "no column with the labels"),
        ("text,label,text\n", "the column 'text' stands twice"), ("text,label\na,b,c\n", "t.csv:2: 3 cells, where"),
        ('text,label\n"a,b\n', "t.csv:2: no table: unexpected end of data"), ("text,label\na\n", "t.csv:2: 1 cells"),
        (b"text,label\nok,speculation\n\xff\xfe,b\n", "t.csv:3: not UTF-8 at byte 0 of the line"),
        (b"\xff\xfet\x00e\x00x", "damaged UTF-16"), (b"\xff\xfet\x00\x00\xd8", "damaged UTF-16"),
        (HEAD + ",It rained.,,,\n", "t.csv:2: no article id"), (HEAD + "a,,Denial,,\n", "a label without a sentence"),
        (HEAD + "a,x,,intro,\n", "t.csv:2: the part 'intro' is neither"),
        (HEAD + "a,x,,,say\n", "t.csv:2: 'say' are no"),
        (HEAD + "a,x,,,0:9\n", "the offset 9 lies outside"), (HEAD + "a,xyz,,,0:1 3:9\n", "t.csv:2"),
        ("text,label,article_text,start,end\nx,,xy,0,1\ny,,xy,a,b\n", "t.csv:3: start 'a' and end 'b' are no offsets"),
        ("text,label,article_text,start,end\nx,,xy,0,1\ny,,xy,5,9\n", "no unit of offsets fits"),
        ("text,label,article_text,start,end,id\nx,,xy,0,1,a\ny,,yx,1,2,a\n", "t.csv:3: a text of the article 'a' that"),
        ("text,label,article_text,start,end\nxy,,xyz,0,2\nyz,,xyz,1,3\n", "before the end of the one before it"),
    ],
)  # fmt: skip
def test_damaged_tables_are_typed_errors_with_their_place(tmp_path, content, wrong):
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert wrong in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "text,label\n" + "x" * 11_000_000, "text,label\n" + '"' + "x\n" * 5_000_000, "a," * 4_000_000,
        "text,label\n" + "a,b,c\n" * 500_000, '"' * 1_000_001, "text,label\n" + '"' * 1_000_001,
    ],
)  # fmt: skip
def test_large_damage_is_found_fast(tmp_path, content):
    path, start = table(tmp_path, content), time.process_time()
    with pytest.raises(DataError):
        read_corpus([path])
    assert time.process_time() - start < 2


def test_what_is_no_label_is_not_listed_a_hundred_thousand_times(tmp_path):
    with pytest.raises(DataError) as caught:
        read(tmp_path, "text,label\n" + "".join(f"x,word {n}\n" for n in range(5000)))
    assert len(caught.value.problems) == 101 and "4,900 more unknown labels" in str(caught.value)


def test_format_by_ending(tmp_path):
    assert format_of(table(tmp_path, R)) == "csv"
    with pytest.raises(DataError, match="columns: 'satz' is nothing a table holds"):
        read(tmp_path, R, Reading(columns={"satz": "x"}))
    with pytest.raises(DataError, match="there is no column 'x'"):
        read(tmp_path, R, Reading(columns={"label": "x"}))


def test_in_a_folder_other_tables_and_zips_are_left_out_and_named(tmp_path):
    table(tmp_path, R, "mine.csv")
    other = table(tmp_path, "url,date\nx,y\n", "links.tsv")
    (tmp_path / "old.zip").write_bytes(b"PK")
    corpus = read_corpus([tmp_path], NAMES)
    assert len(corpus.articles) == len(read_corpus([tmp_path / "mine.csv"], NAMES).articles)
    left = [note for note in corpus.notes if "no annotated data" in note]
    assert [note.partition(":")[0] for note in left] == [str(other), str(tmp_path / "old.zip")]
    with pytest.raises(DataError, match="no column with the labels"):
        read_corpus([other], NAMES)
    with pytest.raises(DataError, match="no column with the sentences"):
        read_corpus([tmp_path], Reading(NAMES.labels, columns={"label": "date"}))
