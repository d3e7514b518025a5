from types import SimpleNamespace

import numpy as np
import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.comparison import compare, ours
from claimclf.errors import DataError
from claimclf.evaluation.bootstrap import Interval
from claimclf.labels import LABELS, Label
from claimclf.peers import majority

WORDS = {0: "The council closed bridge {}.", 1: "Bridge {} was unsafe, engineers say.",
         2: "The council rejected report {}.", 3: "Bridge {} may open soon."}  # fmt: skip


def article(number, labels):
    """An article whose sentences show their label (None: no label) by their words."""
    bodies = [WORDS.get(label, "Read more on {}.").format(f"b{number}") for label in labels]
    starts = np.cumsum([0, *(len(body) + 1 for body in bodies)])
    sentences = tuple(
        Sentence(Span(int(start), int(start) + len(body)), None if label is None else LABELS[label])
        for start, body, label in zip(starts, bodies, labels, strict=False)
    )
    return Article(f"a{number}", " ".join(bodies), sentences)


TRAINING = [article(n, [0, 1, 0, None, 2, 3]) for n in range(6)]
HELD = [article(n, labels) for n, labels in enumerate([[0, 3, None], [0, 0, 1], [2, 0], [3, 1, 0, None]], start=20)]


def perfect(given):
    return [[3 if s.label is None else s.label.position for s in article.sentences] for article in given]


def test_a_perfect_labeller_and_the_majority():
    found = compare(HELD, {"majority": majority(TRAINING), "perfect": perfect}, repeats=200)
    worst, best = found.rows
    assert [row.system for row in found.rows] == ["majority", "perfect"]
    assert best.macro_f1 == best.accuracy == Interval(1.0, 1.0, 1.0)
    assert best.f1 == dict.fromkeys(map(str, LABELS), 1.0)
    assert worst.accuracy.value == pytest.approx(0.5)
    assert worst.f1 == {"factual_report": pytest.approx(2 / 3), **dict.fromkeys(map(str, LABELS[1:]), 0.0)}
    assert worst.macro_f1.value == pytest.approx(1 / 6)
    assert found.leads["majority"].value == pytest.approx(5 / 6)
    assert 0 < found.leads["majority"].low <= 5 / 6 <= found.leads["majority"].high


def test_sentences_without_a_label_are_left_out():
    found = compare(HELD, {"a": perfect}, repeats=20)
    assert (found.articles, found.sentences) == (4, 10)
    assert found.leads == {}
    assert compare([*HELD, article(99, [None, None])], {"a": perfect}, repeats=20).sentences == 10


@pytest.mark.parametrize("articles", [[], [article(1, [None, None])]], ids=["no article", "no label"])
def test_nothing_to_compare_on(articles):
    with pytest.raises(DataError, match="no labelled sentence"):
        compare(articles, {"a": perfect})


def test_a_system_leads_itself_by_exactly_nothing():
    model = majority(TRAINING)
    assert compare(HELD, {"one": model, "two": model}, repeats=100).leads == {"one": Interval(0.0, 0.0, 0.0)}


def test_leads_are_those_of_the_last_system_and_paired():
    def nearly(given):
        return [
            [0 if s.label is Label.SPECULATION else p for s, p in zip(article.sentences, said, strict=True)]
            for article, said in zip(given, perfect(given), strict=True)
        ]

    systems = {"majority": majority(TRAINING), "perfect": perfect, "nearly": nearly}
    found = compare(HELD, systems, repeats=200, seed=1)
    assert set(found.leads) == {"majority", "perfect"}
    assert found.leads["perfect"].value < 0 < found.leads["majority"].value
    assert found.leads["perfect"].value == pytest.approx(found.rows[2].macro_f1.value - 1)
    assert found.leads["perfect"].high <= 0  # in no resample is it better
    again = compare(HELD, systems, repeats=200, seed=1)
    assert again.leads == found.leads
    assert compare(HELD, systems, repeats=200, seed=2).leads != found.leads


def test_an_article_without_sentences_counts_as_one():
    systems = {"majority": majority(TRAINING), "perfect": perfect}
    assert compare([*HELD, Article("e", "…", ())], systems, repeats=20).articles == 5


def test_ours_labels_the_boundaries_of_the_article():
    asked = []

    def predict(text, spans):
        asked.append((text, spans))
        return SimpleNamespace(sentences=[SimpleNamespace(label=LABELS[n % 4]) for n in range(len(spans))])

    given = HELD[3]
    assert ours(SimpleNamespace(article=predict))([given]) == [[0, 1, 2, 3]]
    assert asked == [(given.text, given.boundaries)]


def test_the_comparison_is_told_as_a_table():
    found = compare(HELD, {"majority": majority(TRAINING), "perfect": perfect}, repeats=50)
    first, head, worst, best, lead = found.describe().split("\n")
    assert first == "4 articles, 10 labelled sentences; 95% intervals over articles"
    assert head.split() == ["system", "macro-F1", "accuracy", *LABELS]
    assert worst.split()[0] == "majority" and worst.split()[-4:] == ["0.667", "0.000", "0.000", "0.000"]
    assert best.split()[1:7] == ["1.000", "[1.000,", "1.000]"] * 2
    assert lead == f"perfect leads majority by {found.leads['majority']}"
    assert lead.startswith("perfect leads majority by .833 [")


def test_a_label_that_is_nowhere_has_no_score():
    found = compare([article(1, [0, 1])], {"perfect": perfect}, repeats=20)
    assert np.isnan(found.rows[0].f1["speculation"])
    assert found.rows[0].macro_f1.value == 1.0
