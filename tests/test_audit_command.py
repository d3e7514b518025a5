"""`claimclf audit`: what it prints and writes, and its exit codes."""

import json

import pytest

from claimclf.cli import main
from tests.conftest import write_articles, write_jsonl


@pytest.fixture
def data(tmp_path):
    folder = write_articles(tmp_path / "data", 12)
    wrong = folder / "bridge-3.article"
    said = wrong.read_text(encoding="utf-8")
    wrong.write_text(said.replace("speculation: Repairs", "official_denial: Repairs"), encoding="utf-8")
    return folder


def test_a_wrong_label_is_found_and_written(data, tmp_path, capsys):
    html, jsonl = tmp_path / "out" / "a.html", tmp_path / "out" / "s.jsonl"
    jsonl.parent.mkdir()
    for path in (html, jsonl):
        path.write_text("earlier")
        path.with_suffix(".kept").hardlink_to(path)
    assert main(["audit", str(data), "--cross-validate", "--top", "3", "--html", str(html), "--jsonl", str(jsonl)]) == 0
    first, *_ = rows = [json.loads(line) for line in jsonl.read_text(encoding="utf-8").splitlines()]
    assert (first["article"], first["given"], first["suggested"]) == ("bridge-3", "official_denial", "speculation")
    assert first["where"].endswith("bridge-3.article:1")
    assert [row["kind"] for row in rows].count("suspect") <= 3
    shown = capsys.readouterr().out
    assert "official_denial → speculation  bridge-3:" in shown
    assert "probabilities out of fold: TF-IDF" in shown
    assert "suggested speculation" in html.read_text(encoding="utf-8")
    assert {path.read_text() for path in jsonl.parent.glob("*.kept")} == {"earlier"}  # reports are replaced whole


def test_suspects_go_back_into_a_tool_with_their_labels(data, tmp_path, capsys):
    out = tmp_path / "again.json"
    assert main(["audit", str(data), "--cross-validate", "--top", "3", "--tasks", str(out)]) == 0
    assert "articles with suspects written to" in capsys.readouterr().out
    task = json.loads(out.read_text(encoding="utf-8"))[0]
    assert task["data"]["audit_suspects"] >= 1 and "speculation" in task["data"]["audit_why"]
    (prediction,) = task["predictions"]
    labels = [label for region in prediction["result"] for label in region["value"].get("labels", [])]
    assert len(prediction["result"]) == 5 and "official_denial" in labels
    task["annotations"] = [{"id": 1, "completed_by": 1, "was_cancelled": False, "result": prediction["result"]}]
    out.write_text(json.dumps([task]), encoding="utf-8")
    assert main(["check", str(out)]) == 0
    assert "5 labelled sentences" in capsys.readouterr().out


@pytest.mark.parametrize("tool", ["prodigy", "doccano"])
def test_every_tool_takes_sentences_with_a_second_label(data, tmp_path, tool):
    out = tmp_path / "again.jsonl"
    assert main(["audit", str(data), "--cross-validate", "--top", "3", "--tasks", str(out), "--to", tool]) == 0
    task = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert len(task["spans" if tool == "prodigy" else "label"]) == 6  # five sentences, one of them with an `also`


def test_an_id_in_two_splits_is_a_leak_and_no_error(data, tmp_path, capsys):
    other = tmp_path / "dev"
    other.mkdir()
    (other / "bridge-1.article").write_bytes((data / "bridge-1.article").read_bytes())
    assert main(["audit", "--split", f"train={data}", "--split", f"dev={other}", "--cross-validate"]) == 0
    assert "same id, 100% alike: bridge-1 in train | bridge-1 in dev" in capsys.readouterr().out


def test_a_model_judges(data, capsys):
    assert main(["audit", str(data), "--model", "shipped"]) == 0
    assert "out of fold only if" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cross-validate"], "nothing to audit"),
        (["x", "--split", "a=b", "--cross-validate"], "not both"),
        (["--split", "train", "--cross-validate"], "write NAME=PATH"),
        (["x", "--cross-validate", "--folds", "1"], "2 folds"),
        (["x", "--cross-validate", "--top", "0"], "1 suspect"),
        (["x", "--cross-validate", "--seed", "-1"], "--seed -1: give"),
        (["x", "--cross-validate", "--seed", "4294967296"], "between 0 and 4294967295"),
    ],
)
def test_usage_errors_exit_with_2(arguments, said, capsys):
    assert main(["audit", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_bad_data_exit_with_3(tmp_path, capsys):
    (tmp_path / "a.article").write_text("id: a\n\ndenial: No.\n", encoding="utf-8")
    assert main(["audit", str(tmp_path), "--cross-validate"]) == 3
    assert "a.article:3: unknown label 'denial'" in capsys.readouterr().err
    assert main(["audit", str(tmp_path / "none"), "--cross-validate"]) == 3
    empty = write_jsonl(tmp_path / "a.jsonl", [{"id": "a", "text": "It rained.", "sentences": []}])
    assert main(["audit", str(empty), "--cross-validate"]) == 3
    assert "no labelled sentence" in capsys.readouterr().err
