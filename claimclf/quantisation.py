"""ONNX graphs → weights in int8, or in int4 where they lie on such a grid; and matrix products of int8 by int8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import needs_extra

with needs_extra("train"):
    import ml_dtypes
    import onnx
    from onnx import helper, numpy_helper

_ON_GRID = 1e-4  # of a step; what float32 leaves is a hundred times less
_SMALLEST_WEIGHT = 4096  # numbers; smaller tensors stay in float32
ORT = "com.microsoft"  # the domain of ONNX Runtime's own nodes


@dataclass(frozen=True, slots=True)
class _Grid:
    """Whole numbers from 0 to 255 for those of a token: `zero` stands for 0, `steps` are from there to the largest.

    A step is at least `least`. Where `one_sided`, the largest counts as it is, else by size.
    """

    name: str
    zero: int
    steps: int
    least: float
    one_sided: bool

    def part(self, name: str) -> str:
        """The name in the graph of one of its numbers."""
        return f"int8_{self.name}_{name}"


_ANY = _Grid("any", 128, 127, 1e-8, False)
_GELU = _Grid("gelu", 20, 235, 0.1701 / 20, True)  # nothing that Gelu gives is below -.1701
_LAST, _ONE, _COLUMN = "int8_last", "int8_one", "int8_column"


def int8_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with large weights of MatMul, Gemm and Gather in int8, a scale a channel, unpacked in float32.

    Those that were learnt on a grid of 4 bits (`rounding`) are stored in int4, which loses nothing.
    """
    axes = _channel_axes(model)
    kept, nodes = [], []
    for tensor in model.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if tensor.name not in axes or weights.dtype != np.float32 or weights.size < _SMALLEST_WEIGHT:
            kept.append(tensor)
            continue
        axis = axes[tensor.name]
        whole, scale = _int4(weights, axis) or _int8(weights, axis)
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


def _int4(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[Any], NDArray[np.float32]] | None:
    """Whole numbers from -7 to 7 and their scales, where every channel is made of such; else None."""
    rows = weights if axis == 0 else weights.T
    largest = np.abs(rows).max(axis=1)
    scale, left = np.zeros_like(largest), largest > 0
    for steps in range(7, 0, -1):  # the largest weight may be any of a grid's steps from 0
        guess = largest / np.float32(steps)
        times = rows[left] / guess[left, None]
        fits = np.abs(times - np.rint(times)).max(axis=1, initial=0) < _ON_GRID
        scale[np.flatnonzero(left)[fits]] = guess[left][fits]
        left[np.flatnonzero(left)[fits]] = False
    if left.any():
        return None
    scale = np.maximum(scale, np.float32(1e-12))
    whole = np.rint(rows / scale[:, None]).astype(ml_dtypes.int4)
    return (whole if axis == 0 else np.ascontiguousarray(whole.T)), scale


