"""Exported models on OpenVINO, the fastest on CPUs of Intel and AMD: `pip install 'claimclf[openvino]'`."""

from __future__ import annotations

from pathlib import Path
from queue import LifoQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import ModelError, needs_extra
from claimclf.runtime.onnx import FILES
from claimclf.runtime.processes import PerProcess

_SETTINGS: dict[str, dict[str, Any]] = {
    "fp32": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0},
    "bf16": {"INFERENCE_PRECISION_HINT": "bf16", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0},
    # int8 activations with a scale for each 64 values of a token
    "int8": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 64},
}


class OpenVinoRuntime:
    """Runs `model.onnx` in fp32, bf16 or int8; as many windows at once as `threads`."""

    batch_tokens = 0
    step = 32  # each new shape costs a compilation

    def __init__(self, folder: Path, threads: int, precision: str = "fp32", why: str = "it was asked for") -> None:
        with needs_extra("openvino"):
            import openvino

        self.name = f"openvino {openvino.__version__.partition('-')[0]} {precision}"
        self.why, self.threads = why, threads
        self._path, self._settings = folder / FILES["fp32"], _SETTINGS[precision]
        self._requests: PerProcess[LifoQueue[Any]] = PerProcess(self._open)

    def _open(self) -> LifoQueue[Any]:
        import openvino

        settings = {"NUM_STREAMS": self.threads, "INFERENCE_NUM_THREADS": self.threads, **self._settings}
        try:
            core = openvino.Core()
            compiled = core.compile_model(core.read_model(str(self._path)), "CPU", settings)
            requests: LifoQueue[Any] = LifoQueue()
            for _ in range(self.threads):
                requests.put(compiled.create_infer_request())
        except Exception as error:  # openvino raises RuntimeError and classes of its own
            raise ModelError(f"{self._path}: {error}; export the model again") from error
        return requests

    def logits(self, input_ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (windows, tokens, labels) of ids and attention mask (windows, tokens).

        Threads may share a runtime: each takes a free request, or waits for one. In a forked process the network is
        compiled anew.

        Raises:
            ModelError: the runtime was closed, or has no kernel of this precision for this CPU.
        """
        requests = self._requests.get()
        request = requests.get()
        try:
            found = request.infer(
                {"input_ids": input_ids, "attention_mask": mask}, share_inputs=True, share_outputs=True
            )
            logits = np.array(found[0], dtype=np.float32)  # a copy: the request goes back
        finally:
            requests.put(request)
        if logits.shape[:2] != input_ids.shape:  # what OpenVINO gives where it has no kernel
            raise ModelError(f"{self.name} does not run on this CPU; use another: load(precision='fp32')")
        return logits

    def close(self) -> None:
        """Give memory and threads back; a closed runtime cannot run."""
        self._requests.close()
