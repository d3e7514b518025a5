"""Weights on a grid: learnt with, kept, and stored in int4 without loss."""

import ml_dtypes
import numpy as np
import onnx
import openvino
import pytest
import torch

from claimclf import quantisation
from claimclf.config import TrainingConfig
from claimclf.errors import ConfigError
from claimclf.export import export
from claimclf.model import load_encoder
from claimclf.quantisation import int8_weights
from claimclf.rounding import best_scale, keep_rounded, on_grid, round_weights
from claimclf.runtime.openvino import _bfloat16, _halves, _unpack_weights
from claimclf.training import train


def _levels(weights: torch.Tensor) -> int:
    """The most numbers, by size, that a row is made of."""
    return max(len(np.unique(np.round(row.abs().numpy(), 6))) for row in weights.detach())


def _linear(model):
    return [m.weight for m in model.base_model.encoder.modules() if isinstance(m, torch.nn.Linear)]


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_weights_lie_on_a_grid_and_still_learn(bits, encoders):
    model, _ = load_encoder(str(encoders["bert"]))
    head = model.classifier.weight.detach().clone()
    round_weights(model, bits)
    assert not model.get_input_embeddings().weight.requires_grad
    assert all(
        _levels(weights) <= 2 ** (bits - 1) for weights in [*_linear(model), model.get_input_embeddings().weight]
    )
    model(torch.tensor([[2, 30, 31, 3]])).logits.sum().backward()
    learnt = model.bert.encoder.layer[0].output.dense.parametrizations.weight.original
    assert learnt.grad is not None and learnt.grad.abs().sum() > 0
    before = model(torch.tensor([[2, 30, 31, 3]])).logits
    names = {name for name, _ in load_encoder(str(encoders["bert"]))[0].named_parameters()}
    keep_rounded(model)
    assert {name for name, _ in model.named_parameters()} == names
    assert torch.equal(before, model(torch.tensor([[2, 30, 31, 3]])).logits)
    assert torch.equal(head, model.classifier.weight)


def test_a_scale_is_no_worse_than_that_of_the_largest():
    weights = torch.randn(20, 200, generator=torch.Generator().manual_seed(3))
    largest = weights.abs().amax(dim=1, keepdim=True) / 7
    chosen = best_scale(weights, 4)
    errors = [(on_grid(weights, scale, 4) - weights).square().sum(dim=1) for scale in (chosen, largest)]
    assert (errors[0] <= errors[1]).all() and (errors[0] < errors[1]).any()


def test_a_rounded_model_is_stored_in_int4(encoders, written, tmp_path, monkeypatch):
    monkeypatch.setattr(quantisation, "_SMALLEST_WEIGHT", 1024)
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders["mpnet"]), output=str(tmp_path / "run"), epochs=1.5, max_tokens=64,
        validation=0.2, test=0.1, weight_bits=4, learning_rate=1e-3,
    )  # fmt: skip
    folder = train(config).folder
    model, _ = load_encoder(str(folder))
    start, _ = load_encoder(str(encoders["mpnet"]))
    assert all(_levels(weights) <= 8 for weights in _linear(model))
    assert not torch.equal(_linear(model)[0], _linear(start)[0])
    result = export(folder, tmp_path / "out", "int8", written)
    assert result.largest["fp32"] < 2e-3  # of positions, which are stored in int8
    stored = onnx.load(str(tmp_path / "out" / "model.onnx"), load_external_data=False).graph.initializer
    kinds = [tensor.data_type for tensor in stored if len(tensor.dims) == 2 and np.prod(tensor.dims) >= 1024]
    assert kinds.count(onnx.TensorProto.INT4) == 1 + 2 * 6  # words; six products a layer
    free = export(_free(encoders, written, tmp_path), tmp_path / "free", "int8", written)
    assert result.megabytes < free.megabytes


def _free(encoders, written, tmp_path):
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders["mpnet"]), output=str(tmp_path / "free-run"), epochs=1, max_tokens=64,
        validation=0.2, test=0.1,
    )  # fmt: skip
    return train(config).folder


