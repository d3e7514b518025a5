import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.evaluation.slices import slicer

TEXT = 'Bridge shut\n\nIt "closed" on Monday. The council said so. ' + "word " * 31 + "end."
SPANS = [(0, 11), (13, 35), (36, 56), (57, len(TEXT))]
ARTICLE = Article(
    "a", TEXT, tuple(Sentence(Span(*s), None, part="title" if s[0] == 0 else "body") for s in SPANS), "", {"desk": "x"}
)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("part", ["title", "body", "body", "body"]),
        ("quote", ["without", "with quote", "without", "without"]),
        ("length", ["up to 15 words"] * 3 + ["over 30 words"]),
        ("position", ["first third", "first third", "second third", "last third"]),
        ("cue", ["without", "without", "with cue", "without"]),
        ("desk", ["x"] * 4),
        ("outlet", ["(none)"] * 4),
    ],
)
def test_slices(name, values):
    assert [slicer(name)(ARTICLE, i, s) for i, s in enumerate(ARTICLE.sentences)] == values
