import pickle

import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import DataError
from claimclf.labels import Label

TEXT = "It rained. It may stop."


def sentence(start, end, **kwargs):
    return Sentence(Span(start, end), Label.FACTUAL_REPORT, **kwargs)


def test_a_sound_article():
    article = Article("a", TEXT, (sentence(0, 10), Sentence(Span(11, 23), None)), fields={"outlet": "Herald"})
    assert article.story == "a"
    assert [s.span.of(TEXT) for s in article.sentences] == ["It rained.", "It may stop."]
    assert article.labelled == article.sentences[:1]
    assert pickle.loads(pickle.dumps(article)) == article


@pytest.mark.parametrize(
    ("sentences", "found"),
    [
        ([sentence(11, 23), sentence(0, 10)], "before the end of the one before"),
        ([sentence(0, 12), sentence(11, 23)], "before the end of the one before"),
        ([sentence(0, 40)], "behind the end of the text, 23"),
        ([sentence(0, 11)], "white space"),
        ([sentence(0, 10, cues=(Span(11, 13),))], "lies outside it"),
        ([sentence(0, 10, sources=(Span(8, 13),))], "source 8-13 lies outside it"),
        ([sentence(0, 10, also=(Label.FACTUAL_REPORT,))], "repeats the label"),
        ([sentence(0, 10, votes=(1, 2))], "not 4 whole numbers"),
        ([sentence(0, 10, votes=(1, -1, 0, 0))], "not 4 whole numbers"),
        ([sentence(0, 10, votes=(True, 1, 0, 0))], "not 4 whole numbers"),
        ([sentence(0, 10, votes=(2**31, 1, 0, 0))], "not 4 whole numbers"),
        ([sentence(0, 10, votes=(0, 0, 0, 0))], "all 0"),
        ([Sentence(Span(0, 10), None, votes=(1, 0, 0, 0))], "but no label"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(sentences, found):
    with pytest.raises(DataError, match=found) as caught:
        Article("a", TEXT, tuple(sentences), where="x.jsonl:7")
    assert all(p.where.startswith("x.jsonl:7: sentence ") for p in caught.value.problems)


def test_all_problems_come_at_once():
    with pytest.raises(DataError) as caught:
        Article("", TEXT, (sentence(0, 11), sentence(5, 90)))
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 5)])
def test_empty_spans_are_refused(start, end):
    with pytest.raises(ValueError, match="no span"):
        Span(start, end)
