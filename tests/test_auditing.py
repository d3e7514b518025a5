"""The audit finds labels made wrong on purpose, says what it left out, and claims nothing of a trained model."""

import json
from pathlib import Path

import numpy as np
import pytest

from claimclf.articles import Article, Sentence, Span, data_hash
from claimclf.auditing import audit, of_model
from claimclf.cross_validation import out_of_fold
from claimclf.errors import DataError
from claimclf.labels import LABELS
from claimclf.readers import read
from claimclf.splits import folds

WRITTEN = Path(__file__).parents[1] / "seeds" / "written"
FACT, CLAIM, DENIAL, SPECULATION = LABELS


def flipped(articles, share=0.05, seed=0):
    """The articles with a share of their labels wrong, never one that `also` defends; and the places of those."""
    chance = np.random.default_rng(seed)
    places = [(i, j) for i, a in enumerate(articles) for j, s in enumerate(a.sentences) if s.label is not None]
    chosen = {places[k] for k in chance.choice(len(places), round(share * len(places)), replace=False)}
    found = []
    for i, a in enumerate(articles):
        sentences = []
        for j, s in enumerate(a.sentences):
            if (i, j) in chosen:
                wrong = [label for label in LABELS if label != s.label and label not in s.also]
                s = Sentence(s.span, wrong[chance.integers(len(wrong))], s.also, s.part, s.cues, s.sources)
            sentences.append(s)
        found.append(Article(a.id, a.text, tuple(sentences), a.story, a.fields, a.where))
    return found, {(articles[i].id, j) for i, j in chosen}


def article(name, *labels, also=()):
    text = " ".join(["It rained."] * len(labels))
    spans = [Span(11 * n, 11 * n + 10) for n in range(len(labels))]
    return Article(name, text, tuple(Sentence(s, label, also) for s, label in zip(spans, labels, strict=True)))


def test_half_of_the_flipped_labels_are_in_the_first_tenth():
    clean = list(read(WRITTEN))[::2]
    dirty, wrong = flipped(clean)
    done = audit(dirty, out_of_fold(dirty), "out of fold", top=round(0.1 * sum(len(a.labelled) for a in dirty)))
    found = {(s.article.id, s.number) for s in done.suspects} & wrong
    assert len(wrong) > 150
    assert len(found) >= len(wrong) / 2


def test_a_story_is_never_judged_by_a_model_that_read_it():
    articles = [
        Article(f"{n}{side}", f"Word{n} {side} was here and there on day {n}.", (Sentence(Span(0, 5), FACT),), f"s{n}")
        for n in range(10)
        for side in "ab"
    ]
    of = folds(articles, 4)
    assert set(of) == {0, 1, 2, 3}
    assert all(of[i] == of[i + 1] for i in range(0, 20, 2))


def test_suspects_are_in_order_and_the_given_label_is_not_the_best():
    articles = [article("a", FACT, CLAIM, DENIAL, SPECULATION, None)]
    said = np.full((4, 4), 0.1)
    said[[0, 1, 2, 3], [0, 3, 0, 1]] = 0.7
    said[2] = [0.9, 0.05, 0.01, 0.04]
    done = audit(articles, said, "test", top=10)
    assert [s.number for s in done.suspects] == [2, 1, 3]
    first = done.suspects[0]
    assert (first.given, first.suggested, first.score) == (DENIAL, FACT, 0.01)
    assert first.margin == pytest.approx(-0.89)
    record = json.loads(json.dumps(first.to_dict()))
    assert articles[0].text[record["start"] : record["end"]] == record["text"] == "It rained."
    assert "factual report 90%, the given official denial 1%" in record["reason"]


def test_a_label_that_is_in_also_is_left_out_and_counted():
    articles = [article("a", *[FACT] * 20, also=(CLAIM,)), article("b", *[CLAIM] * 20)]
    said = np.tile([0.9, 0.1, 0.0, 0.0], (40, 1))
    said[20:] = [0.1, 0.9, 0.0, 0.0]
    said[0] = [0.01, 0.99, 0.0, 0.0]
    done = audit(articles, said, "test", top=10)
    assert done.suspects == ()
    assert "in their `also`" in done.describe()


def test_without_top_suspects_are_those_that_are_counted():
    dirty, wrong = flipped([article(f"a{n}", FACT, CLAIM, DENIAL, SPECULATION) for n in range(50)])
    said = np.tile(np.full((4, 4), 0.02) + 0.92 * np.eye(4), (50, 1))
    done = audit(dirty, said, "test")
    assert done.errors == len(done.suspects) == len(wrong) == 10
    assert {(s.article.id, s.number) for s in done.suspects} == wrong


def test_labels_that_no_sentence_has_do_no_harm():
    said = np.tile([0.8, 0.2, 0.0, 0.0], (4, 1))
    assert len(audit([article("a", FACT, FACT, CLAIM, CLAIM)], said, "test", top=5).suspects) == 2
    assert audit([article("a", FACT)], said[:1], "test").suspects == ()


def test_an_id_in_two_splits_is_two_texts_to_correct():
    one, two = article("a", FACT, CLAIM), article("a", FACT, CLAIM, DENIAL)
    said = np.array([[0.1, 0.9, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0.8, 0, 0.2, 0]])
    guesses = audit([one, two], said, "test", top=10).guesses()
    assert [(len(g.article.sentences), g.confidences) for g in guesses] == [(2, (0.1, 1.0)), (3, (1.0, 1.0, 0.2))]


def test_what_cannot_be_audited_is_an_error():
    with pytest.raises(DataError, match="no labelled sentence"):
        audit([article("a", None)], np.zeros((0, 4)), "test")
    with pytest.raises(DataError, match="5 folds need as many stories"):
        out_of_fold([article("a", FACT, CLAIM)])
    with pytest.raises(DataError, match="one label only"):
        out_of_fold([Article(n, f"{n} fell.", (Sentence(Span(0, 5), FACT),)) for n in "abc"], 2)


class Said:
    def __init__(self, training):
        from claimclf.predict import ClaimClassifier

        self.real = ClaimClassifier.load(threads=1)
        self.checkpoint = type("C", (), {"name": "m", "training": training})()
        self.article = self.real.article


@pytest.mark.parametrize("known", [True, False])
def test_a_model_that_was_trained_on_the_data_is_named_as_such(known):
    articles = [article("a", FACT, None, CLAIM)]
    said, source = of_model(Said({"data_hash": data_hash(articles) if known else "0"}), articles)
    assert said.shape == (2, 4)
    assert said.sum(axis=1) == pytest.approx(1)
    assert ("NOT out of fold" in source) is known
