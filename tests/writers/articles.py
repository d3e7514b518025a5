"""Articles for the tests of what writers write and readers read back."""

from hypothesis import strategies as st

from claimclf.articles import Article, Sentence, Span
from claimclf.labels import LABELS

LETTERS = "abé👍\u0301שא\"'\\,;|\t\n\r\0#=_-9 "
WORDS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=8).filter(lambda w: w == w.strip())
GAPS = st.sampled_from([" ", "", "\n\n", "\r\n", " \xa0", "\u2028", " -- "])


@st.composite
def article(draw, identity="a"):
    text, sentences = draw(st.sampled_from(["", " ", "\n"])), []
    for word in draw(st.lists(WORDS, max_size=6)):
        span = Span(len(text), len(text) + len(word))
        label = draw(st.sampled_from([None, *LABELS]))
        also = tuple(x for x in draw(st.permutations(LABELS))[: draw(st.integers(0, 2))] if x is not label)
        marks = tuple(sorted({span, Span(span.end - 1, span.end)}))[: draw(st.integers(0, 2))]
        part = draw(st.sampled_from(["title", "body"]))
        votes = draw(st.tuples(*[st.integers(0, 9)] * 4)) if label else ()
        sentences.append(Sentence(span, label, also, part, marks, marks[:1], votes if any(votes) else ()))
        text += word + draw(GAPS)
    fields = draw(st.dictionaries(st.sampled_from(["outlet", "desk", "mood", "NA"]), WORDS, max_size=2))
    return Article(identity, text or "x", tuple(sentences), draw(st.sampled_from(["", "story"])), fields)


ARTICLES = st.tuples(article("a"), article("NA"), article(" b\n")).map(list)


def content(article):
    """All that an article is, but for where it was read."""
    return article.id, article.text, article.sentences, article.story, dict(article.fields)
