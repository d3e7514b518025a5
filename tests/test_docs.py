"""The docs cannot go stale: what the README shows runs, and what it names exists."""

import re
from pathlib import Path

import pytest
import yaml

from claimclf.cli import main
from claimclf.gains import kept, table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/evaluation.md",
    "docs/annotations.md",
    "docs/formats.md",
    "docs/errors.md",
    "docs/speed.md",
    "docs/training.md",
    "docs/label-studio.md",
    "seeds/README.md",
    "claimclf/shipped/MODEL_CARD.md",
]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def test_the_python_of_the_readme_runs(capsys):
    for code in blocks("python"):
        exec(compile(code, "README.md", "exec"), {})
    assert "0 27 official_denial" in capsys.readouterr().out


def test_the_python_of_the_docs_runs(capsys):
    for path in sorted((ROOT / "docs").glob("*.md")):
        for code in blocks("python", path.read_text(encoding="utf-8")):
            exec(compile(code, str(path), "exec"), {})
    assert "official_denial ['official_denial'" in capsys.readouterr().out


def test_the_action_of_the_readme_is_that_of_the_sample_workflow():
    (step,) = yaml.safe_load(blocks("yaml")[0])
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "evaluate.yml").read_text(encoding="utf-8"))
    assert step in workflow["jobs"]["evaluate"]["steps"]


def test_every_option_of_evaluate_that_the_docs_name_exists(capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    named = set(re.findall(r"`(--[a-z-]+)", (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")))
    assert len(named) > 10
    assert named <= known


def test_the_commands_of_the_label_studio_round_print_what_it_shows(tmp_path, capsys):
    (block,) = blocks("console", (ROOT / "docs" / "label-studio.md").read_text(encoding="utf-8"))
    for run in block.split("$ claimclf ")[1:]:
        command, *shown = run.splitlines()
        out = str(tmp_path / "mine.jsonl")
        assert main(command.replace("mine.jsonl", out).split()) == 0
        printed = capsys.readouterr().out.replace(out, "mine.jsonl").splitlines()
        assert [line for line in printed if line in shown] == shown


@pytest.mark.parametrize("plan", ["choices", "learning_curve", "teachers", "encoders"])
def test_the_tables_of_the_experiments_are_those_of_the_results_kept(plan):
    runs = kept(ROOT / "docs" / "results" / f"{plan}.jsonl")
    assert table(runs) in (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    names = yaml.safe_load((ROOT / "configs" / "experiments" / f"{plan}.yaml").read_text(encoding="utf-8"))["runs"]
    assert {one.name for one in runs} <= set(names)


def test_the_first_two_blocks_are_set_up_with_predict_and_with_tests():
    first, second, *_ = blocks("bash")
    assert "claimclf predict examples/" in first
    assert "-m pytest" in second


def test_the_written_example_of_the_readme_is_in_order(tmp_path):
    from claimclf.readers import written

    (example,) = re.findall(r"^```\n(id: .*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
    path = tmp_path / "orrin-bridge.article"
    path.write_text(example, encoding="utf-8")
    assert len(next(written.read(path)).sentences) == 3


@pytest.mark.parametrize("name", DOCS)
def test_files_that_are_named_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|md|yaml|jsonl|txt))`", text)
    base = ROOT / "seeds" if name.startswith("seeds/") else ROOT
    missing = [n for n in named if not (ROOT / n).exists() and not (base / n).exists()]
    assert not missing


def test_every_module_is_on_a_floor():
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = {p.name for p in (ROOT / "claimclf").glob("*.py")} - {"__init__.py"}
    assert not [m for m in modules if f"`{m}`" not in table]
    floors = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert not [m for m in modules if f"claimclf.{m.removesuffix('.py')}" not in floors]
