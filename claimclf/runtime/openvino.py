"""Exported models on OpenVINO, the fastest on CPUs with AMX: `pip install 'claimclf[openvino]'`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from queue import LifoQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import ModelError, needs_extra
from claimclf.runtime.onnx import FILES
from claimclf.runtime.processes import PerProcess

_BATCH_TOKENS = 512
_CONVERTER = "openvino.tools.ovc"
_SETTINGS: dict[str, dict[str, Any]] = {
    "fp32": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0},
    "bf16": {"INFERENCE_PRECISION_HINT": "bf16", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0},
    # int8 activations with a scale for each 384 values of a token: for 64 it takes a sixth longer
    "int8": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 384},
}


class OpenVinoRuntime:
    """Runs `model.onnx` in fp32, bf16 or int8; as many batches at once as `threads`.

    In bf16 and int8 windows go four at a time: weights are then read a quarter as often, and no row of a product
    depends on the others. In fp32 a batch is no faster.
    """

    step = 32  # each new shape costs a compilation

    def __init__(self, folder: Path, threads: int, precision: str = "fp32", why: str = "it was asked for") -> None:
        openvino = _openvino()
        self.name = f"openvino {openvino.__version__.partition('-')[0]} {precision}"
        self.why, self.threads = why, threads
        self.batch_tokens = 0 if precision == "fp32" else _BATCH_TOKENS
        self._unpacks = precision == "bf16"
        self._path, self._settings = folder / FILES["fp32"], _SETTINGS[precision]
        self._requests: PerProcess[LifoQueue[Any]] = PerProcess(self._open)

    def _open(self) -> LifoQueue[Any]:
        openvino = _openvino()
        settings = {"NUM_STREAMS": self.threads, "INFERENCE_NUM_THREADS": self.threads, **self._settings}
        # Two threads that are the first to ask for a dtype can wait for each other for ever: one asks here, first.
        openvino.Type.i64.to_dtype()
        try:
            core = openvino.Core()
            model = core.read_model(str(self._path))
            if self._unpacks:
                _unpack_weights(model)
            compiled = core.compile_model(model, "CPU", settings)
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


def _openvino() -> Any:
    """OpenVINO, at first without its converter of models, which takes twice as long to import as all the rest."""
    if "openvino" not in sys.modules:
        sys.modules[_CONVERTER] = None  # type: ignore[assignment]
        try:
            with needs_extra("openvino"):
                import openvino
            openvino.convert_model = lambda *given, **settings: import_module(_CONVERTER).convert_model(
                *given, **settings
            )
        finally:
            sys.modules.pop(_CONVERTER, None)
    with needs_extra("openvino"):
        return import_module("openvino")


def _unpack_weights(model: Any) -> None:
    """Put whole numbers in bfloat16 into products whose weights are such with scales, unpacked at every call otherwise.

    bfloat16 holds each of them exactly. Their scales, one a channel, multiply what the product gives.
    """
    from openvino import opset13

    for node in model.get_ordered_ops():
        stored = _stored(node) if node.get_type_name() == "MatMul" else None
        if stored is None:
            continue
        whole, scale = stored
        product = opset13.matmul(
            opset13.convert(node.input_value(0), "bf16"), _bfloat16(whole), **node.get_attributes()
        )
        scaled = opset13.multiply(opset13.convert(product, "f32"), opset13.constant(scale))
        node.output(0).replace(scaled.output(0))


def _stored(product: Any) -> tuple[NDArray[np.int8], NDArray[np.float32]] | None:
    """The weights of a product, in int8, and a scale for each column of the result, where they are stored so."""
    unpacked = product.input_value(1).get_node()
    if unpacked.get_type_name() != "Multiply":
        return None
    weights, scale = (unpacked.input_value(i).get_node() for i in (0, 1))
    while scale.get_type_name() == "Reshape":
        scale = scale.input_value(0).get_node()
    if weights.get_type_name() != "Convert" or scale.get_type_name() != "Constant":
        return None
    stored = weights.input_value(0).get_node()
    kind = stored.get_element_type().get_type_name()
    if stored.get_type_name() != "Constant" or kind not in ("i4", "i8"):
        return None
    whole = np.asarray(stored.get_data())
    return _halves(whole, stored.shape) if kind == "i4" else whole, np.asarray(scale.get_data())


def _bfloat16(whole: NDArray[np.int8]) -> Any:
    """A constant of the model; NumPy has no such type, so its bits are written: the upper half of those of float32."""
    openvino = _openvino()
    tensor = openvino.Tensor(openvino.Type.bf16, openvino.Shape(whole.shape))
    tensor.data.view(np.uint16)[:] = whole.astype("<f4").view("<u2")[..., 1::2]
    return openvino.op.Constant(tensor)


def _halves(packed: NDArray[Any], shape: Any) -> NDArray[np.int8]:
    """Whole numbers of four bits, two a byte, the lower half first."""
    both = packed.reshape(-1).view(np.int8)
    return np.stack([both << 4 >> 4, both >> 4], axis=1).reshape(-1)[: int(np.prod(shape))].reshape(tuple(shape))
