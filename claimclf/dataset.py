"""Annotated articles as a `datasets` dataset with splits that do not leak.

>>> from claimclf.dataset import build                               # doctest: +SKIP
>>> dataset, splits = build(["seeds/written"], SplitSettings())      # doctest: +SKIP
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimclf import articles, labels, readers, sentences, splits, texts
from claimclf.articles import Article, Sentence, Span, data_hash
from claimclf.errors import DataError, needs_extra
from claimclf.labels import LABELS
from claimclf.readers import Corpus, cases, jsonl, read_corpus, written
from claimclf.readers.tasks import Reading
from claimclf.splits import SPLITS, Splits, SplitSettings, split
from claimclf.writers import hf_datasets
from claimclf.writers.outcome import half_characters

with needs_extra("train"):
    import datasets

FIELDS = ("outlet", "topic", "desk", "style", "country", "licence")
_CODE = (labels, articles, readers, cases, jsonl, written, texts, splits, sentences, hf_datasets)


@dataclass
class ClaimDatasetConfig(datasets.BuilderConfig):
    """Which articles, how they are split, and how annotation exports are read."""

    paths: list[str] = field(default_factory=list)
    settings: SplitSettings = field(default_factory=SplitSettings)
    reading: Reading | None = None
    form: str | None = None


class ClaimDataset(datasets.GeneratorBasedBuilder):
    """One row an article; labels are `ClassLabel`s, -1 where annotators left a sentence without one."""

    BUILDER_CONFIG_CLASS = ClaimDatasetConfig
    given: tuple[Corpus, Splits] | None = None  # what was read and split before

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=hf_datasets.columns(FIELDS))

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        corpus, parts = self.given or _read_and_split(self.config)
        return [
            datasets.SplitGenerator(name=n, gen_kwargs={"rows": [a for a in corpus.articles if parts.of[a.id] == n]})
            for n in SPLITS
        ]

    def _generate_examples(self, rows: list[Article]) -> Iterator[tuple[int, dict[str, Any]]]:
        for key, article in enumerate(rows):
            yield key, to_row(article)


def _read_and_split(config: ClaimDatasetConfig) -> tuple[Corpus, Splits]:
    corpus = read_corpus([Path(path) for path in config.paths], config.reading, config.form)
    return corpus, split(corpus.articles, config.settings)


def to_row(article: Article) -> dict[str, Any]:
    """An article as a row of the dataset."""
    return hf_datasets.row(article, FIELDS)


def from_row(row: dict[str, Any]) -> Article:
    """The article of a row of the dataset; the inverse of `to_row`."""
    spans = {kind: [tuple(Span(c["start"], c["end"]) for c in s[kind]) for s in row["sentences"]] for kind in _MARKS}
    found = tuple(
        Sentence(
            Span(s["start"], s["end"]),
            None if s["label"] < 0 else LABELS[s["label"]],
            tuple(LABELS[i] for i in s["also"]),
            s["part"],
            spans["cues"][i],
            spans["sources"][i],
            tuple(s["votes"]),
        )
        for i, s in enumerate(row["sentences"])
    )
    fields = {name: row[name] for name in FIELDS if row[name]}
    return Article(row["id"], row["text"], found, row["story"], fields)


_MARKS = ("cues", "sources")


def _cache_hash(corpus: Corpus, settings: SplitSettings) -> str:
    """A hash over sources, split settings and builder code: `datasets` reuses a cache of the same hash."""
    code = [inspect.getsource(module) for module in _CODE] + [Path(__file__).read_text(encoding="utf-8")]
    parts = [data_hash(corpus.articles), json.dumps(settings.to_dict(), sort_keys=True), *code]
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()[:16]


@dataclass(frozen=True)
class Built:
    """A dataset with its splits, the evidence for them, and what was read."""

    dataset: datasets.DatasetDict
    splits: Splits
    corpus: Corpus
    data_hash: str


def build(
    paths: Sequence[str],
    settings: SplitSettings,
    cache: Path | None = None,
    reading: Reading | None = None,
    form: str | None = None,
) -> Built:
    """Read, split and build; a dataset already built from the same sources, settings and code is reused.

    `reading` and `form` are those of `read_corpus`.

    Raises:
        DataError: with every problem of the data; texts that hold half a character (a lone surrogate) are one.
    """
    corpus = read_corpus([Path(path) for path in paths], reading, form)
    if broken := half_characters(corpus.articles, "a dataset", FIELDS):
        raise DataError(broken)
    builder = ClaimDataset(
        cache_dir=str(cache) if cache else None,
        hash=_cache_hash(corpus, settings),
        paths=list(paths),
        settings=settings,
        reading=reading,
        form=form,
    )
    builder.given = corpus, split(corpus.articles, settings)
    builder.download_and_prepare()
    return Built(_tables(builder), builder.given[1], corpus, data_hash(corpus.articles))


def _tables(builder: ClaimDataset) -> datasets.DatasetDict:
    """The builder's splits; one without articles, which `as_dataset` refuses, is an empty table."""
    features = builder.info.features
    sizes = {name: builder.info.splits[name].num_examples for name in SPLITS}
    return datasets.DatasetDict(
        {
            name: builder.as_dataset(name)
            if size
            else datasets.Dataset.from_dict({column: [] for column in features}, features, split=name)
            for name, size in sizes.items()
        }
    )
