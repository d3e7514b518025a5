"""ONNX graphs → weights in int8 with a scale a channel; and matrix products of int8 by int8."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import needs_extra

with needs_extra("train"):
    import onnx
    from onnx import helper, numpy_helper

_SMALLEST_WEIGHT = 4096  # numbers; smaller tensors stay in float32
_LAST_AXIS, _LEAST = "int8_last_axis", "int8_least"  # numbers that the graph needs, by name


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


def int8_activations(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model of `int8_weights` with products in int8: activations are rounded, too, a scale a tensor at each call.

    Where weights are not square, as around the activation function of a layer, some tokens have numbers many times as
    large as others: there each token is divided by its largest number first, and its products multiplied by it.
    Changed in place. Weights are only referred to, so they may lie outside the model.
    """
    unpacked = {n.output[0]: n for n in model.graph.node if n.op_type == "DequantizeLinear"}
    products = {n.output[0]: n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in unpacked}
    square = {tensor.name for tensor in model.graph.initializer if len(set(tensor.dims)) == 1}
    by_token = {n.input[0] for n in products.values() if unpacked[n.input[1]].input[0] not in square}
    nodes: list[onnx.NodeProto] = []
    rounded: set[str] = set()
    for node in model.graph.node:
        if node.op_type == "Gelu":  # by tanh it is faster, and differs by far less than int8 does
            del node.attribute[:]
            node.attribute.append(helper.make_attribute("approximate", "tanh"))
        if node.output[0] not in products:
            nodes.append(node)
            continue
        given = node.input[0]
        if given not in rounded:
            rounded.add(given)
            nodes += _rounding(given, given in by_token)
        nodes += _product(node, unpacked[node.input[1]], given in by_token)
    needed = {name for node in nodes for name in node.input}
    del model.graph.node[:]
    model.graph.node.extend(n for n in nodes if n.output[0] not in unpacked or n.output[0] in needed)
    model.graph.initializer.append(numpy_helper.from_array(np.array([-1], dtype=np.int64), _LAST_AXIS))
    model.graph.initializer.append(numpy_helper.from_array(np.array(1e-6, dtype=np.float32), _LEAST))
    return model


def _rounding(given: str, by_token: bool) -> list[onnx.NodeProto]:
    """Nodes that make `given` whole numbers with one scale and one zero; by token, with a largest number each."""
    parts = [f"{given}_{part}" for part in ("int8", "scale", "zero")]
    if not by_token:
        return [helper.make_node("DynamicQuantizeLinear", [given], parts)]
    size, most, largest, even = (f"{given}_{part}" for part in ("size", "most", "largest", "even"))
    return [
        helper.make_node("Abs", [given], [size]),
        helper.make_node("ReduceMax", [size, _LAST_AXIS], [most], keepdims=1),
        helper.make_node("Max", [most, _LEAST], [largest]),
        helper.make_node("Div", [given, largest], [even]),
        helper.make_node("DynamicQuantizeLinear", [even], parts),
    ]


def _product(node: onnx.NodeProto, weights: onnx.NodeProto, by_token: bool) -> list[onnx.NodeProto]:
    """Nodes that give what `node` gave, from whole numbers."""
    given, (stored, scale) = node.input[0], weights.input[:2]
    whole, product, scales, even = (f"{node.output[0]}_{part}" for part in ("whole", "product", "scales", "even"))
    nodes = [
        helper.make_node("MatMulInteger", [f"{given}_int8", stored, f"{given}_zero"], [whole]),
        helper.make_node("Cast", [whole], [product], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [f"{given}_scale", scale], [scales]),
        helper.make_node("Mul", [product, scales], [even] if by_token else list(node.output)),
    ]
    if by_token:
        nodes.append(helper.make_node("Mul", [even, f"{given}_largest"], list(node.output)))
    return nodes
