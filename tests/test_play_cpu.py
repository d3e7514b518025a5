"""On CPUs with less than this one has, played at full speed, another runtime is chosen and the labels stay."""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import json
from claimclf.predict import ClaimClassifier
from claimclf.runtime.processor import features
text = "The bank denied the report. It may sue. The council met on Monday.\\n\\nThe mayor said the bridge was safe."
said = [ClaimClassifier.load(precision=p, threads=1) for p in ("auto", "fp32")]
labels = [[str(s.label) for s in loaded.article(text).sentences] for loaded in said]
print(json.dumps([sorted(features()), said[0].runtime.name, *labels]))
"""


ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def player(tmp_path_factory) -> dict[str, str]:
    """The environment in which another CPU is played: this one's faults, or where it has none, planted ones."""
    compiler, folder = shutil.which("gcc"), tmp_path_factory.mktemp("player")
    if not compiler or platform.machine() != "x86_64":
        pytest.skip("needs gcc and an x86-64 CPU")
    command = [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", folder / "play_cpu.so"]
    subprocess.run([*command, ROOT / "tools" / "play_cpu.c", "-ldl"], check=True)
    given = {**os.environ, "LD_PRELOAD": str(folder / "play_cpu.so")}
    if "cpuid_fault" in Path("/proc/cpuinfo").read_text(encoding="utf-8"):
        return given
    if not shutil.which("objdump"):
        pytest.skip("needs objdump on a CPU without cpuid_fault")
    plant = [sys.executable, ROOT / "tools" / "plant_cpuid.py", folder / "played", "onnxruntime"]
    assert "onnxruntime" in subprocess.run(plant, capture_output=True, text=True, check=True).stdout
    return {**given, "PLANTED": "1", "PYTHONPATH": str(folder / "played")}


def play(player: dict[str, str], cpu: str) -> subprocess.CompletedProcess:
    given = {**player, "PLAY_CPU": cpu}
    return subprocess.run([sys.executable, "-c", CODE], env=given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("cpu", ["avx2", "vnni", "bf16"])
def test_without_amx_int8_is_chosen_and_labels_stay(player, cpu):
    done = play(player, cpu)
    assert done.returncode == 0, done.stderr
    features, name, chosen, exact = json.loads(done.stdout)
    assert not any(feature.startswith("amx") for feature in features)
    assert cpu != "avx2" or features == ["avx2"]
    assert name.startswith("onnxruntime") and name.endswith("int8")
    assert chosen == exact and len(chosen) == 4


def test_an_unknown_cpu_is_said(player):
    done = play(player, "avx3")
    assert done.returncode == 2 and "only avx2, vnni and bf16 are known" in done.stderr
