import pytest

from claimclf.articles import Span
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import files, read_corpus, written
from tests.conftest import ARTICLE

HEADER = ARTICLE.partition("\n\n")[0].format(id="a", story="a")


def read(tmp_path, body, header=HEADER, name="a.article"):
    path = tmp_path / name
    path.write_bytes((header + "\n\n" + body).encode("utf-8"))
    return next(written.read(path))


def problems(tmp_path, body, header=HEADER, name="a.article"):
    with pytest.raises(DataError) as caught:
        read(tmp_path, body, header, name)
    return [(p.where.removeprefix(str(tmp_path) + "/"), f"{p.found}; {p.hint}") for p in caught.value.problems]


def test_offsets_are_derived(tmp_path):
    article = read(tmp_path, ARTICLE.partition("\n\n")[2].format(id="a", story="a"))
    assert article.id == article.story == "a"
    assert article.fields["outlet"] == "The Orrin Gazette"
    assert [s.part for s in article.sentences] == ["title", "body", "body", "body", "body"]
    assert article.text.startswith("Bridge a was known to be unsafe, engineer says\n\nThe county closed bridge a")
    assert article.text.endswith("invented.\n\nRepairs to a may take until spring. Read more")
    denial = article.sentences[2]
    assert denial.label is Label.OFFICIAL_DENIAL
    assert denial.also == (Label.UNVERIFIED_CLAIM,)
    assert [span.of(article.text) for span in denial.cues + denial.sources] == ["rejected", "The council"]
    assert article.sentences[-1].label is None


def test_an_occurrence_can_be_chosen(tmp_path):
    article = read(tmp_path, "speculation: It may rain in May, it may not\n  cue[2]: may\n  cue: May\n")
    assert article.sentences[0].cues == (Span(15, 18), Span(23, 26))


def test_windows_line_ends_and_colons_in_text(tmp_path):
    article = read(tmp_path, "none: A\r\n\r\nfactual_report: He said: no.\r\n", HEADER.replace("\n", "\r\n"))
    assert article.text == "A\n\nHe said: no."


@pytest.mark.parametrize(
    ("body", "where", "found"),
    [
        ("denial: No.\n", "a.article:8", "did you mean 'official_denial'"),
        ("Just text\n", "a.article:8", "write `label: text`"),
        ("none: It may, may\n  cue: may\n", "a.article:9", "stands 2 times"),
        ("none: It may\n  cue: might\n", "a.article:9", "does not stand in the sentence"),
        ("none: It may\n  cue[3]: may\n", "a.article:9", "no occurrence 3"),
        ("none: It may\n  cew: may\n", "a.article:9", "did you mean 'cue'"),
        ("speculation: It may\n  also: speculation\n", "a.article:9", "repeats the label"),
        ("none: A\n\n  cue: A\n", "a.article:10", "without a sentence above"),
        ("none: A\nnone: B\n", "a.article:9", "right under the headline"),
        ("", "a.article:7", "no sentences"),
    ],
)
def test_problems_have_file_line_and_remedy(tmp_path, body, where, found):
    ((place, said),) = problems(tmp_path, body)
    assert place == where
    assert found in said


def test_header_problems(tmp_path):
    found = problems(tmp_path, "none: A\n", HEADER.replace("desk:", "dsek:").replace("id: a", "id: b") + "\noutlet: X")
    said = " ".join(text for _, text in found)
    assert "did you mean 'desk'" in said
    assert "no header desk" in said
    assert "stands twice" in said
    assert "not the file's name" in said


def test_all_problems_of_a_file_at_once(tmp_path):
    assert len(problems(tmp_path, "denial: A\n\nfoo\nnone: x\n  cue: y\n")) == 3


def test_not_utf8(tmp_path):
    path = tmp_path / "a.article"
    path.write_bytes(b"id: \xff\n")
    with pytest.raises(DataError, match="not UTF-8 at byte 4"):
        next(written.read(path))


def test_what_annotators_settled_is_read_only_where_no_written_article_stands_beside_it(tmp_path):
    (tmp_path / "settled.tsv").write_text("sentence\tlabel\nIt rained.\tfactual_report\n", encoding="utf-8")
    assert files(tmp_path) == [tmp_path / "settled.tsv"]
    (tmp_path / "a.article").write_text(ARTICLE.format(id="a", story="a"), encoding="utf-8")
    assert files(tmp_path) == [tmp_path / "a.article"]
    (tmp_path / "settled.tsv").write_text("article\tsentence\tfirst\tsecond\tsettled\n", encoding="utf-8")
    corpus = read_corpus([tmp_path])
    assert [article.id for article in corpus.articles] == ["a"] and corpus.notes == ()
