import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Article, Sentence, Span
from claimclf.labels import LABELS
from claimclf.readers import jsonl as reader
from claimclf.writers import WRITERS, jsonl

WORDS = st.text(st.sampled_from('abé👍\u0301ש"\\'), min_size=1, max_size=8)


@st.composite
def articles(draw):
    words = draw(st.lists(WORDS, min_size=1, max_size=8))
    text, sentences = "", []
    for place, word in enumerate(words):
        text += " " if place else ""
        span = Span(len(text), len(text) + len(word))
        label = draw(st.sampled_from([None, *LABELS]))
        also = tuple(x for x in draw(st.sets(st.sampled_from(LABELS), max_size=2)) if x is not label) if label else ()
        marks = (span,) if draw(st.booleans()) else ()
        part = "title" if place == 0 and draw(st.booleans()) else "body"
        votes = draw(st.tuples(*[st.integers(0, 9)] * 4)) if label else ()
        sentences.append(Sentence(span, label, also, part, marks, marks, votes if any(votes) else ()))
        text += word
    fields = draw(st.dictionaries(st.sampled_from(["outlet", "desk", "mood"]), WORDS, max_size=2))
    return Article(draw(WORDS), text, tuple(sentences), draw(st.sampled_from(["", "story"])), fields)


@settings(deadline=None, max_examples=60)
@given(st.lists(articles(), min_size=1, max_size=3))
def test_reading_what_was_written_is_the_identity(tmp_path_factory, given_articles):
    path = tmp_path_factory.mktemp("w") / "a.jsonl"
    assert jsonl.write(given_articles, path).articles == len(given_articles)
    found = list(reader.read(path))
    assert [(a.id, a.text, a.sentences, a.story, dict(a.fields)) for a in found] == [
        (a.id, a.text, a.sentences, a.story, dict(a.fields)) for a in given_articles
    ]


def test_a_field_whose_name_means_something_else_does_not_alter_the_article(tmp_path):
    article = Article("a", "It rained.", (Sentence(Span(0, 10), LABELS[0]),), "", {"title": "Rain", "id": "b"})
    assert jsonl.write([article], tmp_path / "a.jsonl").lost == (
        "the field 'title': 1 articles",
        "the field 'id': 1 articles",
    )
    (found,) = reader.read(tmp_path / "a.jsonl")
    assert (found.id, found.text, found.sentences) == (article.id, article.text, article.sentences)


@pytest.mark.parametrize("form", ["jsonl", "label-studio", "prodigy", "doccano", "csv", "tsv", "conll"])
def test_what_was_there_is_replaced_and_not_written_over(tmp_path, form):
    path, kept = tmp_path / "a", tmp_path / "kept"
    path.write_text("gold")
    kept.hardlink_to(path)
    WRITERS[form]([Article("a", "It rained.", (Sentence(Span(0, 10), LABELS[0]),))], path)
    assert kept.read_text() == "gold" and "It" in path.read_text()
