import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import LABELS, Label
from claimclf.readers import read_corpus
from claimclf.writers import inception, jsonl

WORDS = st.text(st.sampled_from('abé👍\u0301ש"<&]\\\x01\x7f\ufffe\u2028'), min_size=1, max_size=8).filter(str.strip)
GAPS = st.sampled_from([" ", "\r\n", "\n\n", "\t", "\r", "\0 ", "\u3000"])


@st.composite
def articles(draw):
    text, sentences = draw(st.sampled_from(["", " ", "\r\n"])), []
    for word in draw(st.lists(WORDS.map(str.strip), min_size=1, max_size=8)):
        sentences.append(Sentence(Span(len(text), len(text) + len(word)), draw(st.sampled_from([None, *LABELS]))))
        text += word + draw(GAPS)
    return Article(
        draw(st.sampled_from(["a", "A", "a.xmi", "a.json", "x/../y", "ש", "b\x01", " c "])), text, tuple(sentences)
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(articles(), max_size=3, unique_by=lambda a: a.id))
def test_reading_what_was_written_is_the_identity(tmp_path_factory, given_articles):
    path = tmp_path_factory.mktemp("w") / "out"
    assert inception.write(given_articles, path).articles == len(given_articles)
    found = read_corpus([path]).articles if given_articles else ()
    assert sorted((a.id, a.text, a.sentences) for a in found) == sorted(
        (a.id, a.text, a.sentences) for a in given_articles
    )


def test_what_a_cas_cannot_carry_is_counted(tmp_path):
    text = "It rained.\0 It may stop."
    mark = Span(0, 2)
    first = Sentence(Span(0, 10), Label.FACTUAL_REPORT, (Label.UNVERIFIED_CLAIM,), "title", (mark,), (mark, mark))
    full = Article("a", text, (first, Sentence(Span(12, 24), Label.SPECULATION)), "story", {"outlet": "Gazette"})
    outcome = inception.write([full, Article("b", "It rained.", ())], tmp_path)
    assert outcome.lost == (
        "other labels that can be defended (`also`): 1", "cues: 1", "sources: 2", "which sentences are titles: 1",
        "stories: 1", "fields: 1", "that a text has no sentences (a reader splits it): 1",
        "control characters in XML (UIMA CAS JSON instead): 1",
    )  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir()) == ["TypeSystem.xml", "a.json", "b.xmi"]


def test_what_cannot_be_written_is_refused_whole(tmp_path):
    broken = [Article(name, "half \ud83d.", (), where=f"x:{name}") for name in "ab"]
    with pytest.raises(DataError, match=r"(?s)x:a: it holds half a character.*x:b: it holds half"):
        inception.write(broken, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "old").write_text("")
    for path in (tmp_path, tmp_path / "old"):
        with pytest.raises(DataError, match="there is something already"):
            inception.write([], path)


def test_convert_writes_a_folder_that_is_read_again(tmp_path, capsys):
    article = Article("a1", "👍 It rained.", (Sentence(Span(2, 12), Label.FACTUAL_REPORT),))
    jsonl.write([article], tmp_path / "in.jsonl")
    assert main(["convert", str(tmp_path / "in.jsonl"), str(tmp_path / "out"), "--to", "inception"]) == 0
    assert 'begin="3" end="13" label="factual_report"' in (tmp_path / "out" / "a1.xmi").read_text("utf-8")
    assert main(["check", str(tmp_path / "out"), "--layer", "ClaimStatus"]) == 0
    assert "1 labelled sentences" in capsys.readouterr().out
