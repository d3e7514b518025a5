"""Which runtime and precision a model runs on, from what is installed and what the CPU can do."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from claimclf.errors import InputError, ModelError
from claimclf.labels import did_you_mean
from claimclf.runtime import Runtime
from claimclf.runtime.onnx import FILES, OnnxRuntime
from claimclf.runtime.openvino import OpenVinoRuntime
from claimclf.runtime.processor import cores, features, told
from claimclf.runtime.torch import TorchRuntime

RuntimeName = Literal["auto", "onnxruntime", "openvino", "torch"]
Precision = Literal["auto", "fp32", "bf16", "int8"]
_PRECISIONS = {"onnxruntime": ("fp32", "int8"), "openvino": ("fp32", "bf16", "int8"), "torch": ("fp32", "bf16")}
_AMX = "amx_bf16"  # bf16 without its tiles is slower than int8
_VNNI = ("avx512_vnni", "avx_vnni")


def open_runtime(
    folder: Path, runtime: RuntimeName = "auto", precision: Precision = "auto", threads: int | None = None
) -> Runtime:
    """The network of the model in `folder`, opened.

    An exported model runs on OpenVINO in bf16 where that is installed and the CPU has AMX; else on ONNX Runtime in int8
    where the CPU has AVX2; else in float32. A training checkpoint runs on torch. Labels are then nearly all those of
    float32 on each kind of CPU (docs/speed.md).

    Raises:
        InputError: there is no such runtime or precision, or not together; or threads are below 1.
        ModelError: the folder has no such model, or a damaged one.
        MissingExtraError: the runtime is not installed.
    """
    problems = [
        f"{name} {given!r}: {did_you_mean(str(given), list(known))}"
        for name, given, known in (
            ("runtime", runtime, get_args(RuntimeName)),
            ("precision", precision, get_args(Precision)),
        )
        if given not in known
    ]
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        problems.append(f"threads {threads!r}: give a whole number from 1, or leave it out for all cores")
    if problems:
        raise InputError("\n".join(problems))
    exported, int8 = ((folder / FILES[kind]).is_file() for kind in ("fp32", "int8"))
    chosen, why = _runtime(runtime, precision, exported, int8)
    if precision not in ("auto", *_PRECISIONS[chosen]):
        raise InputError(f"{chosen} has no precision {precision!r}, but {', '.join(_PRECISIONS[chosen])}")
    if chosen == "torch":
        return TorchRuntime.load(folder, threads, precision, why)
    if not exported:
        raise ModelError(f"{folder} has no {FILES['fp32']}; python scripts/export.py {folder} OUT makes one")
    kind, because = _precision(chosen, precision, int8)
    opened = OpenVinoRuntime if chosen == "openvino" else OnnxRuntime
    return opened(folder, threads or cores(), kind, f"{why}; {because}")


def _runtime(asked: str, precision: str, exported: bool, int8: bool) -> tuple[str, str]:
    if asked != "auto":
        return asked, f"{asked} was asked for"
    if not exported:
        return "torch", "a training checkpoint runs on torch"
    if not find_spec("openvino"):
        faster = ", which is better on this CPU" if precision == "auto" and _AMX in features() else ""
        return "onnxruntime", f"openvino is not installed (pip install 'claimclf[openvino]'{faster})"
    if precision == "auto" and int8 and "avx2" in features() and _AMX not in features():
        return "onnxruntime", "openvino is faster with AMX alone"
    return "openvino", "openvino is installed"


def _precision(runtime: str, asked: str, int8: bool) -> tuple[str, str]:
    here, untold = features(), "the CPU's features cannot be told here"
    if asked != "auto":
        if runtime == "onnxruntime" and asked == "int8" and not int8:
            raise ModelError(f"the model has no {FILES['int8']}; export it again")
        return asked, f"{asked} was asked for"
    if runtime == "openvino":
        if _AMX in here:
            return "bf16", f"the CPU has {_AMX}"
        if found := [f for f in _VNNI if f in here]:
            return "int8", f"the CPU has {found[0]}"
        return "fp32", "the CPU has neither AMX nor VNNI" if told() else untold
    if "avx2" not in here:
        return "fp32", f"{'the CPU has no AVX2' if told() else untold}, and int8 was proved on AVX2"
    if not int8:
        return "fp32", f"the model has no {FILES['int8']}"
    return "int8", f"the CPU has {next((f for f in _VNNI if f in here), 'avx2')}"
