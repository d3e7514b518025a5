import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import LABELS, Label
from claimclf.readers import read_corpus
from claimclf.writers import brat

WORDS = st.text(st.sampled_from('abé👍\u0301ש"\\\x00\t;.'), min_size=1, max_size=8).filter(lambda w: w == w.strip())
GAPS = st.sampled_from([" ", "\r\n", "\n\n", "\t", "\u2028", "\x85", "\x0b", "\xa0", ". "])
IDS = st.text(st.sampled_from("ab/.\\\x00é:A "), min_size=1, max_size=6)


@st.composite
def articles(draw):
    text, sentences = draw(st.sampled_from(["", "\ufeff", "\r\n", "… "])), []
    for place in range(draw(st.integers(0, 6))):
        start = len(text)
        text += draw(WORDS)
        if draw(st.booleans()):
            text += draw(GAPS) + draw(WORDS)  # a sentence may stand on two lines
        span = Span(start, len(text))
        label = draw(st.sampled_from([None, *LABELS]))
        also = draw(st.permutations([x for x in LABELS if x is not label]))[: draw(st.integers(0, 3))]
        marks = (span, Span(start, start + 1)) if draw(st.booleans()) else ()
        part = "title" if place == 0 and draw(st.booleans()) else "body"
        sentences.append(Sentence(span, label, tuple(also), part, marks, marks[:1]))
        text += draw(GAPS)
    fields = draw(st.dictionaries(st.sampled_from(["outlet", "desk", "mood"]), WORDS, max_size=2))
    return Article(draw(IDS), text, tuple(sentences), draw(st.sampled_from(["", "story"])), fields)


def content(article):
    return article.id, article.text, article.sentences, article.story, dict(article.fields)


@settings(deadline=None, max_examples=60)
@given(st.lists(articles(), min_size=1, max_size=4, unique_by=lambda a: a.id))
def test_reading_what_was_written_is_the_identity(tmp_path_factory, given_articles):
    path = tmp_path_factory.mktemp("w") / "out"
    outcome = brat.write(given_articles, path)
    assert (outcome.articles, outcome.lost) == (len(given_articles), ())
    found = read_corpus([path]).articles
    key = lambda a: a.id  # noqa: E731
    assert list(map(content, sorted(found, key=key))) == list(map(content, sorted(given_articles, key=key)))
    assert {p.parent for p in path.parent.rglob("*.ann")} == {path}  # no id leads out of the folder


def test_what_brat_would_not_read_is_left_out_and_counted(tmp_path):
    text = "It\nrained."
    cue = Sentence(Span(0, 10), Label.SPECULATION, cues=(Span(2, 5), Span(2, 3), Span(0, 10)))
    outcome = brat.write([Article("a", text, (cue,)), Article("b", "half \ud83d", ())], tmp_path / "out")
    assert outcome.articles == 1
    assert outcome.lost == (
        "texts with half a surrogate pair: 1 articles are left out",
        "cues and sources that begin or end with a line break: 2 are left out",
    )
    (article,) = read_corpus([tmp_path / "out"]).articles
    assert article.sentences[0].cues == (Span(0, 10),)
    assert not (tmp_path / "out" / "b.txt").exists()


def test_the_files_are_what_brat_shows(tmp_path):
    sentence = Sentence(Span(0, 10), Label.SPECULATION, (Label.FACTUAL_REPORT,), cues=(Span(3, 9),))
    brat.write([Article("../a b", "It rained.\r\n", (sentence,))], tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a-b.ann", "a-b.txt", "annotation.conf"]
    assert (tmp_path / "out" / "a-b.txt").read_bytes() == b"It rained.\r\n"
    assert (tmp_path / "out" / "a-b.ann").read_text().split("\n") == [
        '#1\tArticle T1\t{"id":"../a b","sentences":[[0,10]]}',
        "T1\tspeculation 0 10\tIt rained.",
        "T2\tfactual_report 0 10\tIt rained.",
        "A1\tAlso T2",
        "T3\tCue 3 9\trained",
        "",
    ]
    conf = (tmp_path / "out" / "annotation.conf").read_text()
    assert conf.startswith("[entities]\nfactual_report\nunverified_claim\nofficial_denial\nspeculation\nCue\nSource\n")


def test_annotations_are_never_written_over(tmp_path, capsys):
    article = Article("a", "It rained.", (Sentence(Span(0, 10), Label.SPECULATION),))
    brat.write([article], tmp_path / "out")
    with pytest.raises(DataError, match="not an empty folder"):
        brat.write([article], tmp_path / "out")
    back = tmp_path / "back.jsonl"
    assert main(["convert", str(tmp_path / "out"), str(back)]) == 0
    assert main(["convert", str(back), str(tmp_path / "again"), "--to", "brat"]) == 0
    assert main(["convert", str(back), str(tmp_path / "again"), "--to", "brat"]) == 3
    assert read_corpus([tmp_path / "again"]).articles[0].sentences == article.sentences
    assert "cannot carry" not in capsys.readouterr().out


def test_a_label_that_an_annotator_adds_in_brat_joins_the_sentence(tmp_path):
    article = Article("a", "It rained. It may stop.", (Sentence(Span(0, 10), None), Sentence(Span(11, 23), None)))
    brat.write([article], tmp_path)
    with (tmp_path / "a.ann").open("a") as file:
        file.write("T1\tspeculation 14 22\tmay stop\n")
    (found,) = read_corpus([tmp_path]).articles
    assert [s.label for s in found.sentences] == [None, Label.SPECULATION]
