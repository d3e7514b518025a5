"""ONNX graphs → weights in int8 with a scale a channel; and matrix products of int8 by int8."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import needs_extra

with needs_extra("train"):
    import onnx
    from onnx import helper, numpy_helper

_SMALLEST_WEIGHT = 4096  # numbers; smaller tensors stay in float32


def int8_weights(model: onnx.ModelProto) -> onnx.ModelProto:
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


def _int8(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    largest = np.abs(weights).max(axis=1 - axis)
    scale = np.maximum(largest / 127.0, 1e-12).astype(np.float32)
    whole = np.rint(weights / (scale[:, None] if axis == 0 else scale[None, :]))
    return np.clip(whole, -127, 127).astype(np.int8), scale


def widest_products(model: onnx.ModelProto) -> list[str]:
    """The outputs of the products of `int8_weights` that sum over most numbers: one a layer, behind its activation."""
    unpacked = _unpacked(model)
    rows = {tensor.name: tensor.dims[0] for tensor in model.graph.initializer if tensor.dims}
    found = [n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in unpacked]
    wide = {n.output[0]: rows[unpacked[n.input[1]].input[0]] for n in found}
    return [name for name, width in wide.items() if width == max(wide.values(), default=0)]


def _unpacked(model: onnx.ModelProto) -> dict[str, onnx.NodeProto]:
    return {n.output[0]: n for n in model.graph.node if n.op_type == "DequantizeLinear"}


def int8_activations(model: onnx.ModelProto, exact: Collection[str] = ()) -> onnx.ModelProto:
    """The model of `int8_weights` with products in int8: activations are rounded, too, a scale a tensor at each call.

    Products whose outputs are named in `exact` stay in float32. Changed in place. Weights are only referred to, so they
    may lie outside the model.
    """
    unpacked = _unpacked(model)
    nodes: list[onnx.NodeProto] = []
    rounded: set[str] = set()
    done: set[str] = set()
    for node in model.graph.node:
        weights = unpacked.get(node.input[1]) if node.op_type == "MatMul" else None
        if weights is None or node.output[0] in exact:
            nodes.append(node)
            continue
        given, (stored, scale) = node.input[0], weights.input[:2]
        if given not in rounded:
            rounded.add(given)
            parts = [f"{given}_{part}" for part in ("int8", "scale", "zero")]
            nodes.append(helper.make_node("DynamicQuantizeLinear", [given], parts))
        whole, product, scales = (f"{node.output[0]}_{part}" for part in ("whole", "product", "scales"))
        nodes += [
            helper.make_node("MatMulInteger", [f"{given}_int8", stored, f"{given}_zero"], [whole]),
            helper.make_node("Cast", [whole], [product], to=onnx.TensorProto.FLOAT),
            helper.make_node("Mul", [f"{given}_scale", scale], [scales]),
            helper.make_node("Mul", [product, scales], list(node.output)),
        ]
        done.add(weights.output[0])
    needed = {name for node in nodes for name in node.input}
    del model.graph.node[:]
    model.graph.node.extend(n for n in nodes if n.output[0] not in done or n.output[0] in needed)
    return model
