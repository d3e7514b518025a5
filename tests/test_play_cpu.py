"""On CPUs with less than this one has, played at full speed, another runtime is chosen and the labels stay."""

import json
import os
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


@pytest.fixture(scope="module")
def player(tmp_path_factory) -> Path:
    compiler = shutil.which("gcc")
    if not compiler or "cpuid_fault" not in Path("/proc/cpuinfo").read_text(encoding="utf-8"):
        pytest.skip("needs gcc, and a CPU that can play another")
    made = tmp_path_factory.mktemp("player") / "play_cpu.so"
    source = Path(__file__).parents[1] / "tools" / "play_cpu.c"
    subprocess.run(
        [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True
    )
    return made


def play(player: Path, cpu: str) -> subprocess.CompletedProcess:
    given = {**os.environ, "LD_PRELOAD": str(player), "PLAY_CPU": cpu}
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
