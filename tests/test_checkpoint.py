import json

import pytest
from tokenizers import Tokenizer, models

from claimclf.calibration import Calibration
from claimclf.checkpoint import FILE, FORMAT, Checkpoint, load_tokenizer
from claimclf.encoding import WindowSettings
from claimclf.errors import ModelError
from claimclf.labels import LABELS

TRAINING = {"seed": 13, "data_hash": "0f" * 8, "scores": {"test": {"macro_f1": None}}, "note": "Säule 👍"}
WHOLE = Checkpoint(WindowSettings(96, 2), Calibration(1.37), pad_id=3, name="toy", training=TRAINING)


@pytest.fixture
def folder(tmp_path):
    """A folder of a model, with a function that changes what is saved."""
    WHOLE.save(tmp_path)
    return tmp_path


def change(folder, **changes):
    content = json.loads((folder / FILE).read_text(encoding="utf-8")) | changes
    gone = {key for key, value in changes.items() if value is ...}
    kept = {key: value for key, value in content.items() if key not in gone}
    (folder / FILE).write_text(json.dumps(kept), encoding="utf-8")


def test_what_is_saved_is_loaded(folder):
    assert Checkpoint.load(folder) == WHOLE


def test_the_file_is_plain_json_and_names_the_labels(folder):
    content = json.loads((folder / FILE).read_bytes())
    assert content["format"] == FORMAT == 1
    assert content["labels"] == ["factual_report", "unverified_claim", "official_denial", "speculation"]
    assert content["windows"] == {"max_tokens": 96, "context": 2}
    assert content["calibration"] == {"temperature": 1.37}
    assert content["training"]["note"] == "Säule 👍"
    assert "Säule" in (folder / FILE).read_text(encoding="utf-8")


def test_a_model_without_a_name_is_called_by_its_folder(folder):
    change(folder, name="")
    assert Checkpoint.load(folder).name == folder.name
    change(folder, name=...)
    assert Checkpoint.load(folder).name == folder.name


def test_a_folder_without_the_file_says_how_to_get_a_model(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(ModelError) as caught:
            Checkpoint.load(folder)
        assert str(caught.value).startswith(f"{folder}: no claimclf.json")
        assert "python scripts/train.py --config" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"3", b"\xff", b'{"format": 1', b"{}"])
def test_a_damaged_file_says_to_export_again(folder, content):
    (folder / FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"claimclf\.json: damaged \(.*\); export the model again"):
        Checkpoint.load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ...}, {"windows": ...}, {"calibration": ...}, {"pad_id": ...}, {"training": ...}, {"windows": []},
        {"windows": {"max_tokens": 2, "context": 0}}, {"windows": {"max_tokens": "96"}}, {"windows": {"width": 3}},
        {"calibration": {}}, {"calibration": {"temperature": "warm"}}, {"calibration": {"temperature": None}},
        {"calibration": {"temperature": 0}}, {"calibration": {"temperature": float("nan")}}, {"pad_id": "x"},
        {"pad_id": None},
    ],
    ids=str,
)  # fmt: skip
def test_missing_and_mistyped_settings_are_damage(folder, changes):
    change(folder, **changes)
    with pytest.raises(ModelError, match=r"damaged .*; export the model again"):
        Checkpoint.load(folder)


@pytest.mark.parametrize("number", [0, FORMAT + 1, "1"])
def test_another_format_says_to_update(folder, number):
    change(folder, format=number)
    with pytest.raises(ModelError, match=f"format {number}, this version reads {FORMAT}; update claimclf"):
        Checkpoint.load(folder)


@pytest.mark.parametrize("labels", [[*LABELS[1:], LABELS[0]], list(LABELS[:3]), [*LABELS, "satire"], []])
def test_other_labels_or_another_order_are_refused(folder, labels):
    change(folder, labels=labels)
    with pytest.raises(ModelError, match=r"expected factual_report, unverified_claim, .* in this order"):
        Checkpoint.load(folder)


def test_the_tokenizer_of_a_folder(tmp_path):
    Tokenizer(models.WordLevel({"may": 0, "[UNK]": 1}, unk_token="[UNK]")).save(str(tmp_path / "tokenizer.json"))
    assert load_tokenizer(tmp_path).encode("may").ids == [0]


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_a_missing_or_damaged_tokenizer_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"tokenizer\.json: .*; a model needs its tokenizer\.json"):
        load_tokenizer(tmp_path)
