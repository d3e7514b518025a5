import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.labels import Label
from claimclf.readers import read_corpus
from claimclf.writers import WRITERS
from tests.writers.articles import ARTICLES, content

ARTICLE = Article("a", "Rain\n\nIt may stop, it may.", (Sentence(Span(6, 26), Label.SPECULATION, cues=(Span(9, 12),)),))


@settings(deadline=None, max_examples=60)
@given(ARTICLES)
def test_reading_what_was_written_is_the_identity(tmp_path_factory, articles):
    folder = tmp_path_factory.mktemp("w")
    for name in ("csv", "tsv"):
        path = folder / f"a.{name}"
        outcome = WRITERS[name](articles, path)
        assert (outcome.articles, outcome.lost) == (len(articles), ())
        assert list(map(content, read_corpus([path]).articles)) == list(map(content, articles))


def test_a_spreadsheet_shows_what_one_expects(tmp_path):
    WRITERS["csv"]([replace(ARTICLE, fields={"outlet": "Gazette"})], tmp_path / "a.csv")
    (row,) = csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8", newline=""))
    assert row == {
        "article_id": "a", "sentence": "It may stop, it may.", "label": "speculation", "start": "6", "end": "26",
        "also": "", "part": "body", "cues": "9:12", "sources": "", "votes": "", "story": "a", "outlet": "Gazette",
        "article_text": ARTICLE.text,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["csv", "tsv", "datasets", "parquet"])
def test_what_cannot_be_carried_is_counted(tmp_path, name):
    if name not in WRITERS:
        pytest.skip("no such writer")
    fields = {"Coder": "x", "id": "y", "empty": "", "": "z"}
    broken = Article("b", "\ud83d It rained.", ())
    outcome = WRITERS[name]([replace(ARTICLE, fields=fields), broken], tmp_path / f"a.{name}")
    assert outcome.articles == 1
    lost = "\n".join(outcome.lost)
    assert "articles with lone surrogates, which are left out: 1 ('b')" in lost
    assert "the field '': 1 articles" in lost and "fields without a value: 1 articles" in lost


def test_names_of_columns_are_no_fields_and_others_are(tmp_path):
    article = replace(ARTICLE, fields={"Coder": "x", "id": "y", "text": "t", "Label": "l"})
    outcome = WRITERS["csv"]([article], tmp_path / "a.csv")
    (found,) = read_corpus([tmp_path / "a.csv"]).articles
    assert dict(found.fields) == {"id": "y", "text": "t", "Label": "l"}
    assert outcome.lost == ("the field 'Coder': 1 articles",)


def test_convert_from_one_to_the_other(tmp_path, capsys):
    WRITERS["csv"]([ARTICLE], tmp_path / "a.csv")
    assert main(["convert", str(tmp_path / "a.csv"), str(tmp_path / "a.tsv"), "--to", "tsv"]) == 0
    assert main(["convert", str(tmp_path / "a.tsv"), str(tmp_path / "a.jsonl")]) == 0
    assert list(map(content, read_corpus([tmp_path / "a.jsonl"]).articles)) == [content(ARTICLE)]
