import numpy as np
import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.changes import against
from claimclf.evaluate import Evaluation
from claimclf.evaluation.measures import difference
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS

TRUE = np.array([0, 1, 2, 3, 0, 1])


def sample(predicted):
    probabilities = np.full((6, 4), 0.1)
    probabilities[np.arange(6), predicted] = 0.7
    return Sample(TRUE, np.zeros((6, 4), bool), probabilities, np.arange(6) // 2)


def evaluation(predicted):
    rows = []
    for i, true in enumerate(TRUE):
        given = Article(f"a{i}", f"Sentence {i}.", (Sentence(Span(0, 11), LABELS[true]),))
        rows.append((given, 0, given.sentences[0]))
    return Evaluation({}, {}, {}, {}, 6, {}, sample(predicted), tuple(rows))


def test_what_changed_side():
    now, then = [0, 1, 2, 0, 1, 1], [0, 1, 1, 1, 0, 0]
    found = against(evaluation(now), "last", sample(then), repeats=100)
    assert [(c.row[0].id, c.side) for c in found.changed] == [
        ("a2", "gained"), ("a3", "moved"), ("a4", "lost"), ("a5", "gained"),
    ]  # fmt: skip
    assert (found.mcnemar.gained, found.mcnemar.lost) == (2, 1)
    expected = difference(sample(now), sample(then), repeats=100, seed=0, method="bca")
    assert str(found.differences) == str(expected)
    lines = found.describe().splitlines()
    assert lines[0].startswith("against last")
    assert "lost    a4:0: factual_report → unverified_claim (factual_report): Sentence 4." in lines
    assert not [line for line in lines if line.startswith("moved")]
    assert "… 1 more changed side" in found.describe(sentences=2)
    assert found.to_dict()["changed"][0] == {
        "article": "a2", "start": 0, "end": 11, "gold": "official_denial", "then": "unverified_claim",
        "now": "official_denial", "side": "gained",
    }  # fmt: skip


def test_a_model_against_itself():
    found = against(evaluation(TRUE), "same", sample(TRUE), repeats=20)
    assert found.changed == ()
    assert {(i.value, i.low, i.high) for i in found.differences.values()} == {(0.0, 0.0, 0.0)}


def test_other_sentences_are_refused():
    other = sample(TRUE)
    with pytest.raises(ValueError, match="same sentences"):
        against(evaluation(TRUE), "x", other.part(np.arange(6) < 5), repeats=5)
