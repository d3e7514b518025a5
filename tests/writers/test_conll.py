from hypothesis import given, settings

from claimclf.articles import Article, Sentence, Span
from claimclf.labels import Label
from claimclf.readers import read_corpus
from claimclf.writers import conll
from tests.writers.articles import ARTICLES

TEXT = " It may stop.\r\n\r\n-- \nNo, he\tsaid#"
ARTICLE = Article(
    "a", TEXT,
    (Sentence(Span(1, 13), Label.SPECULATION, (Label.UNVERIFIED_CLAIM,), "title", (Span(4, 7),)),
     Sentence(Span(21, 33), Label.OFFICIAL_DENIAL)), "story", {"outlet": "Gazette"},
)  # fmt: skip


def test_what_is_written_and_what_is_lost(tmp_path):
    outcome = conll.write([ARTICLE, Article("b\n", "x", ()), Article("c", " ", ())], tmp_path / "a.conll")
    lines = (tmp_path / "a.conll").read_bytes().decode().split("\n")
    assert lines[:4] == [
        "# global.columns = ID FORM MISC CLAIM:STATUS", "# newdoc id = a", "1\tIt\tSpacesBefore=\\s\tB-speculation",
        "2\tmay\t_\tI-speculation",
    ]  # fmt: skip
    assert outcome.articles == 1
    lost = dict(line.rsplit(": ", 1) for line in outcome.lost)
    assert (
        set(lost.values()) == {"1", "2"} and lost["cues"] == lost["titles"] == lost["stories"] == lost["fields"] == "1"
    )
    (found,) = read_corpus([tmp_path / "a.conll"]).articles
    assert found.text == TEXT
    assert [(s.span, s.label) for s in found.sentences if s.span.of(TEXT) != "--"] == [
        (s.span, s.label) for s in ARTICLE.sentences
    ]


@settings(deadline=None, max_examples=60)
@given(ARTICLES)
def test_texts_sentences_and_labels_are_read_back_the_same(tmp_path_factory, articles):
    path = tmp_path_factory.mktemp("w") / "a.conll"
    outcome = conll.write(articles, path)
    given_ids = [a for a in articles if a.text.strip() and a.id == a.id.strip()]
    assert outcome.articles == len(given_ids)
    for before, after in zip(given_ids, read_corpus([path]).articles if given_ids else (), strict=True):
        assert (after.id, after.text) == (before.id, before.text)
        spans = {s.span: s.label for s in after.sentences}
        assert all(spans.pop(s.span) == s.label for s in before.sentences)
        assert all(label is None for label in spans.values())