def test_rounded_numbers_of_any_largest_step_are_found(tmp_path):
    random = np.random.default_rng(1)
    whole = random.integers(-7, 8, (96, 64))
    whole[0], whole[1] = 0, np.clip(whole[1], -3, 3)
    whole[2] = np.clip(whole[2], -5, 5)
    weights = (whole * random.uniform(0.001, 1, (96, 1)).astype(np.float32)).astype(np.float32)
    for given, kind in ((weights, onnx.TensorProto.INT4), (weights + np.float32(0.0004), onnx.TensorProto.INT8)):
        table = onnx.numpy_helper.from_array(given, "table")
        node = onnx.helper.make_node("Gather", ["table", "ids"], ["rows"])
        ids = onnx.helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, [3])
        rows = onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, [3, 64])
        graph = onnx.helper.make_graph([node], "g", [ids], [rows], [table])
        model = int8_weights(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 21)]))
        stored = {t.name: t for t in model.graph.initializer}
        assert stored["table_int8"].data_type == kind
        unpacked = onnx.numpy_helper.to_array(stored["table_int8"]).astype(np.float32)
        unpacked *= onnx.numpy_helper.to_array(stored["table_scale"])[:, None]
        assert np.allclose(
            unpacked,
            given,
            rtol=1e-5 if kind == onnx.TensorProto.INT4 else 0,
            atol=0 if kind == onnx.TensorProto.INT4 else 0.03,
        )


def test_openvino_unpacks_halves_of_bytes():
    whole = np.random.default_rng(2).integers(-8, 8, (6, 10))
    packed = onnx.numpy_helper.from_array(whole.astype(ml_dtypes.int4), "x").raw_data
    assert np.array_equal(_halves(np.frombuffer(packed, np.int8), (6, 10)), whole)


def test_openvino_gets_whole_numbers_in_bfloat16_as_they_are():
    whole = np.arange(-128, 128, dtype=np.int8).reshape(32, 8)
    constant = _bfloat16(whole)
    assert constant.get_element_type().get_type_name() == "bf16"
    bits = constant.get_data().view(np.uint16).astype(np.uint32) << 16
    assert np.array_equal(bits.view(np.float32), whole)


@pytest.mark.parametrize("transposed", [False, True])
def test_openvino_multiplies_stored_weights_as_they_are_and_their_scales_after(tmp_path, transposed):
    random = np.random.default_rng(4)
    whole, scale = random.integers(-127, 128, (96, 64)).astype(np.int8), random.uniform(0.1, 1, 64).astype(np.float32)
    table = onnx.numpy_helper.from_array(whole.T.copy() if transposed else whole, "stored")
    weights = onnx.helper.make_node("DequantizeLinear", ["stored", "scale"], ["w"], axis=0 if transposed else 1)
    kind = "Gemm" if transposed else "MatMul"
    product = onnx.helper.make_node(kind, ["x", "w"], ["y"], **({"transB": 1} if transposed else {}))
    x, y = (onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [3, k]) for n, k in (("x", 96), ("y", 64)))
    numbers = [table, onnx.numpy_helper.from_array(scale, "scale")]
    graph = onnx.helper.make_graph([weights, product], "g", [x], [y], numbers)
    path = tmp_path / "model.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 21)]), path)
    model = openvino.Core().read_model(str(path))
    _unpack_weights(model)
    assert "i8" not in {node.get_element_type().get_type_name() for node in model.get_ordered_ops()}
    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    given = random.integers(-9, 10, (3, 96)).astype(np.float32)
    found = openvino.Core().compile_model(model, "CPU", settings)(given)[0]
    assert np.allclose(found, given @ whole.astype(np.float32) * scale, rtol=1 / 256)


def test_the_mean_of_rounded_runs_is_refused():
    problems = TrainingConfig(weight_bits=4, average=2).problems()
    assert any("lies on no grid" in problem for problem in problems)
    with pytest.raises(ConfigError, match="weight_bits"):
        from claimclf import config

        config.load(None, {"weight_bits": "9"})
