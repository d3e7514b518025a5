"""`claimclf evaluate`: the gate, baselines, behaviour, reports and exit codes."""

import html
import json
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from claimclf.cli import main
from tests.conftest import mislabelled
from tests.readers.test_cases import CASE, write

RULES = [
    (["--min", "accuracy=0"], 0, "passed     min accuracy=0"),
    (["--min", "accuracy=0", "--min", "accuracy=1"], 1, "FAILED     min accuracy=1"),
    (["--min", "auprc/official_denial=0"], 0, "passed"),
    (["--baseline", "SELF", "--max-drop", "macro_f1=0", "--gate", "lower-bound"], 0, "passed     max-drop macro_f1=0"),
    (["--baseline", "SELF", "--max-drop", "macro_f1=.02", "--gate", "non-inferiority"], 0, "passed     max-drop"),
]


@pytest.mark.parametrize(("options", "code", "shown"), RULES)
def test_the_gate(checkpoint, written, tmp_path, capsys, options, code, shown):
    data = mislabelled(written, tmp_path / "data") if code else written
    options = [str(checkpoint) if option == "SELF" else option for option in options]
    assert main(["evaluate", str(checkpoint), str(data), "--repeats", "20", *options]) == code
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--min", "accuracy"], "write NAME=NUMBER"),
        (["--min", "f2=1"], "there is no score 'f2'"),
        (["--max-drop", "accuracy=.1"], "needs --baseline"),
        (["--gate", "lower"], "did you mean 'lower-bound'"),
        (["--repeats", "0"], "give at least 1"),
        (["--seed", "-1"], "--seed -1: give"),
        (["--min", "behaviour/all=.5"], "there is no score"),
        (["--gate-config", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_mistakes_are_usage_errors_found_before_the_model_is_loaded(written, capsys, options, found):
    assert main(["evaluate", "no-model", str(written), *options]) == 2
    assert found in capsys.readouterr().err.replace("\n", " ")


def test_nothing_to_evaluate_on(capsys):
    assert main(["evaluate", "shipped"]) == 2
    assert "give DATA, or --behaviour" in capsys.readouterr().err
    assert main(["evaluate", "shipped", "--behaviour", "--cases", "nowhere"]) == 3


def test_too_little_data_is_undecided(checkpoint, written, capsys, tmp_path):
    few = sorted(written.glob("*.article"))[0]
    out = tmp_path / "junit.xml"
    command = ["evaluate", str(checkpoint), str(few), "--repeats", "5", "--min", "accuracy=0", "--junit", str(out)]
    assert main(command) == 5
    assert "undecided" in capsys.readouterr().out
    assert ElementTree.parse(out).getroot().find("testcase/skipped") is not None


def test_bad_and_empty_data(checkpoint, tmp_path, capsys):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "a", "text": "It rained.", "sentences": [{"start": 0}]}\n', encoding="utf-8")
    assert main(["evaluate", str(checkpoint), str(path)]) == 3
    assert f"{path}:1: sentence 1: no field 'end'" in capsys.readouterr().err
    path.write_text("", encoding="utf-8")
    assert main(["evaluate", str(checkpoint), str(path)]) == 3
    assert "an empty file" in capsys.readouterr().err
    assert main(["evaluate", "no-model", str(sorted(tmp_path.iterdir())[0])]) == 3


def test_a_stored_report_is_a_baseline_for_the_same_data_alone(checkpoint, written, tmp_path, capsys):
    report = tmp_path / "last.json"
    command = ["evaluate", str(checkpoint), str(written), "--repeats", "20"]
    assert main([*command, "--json", str(report)]) == 0
    assert main([*command, "--baseline", str(report), "--max-drop", "macro_f1=0"]) == 0
    assert "0 sentences gained, 0 lost" in capsys.readouterr().out
    other = tmp_path / "other"
    shutil.copytree(written, other)
    next(other.glob("*-3.article")).unlink()
    assert main(["evaluate", str(checkpoint), str(other), "--repeats", "20", "--baseline", str(report)]) == 3
    assert "a report on data" in capsys.readouterr().err
    assert main([*command, "--end-to-end", "--baseline", str(report)]) == 3
    assert "a report on boundaries given" in capsys.readouterr().err
    report.write_text("{}", encoding="utf-8")
    assert main([*command, "--baseline", str(report)]) == 3
    assert "no report of `claimclf evaluate --json`" in capsys.readouterr().err


def test_a_stored_report_says_what_a_model_says(checkpoint, written, tmp_path, capsys):
    report = tmp_path / "shipped.json"
    assert main(["evaluate", "shipped", str(written), "--repeats", "50", "--json", str(report)]) == 0
    capsys.readouterr()
    shown = []
    for baseline in ("shipped", str(report)):
        main(["evaluate", str(checkpoint), str(written), "--repeats", "50", "--baseline", baseline])
        shown.append(capsys.readouterr().out.partition("against ")[2].partition("\n")[2])
    assert shown[0] == shown[1]
    assert re.search(r"^macro_f1 +-?\.\d+ \[", shown[0], flags=re.MULTILINE)


def test_a_model_that_predicts_one_label_fails(checkpoint, written, tmp_path, capsys):
    """Its head is made to say `factual_report` whatever it reads."""
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "constant"
    shutil.copytree(checkpoint, folder)
    weights = load_file(folder / "model.safetensors")
    weights["classifier.weight"].zero_()
    weights["classifier.bias"].copy_(weights["classifier.bias"].new_tensor([9.0, 0, 0, 0]))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert main(["evaluate", str(folder), str(written), "--repeats", "20", "--min", "macro_f1=.5"]) == 1
    assert re.search(r"official_denial +12 +(\.000 \[\.000, \.000\] +){3}", capsys.readouterr().out)


def test_every_report_is_written(checkpoint, written, tmp_path, capsys):
    cases = write(tmp_path / "pleas.cases", {**CASE, "held_out": True})
    out = tmp_path / "out"
    options = [
        "--json", out / "r.json", "--html", out / "r.html", "--pictures", out / "pictures", "--junit", out / "r.xml",
        "--github-summary", tmp_path / "summary.md", "--baseline", "shipped", "--behaviour", "--cases", cases,
        "--min", "behaviour/all=0", "--min", "accuracy=1", "--slice", "part", "--coverage", ".8",
    ]  # fmt: skip
    command = ["evaluate", checkpoint, mislabelled(written, tmp_path / "data"), "--repeats", "20", *options]
    assert main([str(part) for part in command]) == 1
    document = json.loads((out / "r.json").read_text(encoding="utf-8"))
    assert {"scores", "changes", "behaviour", "verdicts", "sample", "sets"} <= set(document)
    suite = ElementTree.parse(out / "r.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "1")
    assert len(list((out / "pictures").iterdir())) == 8
    assert "| FAILED | min accuracy=1 |" in (tmp_path / "summary.md").read_text(encoding="utf-8").replace("\\", "")
    assert "<h2>Gate</h2>" in (out / "r.html").read_text(encoding="utf-8")
    assert "behaviour" in capsys.readouterr().out


def test_behaviour_alone(checkpoint, tmp_path, capsys):
    cases = write(tmp_path / "pleas.cases", CASE)
    command = ["evaluate", str(checkpoint), "--behaviour", "--cases", str(cases), "--html", str(tmp_path / "b.html")]
    assert main(command) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"model:.+@\w+\|runtime:.+\|guidelines:.+\|claimclf:.+\|cases:\w+", last)
    assert last in html.unescape((tmp_path / "b.html").read_text(encoding="utf-8"))
    assert main([*command[:2], *command[3:5], "--json", str(tmp_path / "b.json")]) == 0  # --cases says it by itself
    report = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert "|".join(f"{key}:{value}" for key, value in report["signature"].items()) == last
    assert "pleas" in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_a_rule_on_a_family_of_which_no_case_is_held_out_is_a_usage_error(tmp_path, capsys):
    cases = write(tmp_path / "pleas.cases", {**CASE, "held_out": False})
    assert main(["evaluate", "no-model", "--behaviour", "--cases", str(cases), "--min", "behaviour/pleas=.7"]) == 2
    assert "there is no score 'behaviour/pleas'" in capsys.readouterr().err.replace("\n", " ")


def test_slices_that_are_none_are_said(checkpoint, written, capsys):
    assert main(["evaluate", str(checkpoint), str(written), "--slice", "outlt", "--slice", "cue"]) == 2
    assert "no article has a field 'outlt'; did you mean 'outlet'?" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to(checkpoint, written, tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    command = ["evaluate", str(checkpoint), str(written), "--repeats", "5", "--json", str(tmp_path / "file" / "r.json")]
    assert main(command) == 4
    assert "file" in capsys.readouterr().err


def test_a_missing_extra_is_said_before_the_model_runs(written, tmp_path, capsys, monkeypatch):
    for name in ("claimclf.report", "claimclf.pictures"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert main(["evaluate", "no-model", str(written), "--html", str(tmp_path / "r.html")]) == 4
    assert "pip install 'claimclf[report]'" in capsys.readouterr().err


def test_the_signature_is_last_and_names_the_baseline(checkpoint, written, tmp_path, capsys):
    command = ["evaluate", str(checkpoint), str(written), "--repeats", "5"]
    assert main([*command, "--json", str(tmp_path / "old.json")]) == 0
    alone = capsys.readouterr().out.splitlines()[-1]
    model = re.search(r"model:([^|]+)", alone)[1]
    for baseline in (str(checkpoint), str(tmp_path / "old.json")):
        assert main([*command, "--baseline", baseline, "--min", "accuracy=0"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == f"{alone}|baseline:{model}"


@pytest.mark.parametrize("spoil", ["null", "9", "-0.1"])
def test_a_report_whose_probabilities_are_none_is_no_baseline(checkpoint, written, tmp_path, capsys, spoil):
    report = tmp_path / "old.json"
    command = ["evaluate", str(checkpoint), str(written), "--repeats", "5"]
    assert main([*command, "--json", str(report)]) == 0
    content = json.loads(report.read_text(encoding="utf-8"))
    content["sample"]["probabilities"][3] = [json.loads(spoil)] * 4
    report.write_text(json.dumps(content), encoding="utf-8")
    assert main([*command, "--baseline", str(report), "--max-drop", "macro_f1=.02"]) == 3
    assert "no report of" in capsys.readouterr().err


def test_a_verdict_stands_though_nobody_reads_it(checkpoint, written, tmp_path):
    data, out = mislabelled(written, tmp_path / "data"), tmp_path / "out.xml"
    options = ["--repeats", "5", "--min", "accuracy=1", "--junit", str(out)]
    command = [sys.executable, "-m", "claimclf", "evaluate", str(checkpoint), str(data), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        process.stdout.close()
        assert process.wait() == 1
    assert out.is_file()


@pytest.mark.parametrize("options", [["--coverage", "1.5"], ["--precision", "fp23"], ["--format", "nosuch"]])
def test_settings_that_cannot_be_are_usage_errors(written, options):
    assert main(["evaluate", "shipped", str(written), *options]) == 2


def test_a_report_that_cannot_be_written_takes_nothing_of_what_was_found(checkpoint, written, tmp_path, capsys):
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "report.json"
    assert main(["evaluate", str(checkpoint), str(written), "--repeats", "5", "--json", str(out)]) == 4
    said = capsys.readouterr()
    assert "macro_f1" in said.out and str(tmp_path / "file") in said.err
