"""Exported models on ONNX Runtime, which is in the core install.

Its own packages report to Microsoft unless they are told not to, by a thread that keeps forked processes from ending
and a file of this machine's number. They are told so here, before the import, unless the environment says otherwise.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import InputError, ModelError
from claimclf.runtime.processes import PerProcess

FILES = {"fp32": "model.onnx", "int8": "model.int8.onnx"}
_SLOW_FUSIONS = ["SkipLayerNormFusion"]  # its kernel takes eight times as long as the two it replaces


class OnnxRuntime:
    """Runs `model.onnx` in float32, or `model.int8.onnx` with activations in int8, too, which takes a window a call."""

    batch_tokens = 0
    step = 1

    def __init__(self, folder: Path, threads: int, precision: str = "fp32", why: str = "it was asked for") -> None:
        onnxruntime = _onnxruntime()
        self.name = f"onnxruntime {onnxruntime.__version__} {precision}"
        self.why, self.threads = why, threads
        self._path, self._alone = folder / FILES[precision], precision == "int8"
        self._session: PerProcess[Any] = PerProcess(self._open)

    def _open(self) -> Any:
        onnxruntime = _onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # windows are what runs side by side
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Weights are stored in int8 and computed in float32: unfolded, they would be unpacked at every call.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            return onnxruntime.InferenceSession(
                str(self._path), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW_FUSIONS
            )
        except Exception as error:  # onnxruntime raises its own classes, none of them public
            raise ModelError(f"{self._path}: {error}; export the model again") from error

    def logits(self, input_ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (windows, tokens, labels) of ids and attention mask (windows, tokens).

        Threads may share a runtime. In a forked process the session is opened anew.

        Raises:
            InputError: in int8, there is more than one window, or padding.
            ModelError: the runtime was closed.
        """
        if self._alone and (len(mask) != 1 or not mask.all()):
            raise InputError(f"{self.name} takes one window a call, without padding; these are {len(mask)}")
        output: Any = self._session.get().run(["logits"], {"input_ids": input_ids, "attention_mask": mask})[0]
        return np.asarray(output, dtype=np.float32)

    def close(self) -> None:
        """Give memory and threads back; a closed runtime cannot run."""
        self._session.close()


def _onnxruntime() -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    return import_module("onnxruntime")
