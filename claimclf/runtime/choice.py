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
from claimclf.runtime.processor import cores, features
from claimclf.runtime.torch import TorchRuntime

RuntimeName = Literal["auto", "onnxruntime", "openvino", "torch"]
Precision = Literal["auto", "fp32", "bf16", "int8"]
_PRECISIONS = {"onnxruntime": ("fp32", "int8"), "openvino": ("fp32", "bf16", "int8"), "torch": ("fp32", "bf16")}
_BF16 = ("amx_bf16", "avx512_bf16")
_INT8 = ("avx512_vnni", "avx_vnni")


def open_runtime(
    folder: Path, runtime: RuntimeName = "auto", precision: Precision = "auto", threads: int | None = None
) -> Runtime:
    """The network of the model in `folder`, opened.

    An exported model runs on OpenVINO where it is installed, else on ONNX Runtime; a training checkpoint on torch. The
    precision is the fastest whose labels are shown to be those of float32 on this kind of CPU (docs/speed.md).

    Raises:
        InputError: there is no such runtime or precision, or not together.
        ModelError: the folder has no such model, or a damaged one.
        MissingExtraError: the runtime is not installed.
    """
    problems = [
        f"{name} {given!r}: {did_you_mean(given, list(known))}"
        for name, given, known in (
            ("runtime", runtime, get_args(RuntimeName)),
            ("precision", precision, get_args(Precision)),
        )
        if given not in known
    ]
    if problems:
        raise InputError("\n".join(problems))
    exported = (folder / FILES["fp32"]).is_file()
    chosen, why = _runtime(runtime, exported)
    if precision not in ("auto", *_PRECISIONS[chosen]):
        raise InputError(f"{chosen} has no precision {precision!r}, but {', '.join(_PRECISIONS[chosen])}")
    if chosen == "torch":
        return TorchRuntime.load(folder, threads, precision, why)
    if not exported:
        raise ModelError(f"{folder} has no {FILES['fp32']}; python scripts/export.py {folder} OUT makes one")
    kind, because = _precision(chosen, precision, (folder / FILES["int8"]).is_file())
    opened = OpenVinoRuntime if chosen == "openvino" else OnnxRuntime
    return opened(folder, threads or cores(), kind, f"{why}; {because}")


def _runtime(asked: str, exported: bool) -> tuple[str, str]:
    if asked != "auto":
        return asked, f"{asked} was asked for"
    if not exported:
        return "torch", "a training checkpoint runs on torch"
    if find_spec("openvino"):
        return "openvino", "openvino is installed"
    return "onnxruntime", "openvino is not installed (pip install 'claimclf[openvino]' is faster)"


def _precision(runtime: str, asked: str, has_int8: bool) -> tuple[str, str]:
    if asked != "auto":
        if runtime == "onnxruntime" and asked == "int8" and not has_int8:
            raise ModelError(f"the model has no {FILES['int8']}; export it again")
        return asked, f"{asked} was asked for"
    here = features()
    if runtime == "openvino" and (found := [f for f in _BF16 if f in here]):
        return "bf16", f"the CPU has {found[0]}"
    if found := [f for f in _INT8 if f in here]:
        if runtime == "openvino" or has_int8:
            return "int8", f"the CPU has {found[0]}"
        return "fp32", f"the model has no {FILES['int8']}"
    return "fp32", "the CPU has neither bf16 nor VNNI, without which int8 may saturate"
