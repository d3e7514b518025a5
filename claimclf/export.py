"""A checkpoint → an ONNX model that ONNX Runtime runs anywhere, its weights stored in int8.

Weights are stored in int8 with a scale a channel and unpacked to float32 when the model is loaded: a quarter of the
size, the same arithmetic on every CPU, and results that do not depend on what else is in a batch, which dynamic
quantisation of activations would not give.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from claimclf.checkpoint import FILE, Checkpoint, load_tokenizer
from claimclf.encoding import Encoder
from claimclf.errors import ModelError, needs_extra
from claimclf.readers import read_corpus
from claimclf.runtime import ONNX_FILE, OnnxRuntime, TorchRuntime, article_logits

with needs_extra("train"):
    import onnx
    import torch
    from onnx import helper, numpy_helper
    from transformers import AutoModelForTokenClassification

Precision = Literal["int8", "fp32"]
_LARGEST_SHARE = 0.01  # of labels that may differ from the checkpoint
_SMALLEST_WEIGHT = 4096  # numbers; smaller tensors stay in float32
_OPSET = 18


@dataclass(frozen=True, slots=True)
class Exported:
    """What the export did: size, and how far it is from the checkpoint on the articles compared."""

    megabytes: float
    sentences: int
    differing: int
    largest: float


def export(
    checkpoint: Path, out: Path, precision: Precision = "int8", compare: Path = Path("seeds/written")
) -> Exported:
    """Write the model, its tokenizer and settings to `out`, proved on the articles of `compare`.

    Raises:
        ModelError: the checkpoint cannot be loaded, or more than 1% of the labels differ from it; `out` is untouched.
    """
    settings = Checkpoint.load(checkpoint)
    articles = read_corpus([compare]).articles
    encoder = Encoder(load_tokenizer(checkpoint), settings.windows)
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        model = _to_onnx(checkpoint, Path(scratch))
        onnx.save(quantised(model) if precision == "int8" else model, str(made / ONNX_FILE))
        for name in (FILE, "tokenizer.json", "config.json"):
            shutil.copy(checkpoint / name, made / name)
        before, after = (
            settings.calibration.probabilities(article_logits(runtime, encoder, articles, settings.pad_id)[0])
            for runtime in (TorchRuntime.load(checkpoint), OnnxRuntime(made))
        )
        differing = int((before.argmax(axis=1) != after.argmax(axis=1)).sum())
        if differing > _LARGEST_SHARE * len(before):
            raise ModelError(
                f"{differing} of {len(before)} labels differ from {checkpoint}: {out} is left as it was; "
                "try --precision fp32"
            )
        out.mkdir(parents=True, exist_ok=True)
        for file in sorted(made.iterdir()):
            shutil.copy(file, out / file.name)
        size = sum(file.stat().st_size for file in made.iterdir()) / 1e6
    return Exported(size, len(before), differing, float(np.abs(before - after).max()))


class _Logits(torch.nn.Module):
    """The network with plain arguments and a plain result, as the exporter wants it."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        return logits


def _to_onnx(checkpoint: Path, scratch: Path) -> onnx.ModelProto:
    try:
        model = AutoModelForTokenClassification.from_pretrained(
            str(checkpoint), dtype=torch.float32, attn_implementation="eager"
        ).eval()
    except (OSError, ValueError) as error:
        raise ModelError(f"{checkpoint}: {error}") from error
    batch, tokens = torch.export.Dim("windows", min=1, max=4096), torch.export.Dim("tokens", min=2, max=8192)
    shape = {0: batch, 1: tokens}
    example = (torch.ones(2, 16, dtype=torch.int64), torch.ones(2, 16, dtype=torch.int64))
    path = scratch / "fp32.onnx"
    torch.onnx.export(
        _Logits(model).eval(),
        example,
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        opset_version=_OPSET,
        dynamo=True,
        dynamic_shapes=(shape, shape),
        external_data=False,
        verbose=False,
    )
    return onnx.load(str(path))


def quantised(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with large weights of MatMul, Gemm and Gather in int8, a scale a channel, unpacked in float32."""
    axes = _channel_axes(model)
    kept, nodes = [], []
    for tensor in model.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if tensor.name not in axes or weights.dtype != np.float32 or weights.size < _SMALLEST_WEIGHT:
            kept.append(tensor)
            continue
        axis = axes[tensor.name]
        whole, scale = _int8(weights, axis)
        names = [f"{tensor.name}_int8", f"{tensor.name}_scale"]
        kept += [numpy_helper.from_array(whole, names[0]), numpy_helper.from_array(scale, names[1])]
        nodes.append(helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis))
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    for place, node in enumerate(nodes):
        model.graph.node.insert(place, node)
    onnx.checker.check_model(model)
    return model


def _channel_axes(model: onnx.ModelProto) -> dict[str, int]:
    """The axis of each two-dimensional weight that gets a scale of its own: rows looked up, columns multiplied."""
    axes: dict[str, int] = {}
    shapes = {tensor.name: len(tensor.dims) for tensor in model.graph.initializer}
    for node in model.graph.node:
        place = 0 if node.op_type == "Gather" else 1
        if node.op_type not in ("MatMul", "Gemm", "Gather") or shapes.get(node.input[place]) != 2:
            continue
        transposed = any(a.name == "transB" and a.i for a in node.attribute)
        axes[node.input[place]] = 0 if node.op_type == "Gather" or transposed else 1
    return axes


def _int8(weights: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    largest = np.abs(weights).max(axis=1 - axis)
    scale = np.maximum(largest / 127.0, 1e-12).astype(np.float32)
    whole = np.rint(weights / (scale[:, None] if axis == 0 else scale[None, :]))
    return np.clip(whole, -127, 127).astype(np.int8), scale
