import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from datasets import ClassLabel, disable_progress_bars

from claimclf import articles, dataset, labels, readers, sentences, splits, texts
from claimclf.articles import Article, Sentence, Span, data_hash
from claimclf.dataset import build, from_row, to_row
from claimclf.errors import DataError
from claimclf.labels import LABELS, Label
from claimclf.readers import Corpus, jsonl, read_corpus, written
from claimclf.splits import SplitSettings
from claimclf.texts import TextStore, text_sha256
from tests.conftest import write_articles, write_jsonl

SETTINGS = SplitSettings(validation=0.2, test=0.2)
TEXT = "Rain\n\nIt may stop 👍, they say. Read more"
ARTICLE = Article(
    "a",
    TEXT,
    (
        Sentence(Span(0, 4), Label.FACTUAL_REPORT, part="title"),
        Sentence(
            Span(6, 30), Label.SPECULATION, (Label.UNVERIFIED_CLAIM, Label.OFFICIAL_DENIAL),
            cues=(Span(9, 12), Span(26, 29)), sources=(Span(21, 25),), votes=(0, 1, 1, 2),
        ),
        Sentence(Span(31, 40), None),
    ),
    "rain",
    {"outlet": "Herald", "topic": "weather", "desk": "local", "style": "daily", "country": "Ireland", "licence": "CC0"},
)  # fmt: skip

disable_progress_bars()
pytestmark = pytest.mark.filterwarnings("ignore:The least populated class")


@pytest.fixture
def sources(tmp_path):
    return write_articles(tmp_path / "written", 6)


@pytest.fixture
def made(tmp_path, sources, monkeypatch):
    """A function that builds, and says whether the dataset was made anew."""
    generate, runs = dataset.ClaimDataset._generate_examples, []

    def counted(self, rows):
        runs.append(len(rows))
        return generate(self, rows)

    monkeypatch.setattr(dataset.ClaimDataset, "_generate_examples", counted)

    def run(settings=SETTINGS):
        runs.clear()
        built = build([str(sources)], settings, tmp_path / "cache")
        return built, bool(runs)

    return run


def test_sources_are_read_and_split_once(made, monkeypatch):
    calls = []
    for name in ("read_corpus", "split"):
        real = getattr(dataset, name)
        monkeypatch.setattr(dataset, name, lambda *given, name=name, real=real: calls.append(name) or real(*given))
    built, anew = made()
    assert anew and calls == ["read_corpus", "split"]
    assert {name: len(built.dataset[name]) for name in built.dataset} == {
        name: list(built.splits.of.values()).count(name) for name in built.dataset
    }


def test_the_toy_article_covers_every_kind_of_mark():
    marks = [[c.of(TEXT) for c in s.cues + s.sources] for s in ARTICLE.sentences]
    assert marks == [[], ["may", "say", "they"], []]


def test_a_row_gives_back_its_article():
    assert from_row(to_row(ARTICLE)) == ARTICLE


def test_what_a_row_does_not_carry_is_where_it_was_read_and_unknown_fields():
    known = {**ARTICLE.fields, "provenance": "x"}
    given = replace(ARTICLE, fields=known, where="a.jsonl:3")
    assert from_row(to_row(given)) == ARTICLE


def test_rows_hold_label_positions_and_minus_one_without_a_label():
    row = to_row(ARTICLE)
    assert [s["label"] for s in row["sentences"]] == [0, 3, -1]
    assert row["sentences"][1]["also"] == [1, 2]
    assert to_row(replace(ARTICLE, fields={}))["outlet"] == ""


def test_features_name_the_labels_in_order(made):
    built, _ = made()
    sentence = built.dataset["train"].features["sentences"].feature
    for label in (sentence["label"], sentence["also"].feature):
        assert isinstance(label, ClassLabel)
        assert label.names == [str(name) for name in LABELS]