def widen(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model of `int8_weights`, for products in int8: what is stored in int4 is made int8 when it is loaded.

    Rows of a table are unpacked when they are looked up, not the whole table when it is loaded.
    """
    narrow = {tensor.name for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.INT4}
    unpacked = {n.output[0]: n for n in model.graph.node if n.op_type == "DequantizeLinear"}
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and (stored := node.input[0]) in narrow:
            nodes.append(helper.make_node("Cast", [stored], [f"{stored}_wide"], to=onnx.TensorProto.INT8))
            node.input[0] = f"{stored}_wide"
        table = unpacked.get(node.input[0]) if node.op_type == "Gather" else None
        nodes += _rows(node, table) if table else [node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(numpy_helper.from_array(np.array([-1], np.int64), _COLUMN))
    return model


def _rows(node: onnx.NodeProto, table: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Nodes that look up rows and their scales, and unpack them."""
    ids, (given,) = node.input[1], node.output
    whole, cast, scale, column = (f"{given}_{part}" for part in ("rows", "float", "scale", "column"))
    return [
        helper.make_node("Gather", [table.input[0], ids], [whole]),
        helper.make_node("Cast", [whole], [cast], to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [table.input[1], ids], [scale]),
        helper.make_node("Unsqueeze", [scale, _COLUMN], [column]),
        helper.make_node("Mul", [cast, column], [given]),
    ]


def int8_activations(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model of `int8_weights` with products in int8, for ONNX Runtime: activations are rounded, too, at each call.

    They have a scale a tensor. Where weights are not square, as around the activation function of a layer, some tokens
    have numbers many times as large as others: there they have a scale a token. Each call takes one window.
    Changed in place. Weights are only referred to, so they may lie outside the model.
    """
    made = {n.output[0]: n for n in model.graph.node}
    unpacked = {name for name, node in made.items() if node.op_type == "DequantizeLinear"}
    products = {name for name, node in made.items() if node.op_type == "MatMul" and node.input[1] in unpacked}
    square = {tensor.name for tensor in model.graph.initializer if len(set(tensor.dims)) == 1}
    square |= {node.output[0] for node in model.graph.node if node.op_type == "Cast" and node.input[0] in square}
    by_token = {made[p].input[0] for p in products if made[made[p].input[1]].input[0] not in square}
    nodes: list[onnx.NodeProto] = []
    done: set[str] = set()
    for node in model.graph.node:
        if node.op_type == "Gelu":  # by tanh it is faster, and differs by far less than int8 does
            del node.attribute[:]
            node.attribute.append(helper.make_attribute("approximate", "tanh"))
        if node.output[0] not in products:
            nodes.append(node)
            continue
        given, weights = node.input[0], made[node.input[1]]
        grid = _grid(made.get(given)) if given in by_token else None
        if given not in done:
            nodes += _rounding(given, grid, grid is not None and grid.part("zeros") not in done)
            done |= {given} if grid is None else {given, grid.part("zeros")}
        nodes += _product(node, weights, grid)
    needed = {name for node in nodes for name in node.input}
    del model.graph.node[:]
    model.graph.node.extend(n for n in nodes if n.output[0] not in unpacked or n.output[0] in needed)
    if by_token:
        model.graph.initializer.extend(_numbers())
        if ORT not in {opset.domain for opset in model.opset_import}:
            model.opset_import.append(helper.make_opsetid(ORT, 1))
    return model


def _grid(maker: onnx.NodeProto | None) -> _Grid:
    """The grid for what a node gives."""
    return _GELU if maker is not None and maker.op_type == "Gelu" else _ANY


def _numbers() -> list[onnx.TensorProto]:
    """What the nodes of scales by token need, by name."""
    numbers: dict[str, Any] = {_LAST: np.array([-1], np.int64), _ONE: np.float32(1)}
    for grid in (_ANY, _GELU):
        numbers |= {grid.part("zero_point"): np.uint8(grid.zero), grid.part("step"): np.float32(1 / grid.steps)}
        numbers |= {grid.part("smallest"): np.float32(grid.least)}
    return [numpy_helper.from_array(np.asarray(number), name) for name, number in numbers.items()]


def _rounding(given: str, grid: _Grid | None, first: bool) -> list[onnx.NodeProto]:
    """Nodes that make `given` whole numbers: on a grid with a scale a token, or with one scale and one zero for all.

    The `first` on a grid also make as many zeros as there are tokens.
    """
    whole, scale, zero, size, most, step, flat = (
        f"{given}_{part}" for part in ("int8", "scale", "zero", "size", "most", "step", "flat")
    )
    if grid is None:
        return [helper.make_node("DynamicQuantizeLinear", [given], [whole, scale, zero])]
    nodes = [] if grid.one_sided else [helper.make_node("Abs", [given], [size])]
    nodes += [
        helper.make_node("ReduceMax", [given if grid.one_sided else size, _LAST], [most], keepdims=1),
        helper.make_node("Mul", [most, grid.part("step")], [step]),
        helper.make_node("Max", [step, grid.part("smallest")], [scale]),
        helper.make_node("Reshape", [scale, _LAST], [flat]),
    ]
    if first:
        zero_point = numpy_helper.from_array(np.array([grid.zero], np.uint8))
        nodes.append(helper.make_node("Shape", [flat], [grid.part("tokens")]))
        nodes.append(helper.make_node("ConstantOfShape", [grid.part("tokens")], [grid.part("zeros")], value=zero_point))
    return [*nodes, helper.make_node("QuantizeLinear", [given, flat, grid.part("zeros")], [whole], axis=-2)]


def _product(node: onnx.NodeProto, weights: onnx.NodeProto, grid: _Grid | None) -> list[onnx.NodeProto]:
    """Nodes that give what `node` gave, from whole numbers."""
    given, (stored, scale) = node.input[0], weights.input[:2]
    whole, product, scales = (f"{node.output[0]}_{part}" for part in ("whole", "product", "scales"))
    if grid is not None:
        parts = [f"{given}_int8", stored, _ONE, scale, grid.part("zero_point")]
        return [
            helper.make_node("MatMulIntegerToFloat", parts, [product], domain=ORT),
            helper.make_node("Mul", [product, f"{given}_scale"], list(node.output)),
        ]
    return [
        helper.make_node("MatMulInteger", [f"{given}_int8", stored, f"{given}_zero"], [whole]),
        helper.make_node("Cast", [whole], [product], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [f"{given}_scale", scale], [scales]),
        helper.make_node("Mul", [product, scales], list(node.output)),
    ]
