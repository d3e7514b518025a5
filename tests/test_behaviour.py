from types import SimpleNamespace

import pytest
from scipy.stats import binomtest

from claimclf.behaviour import run, wilson
from claimclf.labels import Label
from claimclf.readers.cases import Case, _article

F, C, D, S = Label


def case(name, *variants, held_out=True, family="family"):
    context = {"before": ["It began."], "after": []}
    articles = [
        _article(f"{name}/{n}", name, "", {**context, "sentence": text, "label": label, **more})
        for n, (text, label, more) in enumerate(variants)
    ]
    return Case(name, family, "kind", held_out, tuple(articles))


def says(answers):
    """A classifier that labels a sentence by its text, and everything else as a report."""

    def article(text, spans):
        found = []
        for start, end in spans:
            label = answers.get(text[start:end], F)
            found.append(SimpleNamespace(text=text[start:end], label=label, confidence=0.9))
        return SimpleNamespace(sentences=found)

    return SimpleNamespace(article=article)


@pytest.mark.parametrize(
    ("variants", "answers", "passed"),
    [
        ([("It denied it.", D, {})], {"It denied it.": D}, True),
        ([("It denied it.", D, {})], {"It denied it.": C}, False),
        ([("It denied it.", D, {"also": ["unverified_claim"]})], {"It denied it.": C}, True),
        ([("One said so.", C, {}), ("Two said so.", C, {})], {"One said so.": D, "Two said so.": D}, True),
        ([("One said so.", C, {}), ("Two said so.", C, {})], {"One said so.": C}, False),
        ([("It did.", F, {}), ("It may.", S, {})], {"It may.": S}, True),
        ([("It did.", F, {}), ("It may.", S, {})], {}, False),
    ],
    ids=["right", "wrong", "also", "invariant though wrong", "changed", "both right", "one right"],
)
def test_what_passes(variants, answers, passed):
    (outcome,) = run(says(answers), [case("a", *variants)]).outcomes
    assert outcome.passed is passed


def test_rates_by_family_and_of_held_out_cases():
    cases = [
        case("a", ("It denied it.", D, {}), family="one"),
        case("b", ("It rained.", F, {}), family="one"),
        case("c", ("It may.", S, {}), family="two", held_out=False),
    ]
    found = run(says({}), cases)
    assert {k: (n, r.value) for k, (n, r) in found.rates().items()} == {"one": (2, 0.5), "all": (2, 0.5)}
    assert {k: n for k, (n, _) in found.rates(held_out=False).items()} == {"one": 2, "two": 1, "all": 3}
    assert [o.case.id for o in found.failures()] == ["a", "c"]
    text = found.describe()
    assert "factual_report (90%), not official_denial: It denied it." in text
    assert found.to_dict()["held_out"]["one"][:2] == [2, 0.5]


@pytest.mark.parametrize(("passed", "n"), [(0, 10), (10, 10), (3, 7), (85, 100)])
def test_wilson_is_that_of_scipy(passed, n):
    ours, theirs = wilson(passed, n), binomtest(passed, n).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
