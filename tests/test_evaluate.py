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
        spans = [(s.span.start, s.span.end) for s in article.sentences]
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
    one = module.evaluate(classifier, articles, repeats=5).signature
    assert one == module.evaluate(classifier, articles, repeats=5).signature
    others = [
        module.evaluate(classifier, articles[1:], repeats=5).signature,
        module.evaluate(classifier, articles, repeats=6).signature,
        module.evaluate(classifier, articles, repeats=5, seed=1).signature,
        module.evaluate(classifier, articles, repeats=5, end_to_end=True).signature,
    ]
    assert len({one, *others}) == 5


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


def test_the_command(checkpoint, written, tmp_path, capsys):
    out = tmp_path / "scores.json"
    command = ["evaluate", str(checkpoint), str(written), "--slice", "part", "--repeats", "20", "--json", str(out)]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "macro_f1" in shown
    assert "signature" not in shown
    assert json.loads(out.read_text(encoding="utf-8"))["signature"] in shown


def test_the_command_on_bad_data(checkpoint, tmp_path, capsys):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "a", "text": "It rained.", "sentences": [{"start": 0}]}\n', encoding="utf-8")
    assert main(["evaluate", str(checkpoint), str(path)]) == 3
    assert f"{path}:1: sentence 1: no field 'end'" in capsys.readouterr().err
    path.write_text("", encoding="utf-8")
    assert main(["evaluate", str(checkpoint), str(path)]) == 3


@pytest.mark.parametrize(
    ("options", "code", "shown"),
    [
        (["--min", "accuracy=0"], 0, "passed     min accuracy=0"),
        (["--min", "accuracy=0", "--min", "accuracy=1.1"], 1, "FAILED     min accuracy=1.1"),
        (["--min", "auprc/official_denial=0"], 0, "passed"),
        (
            ["--baseline", "SELF", "--max-drop", "macro_f1=0", "--gate", "lower-bound"],
            0,
            "passed     max-drop macro_f1=0",
        ),
    ],
)
def test_the_gate(checkpoint, written, capsys, options, code, shown):
    options = [str(checkpoint) if option == "SELF" else option for option in options]
    assert main(["evaluate", str(checkpoint), str(written), "--repeats", "20", *options]) == code
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--min", "accuracy"], ["--min", "f2=1"], ["--max-drop", "accuracy=.1"]])
def test_rules_that_are_none_are_usage_errors(checkpoint, written, capsys, options):
    assert main(["evaluate", str(checkpoint), str(written), "--repeats", "5", *options]) == 2
    assert capsys.readouterr().err


def test_too_little_data_is_undecided(checkpoint, written, capsys):
    few = sorted(written.glob("*.article"))[0]
    assert main(["evaluate", str(checkpoint), str(few), "--repeats", "5", "--min", "accuracy=0"]) == 5
    assert "undecided" in capsys.readouterr().out
