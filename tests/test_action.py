"""The composite action: its inputs are those it uses, and its script ends as `claimclf evaluate` does."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import mislabelled

ROOT = Path(__file__).parents[1]
ACTION = ROOT / ".github" / "actions" / "evaluate"


def run(tmp_path, **inputs):
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir(exist_ok=True)
    command = bin_folder / "claimclf"
    code = "import sys; from claimclf.cli import main; sys.exit(main())"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "REPORTS": str(tmp_path / "reports"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "GITHUB_OUTPUT": str(tmp_path / "output"), **inputs,
    }  # fmt: skip
    return subprocess.run(["bash", ACTION / "evaluate.sh"], env=environment, capture_output=True, text=True)


def test_the_inputs_are_those_that_are_used():
    content = (ACTION / "action.yml").read_text(encoding="utf-8")
    declared = set(yaml.safe_load(content)["inputs"])
    assert declared == set(re.findall(r"inputs\.([a-z-]+)", content))


def test_the_workflow_gives_inputs_that_exist():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "evaluate.yml").read_text(encoding="utf-8"))
    (step,) = [s for s in workflow["jobs"]["evaluate"]["steps"] if s.get("uses") == "./.github/actions/evaluate"]
    assert set(step["with"]) <= set(yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))["inputs"])
    assert (ROOT / step["with"]["gate-config"]).is_file()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("options", "allow", "code"),
    [("--min accuracy=0", "false", 0), ("--min accuracy=1", "false", 1), ("--min f1/x=1", "false", 2)],
)
def test_the_script_ends_as_the_command_does(checkpoint, written, tmp_path, options, allow, code):
    data = mislabelled(written, tmp_path / "data")
    inputs = {"MODEL": str(checkpoint), "DATA": str(data), "OPTIONS": f"{options} --repeats 20"}
    done = run(tmp_path, **inputs, ALLOW_UNDECIDED=allow)
    assert done.returncode == code, done.stderr
    assert (tmp_path / "output").read_text(encoding="utf-8") == f"exit-code={code}\n"
    if code < 2:
        names = {path.name for path in (tmp_path / "reports").iterdir()}
        assert names == {"report.json", "report.html", "junit.xml", "pictures"}
        assert "claimclf evaluate" in (tmp_path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(("allow", "code"), [("false", 5), ("true", 0)])
def test_too_little_data_can_be_allowed(checkpoint, written, tmp_path, allow, code):
    few = str(sorted(written.glob("*.article"))[0])
    inputs = {"MODEL": str(checkpoint), "DATA": few, "OPTIONS": "--min accuracy=0 --repeats 5"}
    done = run(tmp_path, **inputs, ALLOW_UNDECIDED=allow)
    assert done.returncode == code, done.stderr
    assert "::warning::" in done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_data_and_options_may_stand_on_several_lines(checkpoint, written, tmp_path):
    first, *others = sorted(mislabelled(written, tmp_path / "data").glob("*.article"))
    inputs = {"DATA": "".join(f"{path}\n" for path in (first, *others)), "OPTIONS": "--repeats 20\n--min accuracy=1\n"}
    done = run(tmp_path, MODEL=str(checkpoint), **inputs)
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / "reports" / "report.json").read_text(encoding="utf-8"))
    assert report["articles"] == 1 + len(others) > 1