def test_the_dataset_holds_every_article_in_its_split(made, sources):
    built, _ = made()
    there = read_corpus([sources]).articles
    assert built.corpus.articles == there
    assert list(built.dataset) == ["train", "validation", "test"]
    rows = {row["id"]: (name, row) for name in built.dataset for row in built.dataset[name]}
    assert {key: name for key, (name, _) in rows.items()} == built.splits.of
    for article in there:
        assert from_row(rows[article.id][1]) == replace(article, where="")
    assert {s["label"] for s in rows["bridge-0"][1]["sentences"]} == {-1, 0, 1, 2, 3}


def test_a_split_without_articles_is_an_empty_table_of_the_same_features(made):
    built, _ = made(SplitSettings(validation=0.2, test=0.0))
    assert {name: len(rows) for name, rows in built.dataset.items()} == {"train": 5, "validation": 1, "test": 0}
    assert built.dataset["test"].features == built.dataset["train"].features
    again, anew = made(SplitSettings(validation=0.2, test=0.0))
    assert not anew
    assert len(again.dataset["test"]) == 0


def test_a_dataset_is_reused_when_nothing_changed(made, sources):
    first, anew = made()
    assert anew
    for path in sources.iterdir():
        path.write_bytes(path.read_bytes())  # a new time of change, the same content
    second, anew = made()
    assert not anew
    assert {n: list(t) for n, t in first.dataset.items()} == {n: list(t) for n, t in second.dataset.items()}
    assert first.splits == second.splits
    assert first.data_hash == second.data_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("until spring.", "until autumn."),
        ("factual_report: The county", "speculation: The county"),
        ("  cue: rejected\n", ""),
        ("  also: unverified_claim\n", ""),
        ("outlet: The Orrin Gazette", "outlet: The Orrin Post"),
        ("story: bridge-3", "story: bridge-4"),
    ],
    ids=["words", "label", "cue", "also", "outlet", "story"],
)
def test_an_edited_source_is_built_anew(made, sources, old, new):
    before, _ = made()
    path = sources / "bridge-3.article"
    edited = path.read_text(encoding="utf-8").replace(old, new)
    path.write_text(edited, encoding="utf-8")
    built, anew = made()
    assert anew
    assert built.data_hash != before.data_hash
    rows = {row["id"]: from_row(row) for table in built.dataset.values() for row in table}
    assert rows["bridge-3"] == replace(next(written.read(path)), where="")


@pytest.mark.parametrize(
    "settings",
    [
        replace(SETTINGS, validation=0.4), replace(SETTINGS, test=0.4), replace(SETTINGS, seed=14),
        replace(SETTINGS, near_duplicate=0.6),
    ],
    ids=["validation", "test", "seed", "near_duplicate"],
)  # fmt: skip
def test_other_split_settings_are_built_anew(made, settings):
    before, _ = made()
    built, anew = made(settings)
    assert anew
    assert built.data_hash == before.data_hash
    assert {row["id"]: name for name in built.dataset for row in built.dataset[name]} == built.splits.of


