"""The command line: outputs, exit codes, and errors that say what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from claimclf.cli import main
from tests.conftest import write_articles

TEXT = "Storm hits coast\n\nThe governor denied the report. Damage could exceed 2 million euros."


@pytest.fixture
def article(tmp_path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    return path


def test_the_view_for_people(article, capsys):
    assert main(["predict", str(article)]) == 0
    shown = capsys.readouterr().out
    assert "3 sentences: " in shown
    assert "official denial" in shown
    assert "speculation" in shown
    assert "Damage could exceed 2 million euros." in shown


def test_json_has_exact_offsets_of_the_file_as_it_stands(article, capsys):
    assert main(["predict", str(article), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    text = article.read_bytes().decode()
    assert "\r\n" in text
    assert document["file"] == str(article)
    assert [text[s["start"] : s["end"]] for s in document["sentences"]] == [s["text"] for s in document["sentences"]]


def test_jsonl_and_several_files(article, tmp_path, capsys):
    other = tmp_path / "b.txt"
    other.write_text("It may rain.", encoding="utf-8")
    assert main(["predict", str(article), str(other), "--jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(row["file"]).name for row in rows] == ["article.txt", "b.txt"]
    assert main(["predict", str(article), str(other), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_an_output_that_is_no_utf8_says_what_it_can(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("It may rain in Łódź 👍.", encoding="utf-8")
    code = "import sys; from claimclf.cli import main; sys.exit(main(['predict', sys.argv[1]]))"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=environment, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"It may rain in ??d? ?." in done.stdout


def test_standard_input():
    code = "import sys; from claimclf.cli import main; sys.exit(main(['predict', '-', '--jsonl']))"
    done = subprocess.run([sys.executable, "-c", code], input=b"It may rain.", capture_output=True, check=True)
    (sentence,) = json.loads(done.stdout)["sentences"]
    assert sentence["label"] == "speculation"


def test_one_bad_file_does_not_fail_the_others(article, tmp_path, capsys):
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"It \xff rained.")
    assert main(["predict", str(tmp_path / "none.txt"), str(bad), str(article), "--jsonl"]) == 3
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert "none.txt: cannot be read" in captured.err
    assert "bad.txt: not UTF-8 at byte 3" in captured.err


def test_hard_wrapped_text(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("The council rejected\nthe report.", encoding="utf-8")
    assert main(["predict", str(path), "--jsonl", "--hard-wrapped"]) == 0
    assert len(json.loads(capsys.readouterr().out)["sentences"]) == 1


def test_a_text_without_a_letter(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("...", encoding="utf-8")
    assert main(["predict", str(path)]) == 0
    assert "no sentence to classify" in capsys.readouterr().out


def test_a_model_that_is_not_there(article, capsys):
    assert main(["predict", str(article), "--model", "nowhere"]) == 4
    assert "no folder 'nowhere'" in capsys.readouterr().err


def test_check(tmp_path, capsys):
    folder = write_articles(tmp_path / "good", 3)
    assert main(["check", str(folder)]) == 0
    assert "3 articles in order, 15 labelled sentences" in capsys.readouterr().out.replace("\n", " ")
    (folder / "bridge-0.article").write_text("id: bridge-0\n\ndenial: No.\n", encoding="utf-8")
    assert main(["check", str(folder)]) == 3
    assert "bridge-0.article:3: unknown label 'denial'; did you mean 'official_denial'?" in capsys.readouterr().err


def test_usage_errors_exit_with_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["predict", "--unknown"])
    assert caught.value.code == 2
    assert main(["predict"]) == 2
    assert "claimclf predict --jsonl < articles.jsonl" in capsys.readouterr().err


def test_a_stream_of_json_lines():
    lines = [
        json.dumps({"id": 1, "text": "It may rain."}), "{broken", json.dumps({"id": 3}), "",
        json.dumps({"id": 4, "text": "..."}), json.dumps({"id": 5, "text": "It rained."}),
    ]  # fmt: skip
    code = "import sys; from claimclf.cli import main; sys.exit(main(['predict', '--jsonl']))"
    done = subprocess.run([sys.executable, "-c", code], input="\n".join(lines).encode(), capture_output=True)
    assert done.returncode == 3
    assert b"2 lines failed" in done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("id") for row in rows] == [1, None, None, 4, 5]
    assert [row.get("line") for row in rows] == [None, 2, 3, None, None]
    assert "Expecting property name" in rows[1]["error"]
    assert [len(row["sentences"]) for row in rows] == [1, 0, 0, 0, 1]
    assert not any("text" in row for row in rows)


def streamed(*lines):
    code = "import sys; from claimclf.cli import main; sys.exit(main(['predict', '--jsonl', '--threads', '1']))"
    done = subprocess.run([sys.executable, "-c", code], input=b"\n".join(lines), capture_output=True)
    return done.returncode, [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]


def test_lines_of_a_stream_are_strict_json():
    bad = ('{"text": "It rained.", "text": "It may."}', '{"text": "A", "x": NaN}', '{"text": "A", "x": -1e999}')
    code, rows = streamed('\ufeff{"id": 1, "text": "It rained."}'.encode(), *(line.encode() for line in bad))
    assert code == 3
    assert (rows[0]["id"], len(rows[0]["sentences"]), "error" in rows[0]) == (1, 1, False)
    assert [(row["line"], row["error"]) for row in rows[1:]] == [
        (2, "the key 'text' stands twice in an object"), (3, "NaN is not JSON"), (4, "-1e999 is beyond all numbers"),
    ]  # fmt: skip
    assert not any(row["sentences"] for row in rows[1:])


def test_what_a_line_has_under_keys_of_the_output_comes_back_apart():
    own = {"schema": 7, "model": "mine", "sentences": [1], "error": "none", "line": 9, "input": {}}
    code, (row,) = streamed(json.dumps({"id": 1, "text": "It rained.", **own}).encode())
    assert (code, row["input"], row["id"]) == (0, own, 1)
    assert (row["schema"], len(row["sentences"]), "error" in row) == (1, 1, False)


def test_check_names_texts_that_training_would_refuse(tmp_path, capsys):
    records = [{"id": name, "text": text, "sentences": []} for name, text in (("a", "It rained."), ("b", "\ud83d!"))]
    path = tmp_path / "half.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert main(["check", str(path)]) == 3
    assert f"{path}:2: it holds half a character" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", ["predict", "check"])
def test_help_teaches(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "Exit code" in capsys.readouterr().out or command == "predict"
