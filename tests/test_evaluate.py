"""`claimclf evaluate`: given and own boundaries, slices, the signature, exit codes."""

import json

import numpy as np
import pytest

from claimclf import evaluate as module
from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus


@pytest.fixture(scope="module")
def classifier(checkpoint):
    return ClaimClassifier.load(checkpoint)


@pytest.fixture(scope="module")
def articles(written):
    return read_corpus([written]).articles


def test_the_numbers_are_those_of_the_predictions(classifier, articles):
    done = module.evaluate(classifier, articles, repeats=50)
    right = total = 0
    for article in articles:
        spans = article.boundaries
        for gold, found in zip(article.sentences, classifier.article(article.text, spans).sentences, strict=True):
            total += gold.label is not None
            right += gold.label == found.label
    assert done.scores["accuracy"].value == pytest.approx(right / total)
    assert sum(done.supports.values()) == total
    assert done.scores["accuracy"].low <= right / total <= done.scores["accuracy"].high


def test_own_boundaries_cost_what_wrong_splits_cost(classifier):
    text = "The council met. It closed the bridge.\n\nRepairs may take until spring."
    whole = Article("a", text, (Sentence(Span(0, 38), LABELS[0]), Sentence(Span(40, len(text)), LABELS[3])))
    given = module._predict(classifier, whole, end_to_end=False)
    own = module._predict(classifier, whole, end_to_end=True)
    assert [p.text for p in given] == ["The council met. It closed the bridge.", "Repairs may take until spring."]
    assert [p.text for p in own] == ["It closed the bridge.", "Repairs may take until spring."]


def test_slices(classifier, articles):
    names = ["desk", "part", "quote", "length", "position", "cue"]
    done = module.evaluate(classifier, articles, slices=names, repeats=20)
    total = sum(done.supports.values())
    for name in names:
        counts = {key: n for key, (n, _) in done.slices.items() if key.startswith(f"{name}: ")}
        assert sum(counts.values()) == total
    assert done.slices["part: title"][0] == len(articles)
    assert done.slices["part: title"][1] is None  # 12 sentences are too few
    assert done.slices["part: body"][1]["accuracy"].value <= 1
    assert "too few for a verdict" in done.describe()


def test_the_signature_changes_with_what_shapes_the_numbers(classifier, articles):
    one = module.evaluate(classifier, articles, repeats=5).sign()
    assert one == module.evaluate(classifier, articles, repeats=5).sign()
    others = [
        module.evaluate(classifier, articles[1:], repeats=5).sign(),
        module.evaluate(classifier, articles, repeats=6).sign(),
        module.evaluate(classifier, articles, repeats=5, seed=1).sign(),
        module.evaluate(classifier, articles, repeats=5, end_to_end=True).sign(),
        module.evaluate(classifier, articles, repeats=5, method="percentile").sign(),
        module.evaluate(ClaimClassifier.load(), articles, repeats=5).sign(),
    ]
    assert len({one, *others}) == 7


def test_json_has_null_for_what_is_undefined(classifier):
    text = "It rained."
    done = module.evaluate(classifier, [Article("a", text, (Sentence(Span(0, 10), LABELS[0]),))], repeats=5)
    document = json.loads(json.dumps(done.to_dict(), allow_nan=False))
    assert document["scores"]["f1/official_denial"] == [None, None, None]
    assert document["supports"]["factual_report"] == 1
    assert np.isfinite(document["scores"]["log_loss"]).all()


def test_unlabelled_articles_are_refused(classifier):
    with pytest.raises(DataError, match="no labelled sentence"):
        module.evaluate(classifier, [Article("a", "It rained.", (Sentence(Span(0, 10), None),))])


def test_stories_without_a_labelled_sentence_count_for_nothing(classifier, articles):
    text = "It rained."
    bare = [Article("x", text, (Sentence(Span(0, 10), None),)), Article("y", text, ())]
    alone, among = (module.evaluate(classifier, given, repeats=20) for given in (articles, [*bare, *articles]))
    assert among.sample.groups.tolist() == alone.sample.groups.tolist()
    assert str(among.scores) == str(alone.scores)


def test_the_command(checkpoint, written, tmp_path, capsys):
    out, kept = tmp_path / "scores.json", tmp_path / "kept.json"
    out.write_text("earlier")
    kept.hardlink_to(out)
    command = ["evaluate", str(checkpoint), str(written), "--slice", "part", "--repeats", "20", "--json", str(out)]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "macro_f1" in shown
    assert "signature" not in shown
    assert kept.read_text() == "earlier"  # a report is replaced whole
    assert f"data:{json.loads(out.read_text(encoding='utf-8'))['signature']['data']}|" in shown


def test_label_sets_are_measured_where_a_coverage_is_asked_for(articles, checkpoint):
    careful = ClaimClassifier.load(checkpoint, coverage=0.9)
    done = module.evaluate(careful, articles, repeats=20)
    covered = total = 0
    for article in articles:
        spans = article.boundaries
        for gold, found in zip(article.sentences, careful.article(article.text, spans).sentences, strict=True):
            total += gold.label is not None
            covered += gold.label in found.label_set
    assert done.sets["coverage"].value == pytest.approx(covered / total)
    assert "label sets for a coverage of 0.9" in done.describe()


def test_a_held_back_set_scores_as_an_independent_computation_does(classifier, articles):
    from sklearn import metrics

    true, p = [], []
    for article in articles:
        spans = article.boundaries
        for gold, found in zip(article.sentences, classifier.article(article.text, spans).sentences, strict=True):
            if gold.label is not None:
                true.append(LABELS.index(gold.label))
                p.append([found.probabilities[label] for label in LABELS])
    predicted = np.argmax(p, axis=1)
    scores = {name: score.value for name, score in module.evaluate(classifier, articles, repeats=2).scores.items()}
    expected = {
        "macro_f1": metrics.f1_score(true, predicted, average="macro", labels=sorted(set(true))),
        "accuracy": metrics.accuracy_score(true, predicted),
        "mcc": metrics.matthews_corrcoef(true, predicted),
        "log_loss": metrics.log_loss(true, p, labels=range(4)),
        **{
            f"auprc/{label}": metrics.average_precision_score([t == i for t in true], np.array(p)[:, i])
            for i, label in enumerate(LABELS)
        },
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-9)