def test_changed_builder_code_builds_anew(made, tmp_path, monkeypatch):
    code = tmp_path / "some_reader_of_a_test.py"
    code.write_text("VERSION = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import some_reader_of_a_test

    monkeypatch.setattr(dataset, "_CODE", (*dataset._CODE, some_reader_of_a_test))
    assert made()[1]
    assert not made()[1]
    code.write_text("VERSION = 2  # and more\n", encoding="utf-8")
    assert made()[1]
    del sys.modules["some_reader_of_a_test"]


def test_the_code_that_shapes_a_dataset_is_in_its_hash(tmp_path, monkeypatch):
    assert {labels, articles, readers, jsonl, written, texts, splits, sentences} <= set(dataset._CODE)
    before = dataset._cache_hash(Corpus((ARTICLE,)), SETTINGS)
    copy = tmp_path / "dataset.py"
    monkeypatch.setattr(dataset, "__file__", str(copy))
    hashes = {before}
    for content in ("one", "two"):
        copy.write_text(content, encoding="utf-8")
        hashes.add(dataset._cache_hash(Corpus((ARTICLE,)), SETTINGS))
    assert len(hashes) == 3


def test_the_data_hash_depends_on_order_and_content_alone():
    other = replace(ARTICLE, id="b")
    assert data_hash([ARTICLE, other]) != data_hash([other, ARTICLE])
    assert data_hash([replace(ARTICLE, where="x:1")]) == data_hash([ARTICLE])
    assert data_hash([replace(ARTICLE, text=TEXT[:-1] + "E")]) != data_hash([ARTICLE])


def test_all_articles_with_half_a_character_are_named(tmp_path):
    names = ("a", "b", "c", "d")
    records = [{"id": name, "text": "It rained.", "sentences": [], "provenance": "\ud83d"} for name in names]
    records[1]["text"] = "It \ud83d rained."
    records[3]["outlet"] = "\udc4d"
    path = write_jsonl(tmp_path / "half.jsonl", records)
    with pytest.raises(DataError, match=r"half a character .* mend the text") as error:
        build([str(path)], SETTINGS, tmp_path / "cache")
    assert [problem.where.rpartition("/")[2] for problem in error.value.problems] == ["half.jsonl:2", "half.jsonl:4"]


VOTES = [(0, 1, 1, 2), (0, 1, 0, 2)]


def test_the_data_hash_knows_votes_and_is_as_ever_without_them():
    first, second, third = ARTICLE.sentences
    plain = replace(ARTICLE, sentences=(first, replace(second, votes=()), third))
    assert data_hash([plain]) == "ad02d496fc9ca2ce"  # of models that were trained before there were votes
    hashes = {data_hash([replace(plain, sentences=(first, replace(second, votes=v), third))]) for v in VOTES}
    assert len(hashes | {data_hash([plain])}) == 3


def test_stand_off_articles_without_texts_are_reported_and_left_out(tmp_path, sources, monkeypatch):
    monkeypatch.setenv("CLAIMCLF_TEXTS", str(tmp_path / "texts"))
    there, gone = "The ferry sailed at dawn.", "The ferry may sail at noon."
    records = [
        {"id": name, "sha256": text_sha256(text), "characters": len(text),
         "sentences": [{"start": 0, "end": len(text), "label": "speculation"}]}
        for name, text in (("there", there), ("gone", gone))
    ]  # fmt: skip
    path = write_jsonl(tmp_path / "standoff.jsonl", records)
    TextStore.default().put(there)
    built = build([str(sources), str(path)], SETTINGS, tmp_path / "cache")
    (problem,) = built.corpus.missing
    assert problem.where.endswith("standoff.jsonl:2") and "'gone'" in problem.found
    ids = {row["id"] for table in built.dataset.values() for row in table}
    assert ids == set(built.splits.of) == {*(f"bridge-{n}" for n in range(6)), "there"}
    assert gone not in json.dumps([list(table) for table in built.dataset.values()])

    TextStore.default().put(gone)
    whole = build([str(sources), str(path)], SETTINGS, tmp_path / "cache")
    assert whole.corpus.missing == ()
    assert whole.data_hash != built.data_hash
    assert "gone" in {row["id"] for table in whole.dataset.values() for row in table}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--validation", "2", "--seed", "-1"], "validation: 2.0 is out of range\nsplit_seed: -1 is out of range"),
        (["--out", "taken"], "something else is there already"),
        (["--out", "written"], "it is what is read"),
    ],
)
def test_settings_of_a_build_are_checked(tmp_path, options, found):
    write_articles(tmp_path / "written")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").touch()
    script = Path(__file__).parents[1] / "scripts" / "build_dataset.py"
    command = [sys.executable, script, "written", "--out", "new", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, found in done.stderr) == (2, True), done.stderr
