"""Which runtime and precision are chosen, said with the reason; the same answers from each."""

import subprocess
import sys

import numpy as np
import pytest

from claimclf.errors import InputError, MissingExtraError, ModelError
from claimclf.export import export
from claimclf.predict import ClaimClassifier
from claimclf.runtime import choice, processor
from claimclf.runtime.onnx import OnnxRuntime

TEXT = "The council rejected the report. Repairs may take until spring.\n\nThe county closed the bridge."


@pytest.fixture(scope="module")
def exported(checkpoint, written, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    export(checkpoint, folder, "int8", written)
    return folder


@pytest.mark.parametrize(
    ("features", "installed", "name", "precision", "why"),
    [
        ({"avx2"}, True, "onnxruntime", "int8", "openvino is faster with AMX alone; the CPU has avx2"),
        ({"avx2", "avx_vnni"}, True, "onnxruntime", "int8", "the CPU has avx_vnni"),
        ({"avx2", "avx_vnni"}, False, "onnxruntime", "int8", "the CPU has avx_vnni"),
        ({"avx2", "avx512_vnni", "avx512_bf16"}, True, "onnxruntime", "int8", "the CPU has avx512_vnni"),
        ({"avx2", "avx512_vnni", "amx_bf16"}, True, "openvino", "bf16", "the CPU has amx_bf16"),
        ({"avx2", "avx512_vnni", "amx_bf16"}, False, "onnxruntime", "int8", "which is better on this CPU"),
        ({"asimd", "asimddp"}, True, "openvino", "fp32", "neither AMX nor VNNI"),
        (set(), False, "onnxruntime", "fp32", "no AVX2"),
    ],
)
def test_the_choice_follows_the_cpu_and_what_is_installed(
    exported, monkeypatch, features, installed, name, precision, why
):
    pytest.importorskip("openvino")
    monkeypatch.setattr(choice, "features", lambda: frozenset(features))
    monkeypatch.setattr(choice, "told", lambda: True)
    monkeypatch.setattr(choice, "find_spec", lambda package: installed or None)
    runtime = ClaimClassifier.load(exported, threads=1).runtime
    assert runtime.name.startswith(name) and runtime.name.endswith(precision) and why in runtime.why


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_features_that_cannot_be_told_are_not_said_to_be_missing(exported, monkeypatch, runtime):
    pytest.importorskip(runtime)
    monkeypatch.setattr(processor, "_flags", lambda: "\n")
    monkeypatch.setattr(choice, "features", frozenset)
    why = ClaimClassifier.load(exported, runtime=runtime, threads=1).runtime.why
    assert "the CPU's features cannot be told here" in why and "has n" not in why


def test_openvino_that_was_asked_for_takes_what_the_cpu_has(exported, monkeypatch):
    pytest.importorskip("openvino")
    for features, precision in (({"avx2"}, "fp32"), ({"avx2", "avx_vnni"}, "int8")):
        monkeypatch.setattr(choice, "features", lambda known=features: frozenset(known))
        assert ClaimClassifier.load(exported, runtime="openvino", threads=1).runtime.name.endswith(precision)


@pytest.mark.parametrize(
    ("runtime", "precision"),
    [
        ("onnxruntime", "fp32"),
        ("onnxruntime", "int8"),
        ("openvino", "fp32"),
        ("openvino", "bf16"),
        ("openvino", "int8"),
    ],
)
def test_every_precision_gives_the_labels_of_the_checkpoint(exported, checkpoint, runtime, precision):
    if runtime == "openvino":
        pytest.importorskip("openvino")
    with ClaimClassifier.load(exported, runtime=runtime, precision=precision, threads=2) as loaded:
        assert loaded.runtime.name.split()[0] == runtime and loaded.runtime.name.endswith(precision)
        found = loaded.article(TEXT).sentences
    said = ClaimClassifier.load(checkpoint).article(TEXT).sentences
    assert [s.label for s in found] == [s.label for s in said]
    far = max(
        abs(a.probabilities[k] - b.probabilities[k]) for a, b in zip(found, said, strict=True) for k in a.probabilities
    )
    assert far < 0.05
    with pytest.raises(ModelError, match="was closed"):
        loaded.article(TEXT)


def test_mistyped_names_are_answered_together():
    with pytest.raises(InputError, match=r"did you mean 'openvino'\?\n.*did you mean 'bf16'"):
        ClaimClassifier.load(runtime="open-vino", precision="bf-16")


@pytest.mark.parametrize("threads", [0, -1])
def test_there_is_at_least_one_thread(threads):
    with pytest.raises(InputError, match=f"threads {threads}: give a whole number from 1"):
        ClaimClassifier.load(threads=threads)


def test_what_cannot_be_is_said(exported, checkpoint, tmp_path, monkeypatch):
    with pytest.raises(InputError, match="onnxruntime has no precision 'bf16', but fp32, int8"):
        ClaimClassifier.load(exported, runtime="onnxruntime", precision="bf16")
    with pytest.raises(ModelError, match=r"scripts/export.py .* makes one"):
        ClaimClassifier.load(checkpoint, runtime="onnxruntime")
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'claimclf\[openvino\]'"):
        ClaimClassifier.load(exported, runtime="openvino")


def test_windows_of_an_export_are_computed_one_by_one(exported):
    shapes = []

    class Spy(OnnxRuntime):
        def logits(self, input_ids, mask):
            shapes.append(input_ids.shape[0])
            return super().logits(input_ids, mask)

    loaded = ClaimClassifier.load(exported, runtime="onnxruntime", threads=3)
    loaded.runtime = Spy(exported, 3)
    loaded.article("\n\n".join([TEXT] * 30))
    assert len(shapes) > 1 and set(shapes) == {1}


def test_a_cpu_without_a_list_of_features_has_none(monkeypatch):
    processor.features.cache_clear()
    monkeypatch.setattr(processor, "_flags", lambda: "flags : fpu AVX2 amx-bf16 amx_bf16 avx512_vnni sse")
    assert processor.features() == {"avx2", "amx_bf16", "avx512_vnni"}
    processor.features.cache_clear()
    monkeypatch.setattr(processor, "_flags", lambda: "")
    assert processor.features() == frozenset()
    processor.features.cache_clear()


def test_threads_do_not_change_a_prediction(exported):
    many = "\n\n".join([TEXT] * 40)
    one, four = (ClaimClassifier.load(exported, threads=n).article(many).sentences for n in (1, 4))
    said = [np.array(list(s.probabilities.values())) for s in one]
    assert all(np.array_equal(a, list(b.probabilities.values())) for a, b in zip(said, four, strict=True))


def test_openvino_is_imported_without_its_converter_which_stays_at_hand():
    pytest.importorskip("openvino")
    code = (
        "import sys\n"
        "from claimclf.predict import ClaimClassifier\n"
        "assert ClaimClassifier.load(runtime='openvino', threads=1).article('It rained.').sentences\n"
        "assert not [name for name in sys.modules if name.startswith(('openvino.tools', 'openvino_telemetry'))]\n"
        "import openvino, openvino.tools.ovc\n"
        "assert callable(openvino.convert_model) and callable(openvino.tools.ovc.convert_model)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_first_predictions_may_come_from_many_threads_at_once():
    pytest.importorskip("openvino")
    code = (
        "import sys, threading; from claimclf.predict import ClaimClassifier; sys.setswitchinterval(1e-6)\n"
        "loaded = ClaimClassifier.load(runtime='openvino', precision='fp32', threads=8)\n"
        "together = threading.Barrier(8)\n"
        "run = lambda: (together.wait(), loaded.article('It rained. It may snow.'))\n"
        "threads = [threading.Thread(target=run) for _ in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
