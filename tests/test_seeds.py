"""The corpus as it stands: in order, of the size its datasheet says, and without a word of the real texts."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from claimclf.labels import LABELS
from claimclf.readers import read_corpus

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


def test_the_datasheet_counts_the_written_articles(articles):
    labels = Counter(s.label for a in articles for s in a.labelled)
    assert _row("written/") == [len(articles), sum(labels.values()), *(labels[label] for label in LABELS)]


@pytest.mark.parametrize("path", STAND_OFF, ids=lambda path: path.name)
def test_the_datasheet_counts_the_real_articles(path):
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = Counter(s["label"] for r in records for s in r["sentences"] if s["label"])
    assert _row(f"realnews/{path.name}") == [len(records), sum(labels.values()), *(labels[label] for label in LABELS)]


def test_written_sentences_are_sentences(articles):
    lengths = [len(s.span.of(a.text).split()) for a in articles for s in a.labelled]
    assert 5 <= min(lengths) <= max(lengths) <= 50
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
