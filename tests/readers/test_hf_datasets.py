"""Datasets of Hugging Face: folders, Parquet and hub names, in our layout and with a row a sentence."""

import shutil

import pandas
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value, disable_progress_bars

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.dataset import build
from claimclf.errors import DataError
from claimclf.labels import LABELS, Label
from claimclf.readers import files, format_of, hf_datasets, read_corpus
from claimclf.readers.tasks import Reading
from claimclf.splits import SplitSettings
from claimclf.writers import WRITERS
from tests.conftest import write_articles
from tests.writers.articles import content

F, C, D, S = Label
NAMES = Reading({"Denial": "official_denial", "0": "factual_report"})
ROWS = {"doc_id": [7, 7, 8], "text": ["It rained 👍.", "No, he said.", "It may stop."], "label": [0, 1, -1]}
ARTICLE = Article("a", "It may stop.", (Sentence(Span(0, 12), S, (C,), cues=(Span(3, 6),)),), "", {"outlet": "Gazette"})

disable_progress_bars()
pytestmark = pytest.mark.filterwarnings("ignore:The least populated class")


def labelled(corpus):
    return [(a.id, [(s.span.of(a.text), s.label) for s in a.sentences]) for a in corpus.articles]


def sentences():
    label = ClassLabel(names=["factual report", "Denial"])
    return Dataset.from_dict(ROWS, Features({"doc_id": Value("int32"), "text": Value("string"), "label": label}))


EXPECTED = [("7", [("It rained 👍.", F), ("No, he said.", D)]), ("8", [("It may stop.", None)])]


def test_sentences_with_class_labels(tmp_path):
    sentences().save_to_disk(str(tmp_path / "one"))
    sentences().to_parquet(str(tmp_path / "two.parquet"))
    DatasetDict(train=sentences().select([1, 0]), test=sentences().select([2])).save_to_disk(str(tmp_path / "three"))
    assert labelled(read_corpus([tmp_path / "one"], NAMES)) == EXPECTED
    assert labelled(read_corpus([tmp_path / "two.parquet"], NAMES)) == EXPECTED
    corpus = read_corpus([tmp_path / "three"], NAMES)
    assert labelled(corpus) == [("7", EXPECTED[0][1][::-1]), EXPECTED[1]]
    assert corpus.notes[-1].endswith("rows by split: train 2, test 1")


def test_parquet_of_pandas(tmp_path):
    frame = pandas.DataFrame({"Satz": ["It rained.", "No."], "status": pandas.Categorical(["0", None])})
    frame[frame.status.notna() | True].to_parquet(tmp_path / "p.parquet")
    corpus = read_corpus([tmp_path / "p.parquet"], Reading(NAMES.labels, columns={"text": "Satz"}))
    assert [texts for _, texts in labelled(corpus)] == [[("It rained.", F)], [("No.", None)]]
    with pytest.raises(DataError, match="unknown label '0', 1 times"):
        read_corpus([tmp_path / "p.parquet"], Reading(columns={"text": "Satz"}))


def test_what_training_builds_is_read(tmp_path):
    source = write_articles(tmp_path / "written", 3)
    built = build([str(source)], SplitSettings(validation=0.3, test=0.3), tmp_path / "cache")
    built.dataset.save_to_disk(str(tmp_path / "saved"))
    found = {a.id: content(a) for a in read_corpus([tmp_path / "saved"]).articles}
    assert found == {a.id: content(a) for a in read_corpus([source]).articles}


def test_a_saved_dataset_in_a_folder_is_one_thing(tmp_path):
    WRITERS["datasets"]([ARTICLE], tmp_path / "in" / "data")
    WRITERS["parquet"]([Article("b", "x", ())], tmp_path / "in" / "b.parquet")
    found = files(tmp_path / "in")
    assert [(file.name, format_of(file)) for file in found] == [("b.parquet", "datasets"), ("data", "datasets")]
    assert [a.id for a in read_corpus([tmp_path / "in"]).articles] == ["b", "a"]
    DatasetDict(train=sentences()).save_to_disk(str(tmp_path / "in" / "dict"))
    assert [file.name for file in files(tmp_path / "in")] == ["b.parquet", "data", "dict"]


def test_a_hub_name_that_cannot_be_reached_is_a_typed_error(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["check", "nobody/claims-that-are-not", "--format", "datasets"]) == 3
    assert "nobody/claims-that-are-not: no dataset that can be loaded" in capsys.readouterr().err
    assert main(["check", "nobody/claims-that-are-not"]) == 3
    assert "no such file or folder" in capsys.readouterr().err


def test_wrong_rows_are_named(tmp_path):
    row = {"id": "a", "text": "It rained.", "sentences": [{"start": 0, "end": 10, "label": "denial"}]}
    beyond = {**row, "id": "b", "sentences": [{"start": 0, "end": 99, "label": None}]}
    Dataset.from_list([row, beyond, {**row, "text": None}]).to_parquet(str(tmp_path / "p.parquet"))
    with pytest.raises(DataError) as caught:
        read_corpus([tmp_path / "p.parquet"])
    first, second, third = map(str, caught.value.problems)
    assert "p.parquet: row 1: sentence 1: unknown label 'denial'; did you mean" in first
    assert "p.parquet: row 2: sentence 1: ends at 99" in second and "row 3: neither a text" in third


@pytest.mark.parametrize("cut", [0, 3, 4, 200, 900, -1, -8, -60])
def test_damaged_parquet(tmp_path, cut):
    WRITERS["parquet"]([ARTICLE] * 5, tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:cut])
    with pytest.raises(DataError, match="no dataset that can be loaded"):
        read_corpus([tmp_path / "a.parquet"])


def test_flipped_bytes_are_never_a_traceback(tmp_path):
    WRITERS["parquet"]([ARTICLE], tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    for place in range(4, len(whole), 211):
        (tmp_path / "b.parquet").write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read_corpus([tmp_path / "b.parquet"])
        except DataError as error:
            assert str(error)


@pytest.mark.parametrize("what", ["state.json", "dataset_info.json", "data-00000-of-00001.arrow"])
@pytest.mark.parametrize("how", ["missing", "empty", "list"])
def test_damaged_folders(tmp_path, what, how):
    folder = tmp_path / "d"
    WRITERS["datasets"]([ARTICLE], folder)
    if how == "missing":
        (folder / what).unlink()
    else:
        (folder / what).write_text("" if how == "empty" else "[1]")
    with pytest.raises(DataError):
        read_corpus([folder])


def test_a_dictionary_without_its_splits(tmp_path):
    DatasetDict(train=sentences()).save_to_disk(str(tmp_path / "d"))
    shutil.rmtree(tmp_path / "d" / "train")
    with pytest.raises(DataError, match="no dataset that can be loaded"):
        read_corpus([tmp_path / "d"])


def test_names_and_numbers_of_labels():
    label = ClassLabel(names=[str(label) for label in LABELS])
    assert [hf_datasets._plain(n, label) for n in (0, 3, -1, None, 4)] == [F, S, None, None, 4]
