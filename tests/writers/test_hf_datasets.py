import pytest
from datasets import ClassLabel, load_from_disk
from hypothesis import given, settings

from claimclf.articles import Article, Sentence, Span
from claimclf.dataset import from_row, to_row
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import read_corpus
from claimclf.writers import WRITERS
from tests.writers.articles import ARTICLES, content


@settings(deadline=None, max_examples=25)
@given(ARTICLES)
def test_reading_what_was_written_is_the_identity(tmp_path_factory, articles):
    folder = tmp_path_factory.mktemp("w")
    for name, path in (("datasets", folder / "d"), ("parquet", folder / "a.parquet")):
        outcome = WRITERS[name](articles, path)
        assert (outcome.articles, outcome.lost) == (len(articles), ())
        assert list(map(content, read_corpus([path]).articles)) == list(map(content, articles))


def test_rows_are_those_of_the_dataset_that_training_builds(tmp_path):
    fields = dict.fromkeys(["outlet", "topic", "desk", "style", "country", "licence"], "x")
    article = Article("a", "It may.", (Sentence(Span(0, 7), Label.SPECULATION, cues=(Span(3, 6),)),), "s", fields)
    WRITERS["datasets"]([article], tmp_path / "d")
    dataset = load_from_disk(str(tmp_path / "d"))
    assert dataset[0] == to_row(article) and from_row(dataset[0]) == article
    assert isinstance(dataset.features["sentences"].feature["label"], ClassLabel)


def test_nothing_is_mixed_with_what_is_there(tmp_path):
    (tmp_path / "d").mkdir()
    WRITERS["datasets"]([], tmp_path / "d")
    assert read_corpus([tmp_path / "d"]).articles == ()
    with pytest.raises(DataError, match="is there already"):
        WRITERS["datasets"]([], tmp_path / "d")
