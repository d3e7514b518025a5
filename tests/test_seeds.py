"""The corpus as it stands: in order, of the size its datasheet says, and without a word of the real texts."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from claimclf.config import TrainingConfig
from claimclf.labels import LABELS
from claimclf.readers import read_corpus
from claimclf.readers.cases import read_cases

SEEDS = Path(__file__).parents[1] / "seeds"
STAND_OFF = sorted((SEEDS / "realnews").glob("*.jsonl"))


@pytest.fixture(scope="module")
def articles():
    return read_corpus([SEEDS / "written"]).articles


def _row(name: str) -> list[int]:
    """The numbers of the datasheet's row for `name`: articles, labelled sentences, then a number a label."""
    sheet = (SEEDS / "README.md").read_text(encoding="utf-8")
    row = next(line for line in sheet.splitlines() if line.startswith(f"| `{name}`"))
    return [int(number.replace(",", "")) for number in re.findall(r"(?<=\| )[\d,]+(?= \|)", row)]


@pytest.mark.parametrize("name", ["written", "unseen"])
def test_the_datasheet_counts_the_written_articles(name):
    articles = read_corpus([SEEDS / name]).articles
    labels = Counter(s.label for a in articles for s in a.labelled)
    assert _row(f"{name}/") == [len(articles), sum(labels.values()), *(labels[label] for label in LABELS)]


def test_what_is_to_be_measured_on_is_not_trained_on(articles):
    unseen = read_corpus([SEEDS / "unseen"]).articles
    configs = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (SEEDS.parent / "configs").glob("*.yaml")]
    read = {data for config in configs for data in config.get("data", [])} | set(TrainingConfig().data)
    assert "seeds/written" in read and not {"seeds", "seeds/unseen"} & read
    lines = [line for path in STAND_OFF for line in path.read_text(encoding="utf-8").splitlines()]
    outlets = {json.loads(line).get("outlet", "") for line in lines}
    outlets |= {a.fields.get("shape", "") for a in articles}
    assert not [a.id for a in unseen if not a.fields.get("shape") or a.fields["shape"] in outlets]
    ours = {s.span.of(a.text) for a in articles for s in a.sentences}
    assert not [a.id for a in unseen if any(s.span.of(a.text) in ours for s in a.sentences)]


@pytest.mark.parametrize("path", STAND_OFF, ids=lambda path: path.name)
def test_the_datasheet_counts_the_real_articles(path):
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = Counter(s["label"] for r in records for s in r["sentences"] if s["label"])
    assert _row(f"realnews/{path.name}") == [len(records), sum(labels.values()), *(labels[label] for label in LABELS)]


def test_written_sentences_are_sentences(articles):
    lengths = [len(s.span.of(a.text).split()) for a in articles for s in a.labelled]
    assert 2 <= min(lengths) <= max(lengths) <= 70
    texts = Counter(s.span.of(a.text) for a in articles for s in a.labelled)
    assert texts.most_common(1)[0][1] == 1


def test_articles_begin_with_their_headline(articles):
    for article in articles:
        title = article.sentences[0]
        assert title.part == "title"
        assert title.span.start == 0
        assert article.text[title.span.end :].startswith("\n\n")


@pytest.mark.parametrize("path", STAND_OFF, ids=lambda path: path.name)
def test_stand_off_records_hold_no_text(path):
    allowed = {"id", "outlet", "topic", "licence", "source", "sha256", "characters", "sentences"}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert set(record) <= allowed
        for sentence in record["sentences"]:
            assert set(sentence) <= {"start", "end", "label", "also", "part", "cues", "sources"}


CASES = read_cases(SEEDS / "behaviour")


def test_the_behavioural_suite_is_as_large_as_promised():
    assert len(CASES) >= 480
    pairs = Counter(case.case for case in CASES if case.family == "directional")
    assert set(pairs) == {f"{a} to {b}" for a in LABELS for b in LABELS if a != b}
    assert min(pairs.values()) >= 10


@pytest.mark.parametrize("family", sorted({case.family for case in CASES}))
def test_half_of_each_family_is_held_out(family):
    held = [case.held_out for case in CASES if case.family == family]
    assert 0.5 <= sum(held) / len(held) <= 0.6


def test_variants_are_what_their_family_says():
    for case in CASES:
        labels = [variant.labelled[0].label for variant in case.variants]
        if case.family == "directional":
            assert [str(label) for label in labels] == case.case.split(" to "), case.id
        elif case.family == "invariance":
            assert len(labels) == 2 and len(set(labels)) == 1, case.id
            assert case.variants[0].text != case.variants[1].text, case.id
        else:
            assert len(labels) == 1, case.id
        assert not (case.family == "denial_words" and "official_denial" in labels), case.id
        assert not (case.family == "hedge_words" and "speculation" in labels), case.id


def test_no_held_out_sentence_is_trained_on():
    """Neither among the cases that training reads, nor in an article of the corpus."""
    tested = {v.labelled[0].span.of(v.text) for case in CASES if case.held_out for v in case.variants}
    corpus = read_corpus([SEEDS]).articles
    seen = {s.span.of(a.text) for a in corpus for s in a.labelled}
    assert len(tested) > 300
    assert not tested & seen
