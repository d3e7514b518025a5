"""Attention that an exporter wrote out in two dozen nodes → one node of ONNX Runtime, with products in int8."""

from __future__ import annotations

from typing import Any

import numpy as np

from claimclf.errors import needs_extra
from claimclf.quantisation import ORT

with needs_extra("train"):
    import onnx
    from onnxscript.rewriter import pattern, rewrite


def fuse_attention(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model of `int8_weights` with attention in one node a layer, where it is written out as BERT's is.

    Its products with weights are then in int8, activations with a scale a tensor. It knows of no mask: each call takes
    one window, without padding. Where scores are more than scaled products, as with relative positions, nothing
    changes. Weights are only referred to, so they may lie outside the model.
    """
    rule = pattern.RewriteRule(_written_out, _fused, _is_plain)
    fused: onnx.ModelProto = rewrite(model, pattern_rewrite_rules=[rule])
    return fused


def _written_out(
    op: Any, x: Any, shape: Any, joined: Any, scale: Any, mask: Any,
    wq: Any, sq: Any, bq: Any, wk: Any, sk: Any, bk: Any, wv: Any, sv: Any, bv: Any,
) -> Any:  # fmt: skip
    """Queries, keys and values: from inputs, by int8 weights, their scales and biases."""

    def heads(weights: Any, scales: Any, biases: Any, order: list[int]) -> Any:
        product = op.MatMul(x, op.DequantizeLinear(weights, scales, axis=1))
        return op.Transpose(op.Reshape(op.Add(product, biases), shape), perm=order)

    queries, keys, values = (
        heads(wq, sq, bq, [0, 2, 1, 3]),
        heads(wk, sk, bk, [0, 2, 3, 1]),
        heads(wv, sv, bv, [0, 2, 1, 3]),
    )
    shares = op.Softmax(op.Add(op.Mul(op.MatMul(queries, keys), scale), mask), axis=-1)
    return op.Reshape(op.Transpose(op.MatMul(shares, values), perm=[0, 2, 1, 3]), joined)


def _is_plain(_: Any, scale: Any, shape: Any, mask: Any, **__: Any) -> bool:
    """Whether scores are divided by the root of a head's size, and the mask is one of two numbers."""
    size, divided = _head_size(shape), _number(scale)
    chosen = mask.producer()
    two = chosen is not None and chosen.op_type == "Where" and None not in map(_number, chosen.inputs[1:])
    return two and size is not None and divided is not None and bool(np.isclose(divided, size**-0.5))


def _fused(op: Any, x: Any, shape: Any, **given: Any) -> Any:
    weights, scales, biases = (
        op.Concat(*(given[part + of] for of in "qkv"), axis=axis) for part, axis in (("w", 1), ("s", 0), ("b", 0))
    )
    whole, step, zero = op.DynamicQuantizeLinear(x, _outputs=3)
    heads = given["bq"].shape[0] // _head_size(shape)
    return op.QAttention(whole, weights, biases, step, scales, None, zero, num_heads=heads, _domain=ORT)


def _head_size(shape: Any) -> int | None:
    """The last number of a shape, which is made of parts where windows and tokens are not known."""
    made = shape.producer()
    last = made.inputs[-1] if made is not None and made.op_type == "Concat" else shape
    return None if last.const_value is None else int(last.const_value.numpy().reshape(-1)[-1])


def _number(value: Any) -> float | None:
    constant = value.const_value
    return float(constant.numpy().reshape(())) if constant is not None and constant.size == 1 else None
