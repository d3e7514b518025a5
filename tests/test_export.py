"""Export: the result is compared with its checkpoint, and a bad one is not kept."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper, numpy_helper

from claimclf import export as module
from claimclf import quantisation
from claimclf.errors import DataError, ModelError
from claimclf.export import export
from claimclf.predict import ClaimClassifier
from claimclf.quantisation import int8_activations, int8_weights
from tests.conftest import FAMILIES, write_jsonl

TEXT = "The council rejected the report. Repairs may take until spring.\n\nThe county closed the bridge."


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_the_exported_model_gives_the_same(checkpoint, written, tmp_path, precision):
    result = export(checkpoint, tmp_path, precision, written)
    assert result.sentences == 12 * 5
    assert list(result.differing) == (["fp32", "int8"] if precision == "int8" else ["fp32"])
    assert all(count <= 0.01 * result.sentences for count in result.differing.values())
    assert result.largest["fp32"] < (0.05 if precision == "int8" else 1e-4)
    one = ClaimClassifier.load(checkpoint).article(TEXT)
    for kind in result.differing:
        loaded = ClaimClassifier.load(tmp_path, runtime="onnxruntime", precision=kind)
        assert loaded.runtime.name.startswith("onnxruntime") and loaded.runtime.name.endswith(kind)
        assert [s.label for s in one.sentences] == [s.label for s in loaded.article(TEXT).sentences]


@pytest.mark.parametrize("family", FAMILIES[1:])
def test_every_family_can_be_exported(family, encoders, written, tmp_path):
    from claimclf.calibration import Calibration
    from claimclf.checkpoint import Checkpoint
    from claimclf.encoding import WindowSettings
    from claimclf.model import load_encoder

    model, tokenizer = load_encoder(str(encoders[family]))
    model.classifier.weight.data *= 50  # far from ties
    model.save_pretrained(tmp_path / "checkpoint")
    tokenizer.save_pretrained(tmp_path / "checkpoint")
    Checkpoint(WindowSettings(96, 1), Calibration(), 0).save(tmp_path / "checkpoint")
    result = export(tmp_path / "checkpoint", tmp_path / "out", "fp32", written)
    assert result.differing == {"fp32": 0}
    assert result.largest["fp32"] < 1e-3


def test_a_result_that_differs_is_refused(checkpoint, written, tmp_path, monkeypatch):
    def wrong(model):
        for tensor in model.graph.initializer:
            if list(tensor.dims) == [4]:  # the bias of the classifier
                tensor.CopyFrom(numpy_helper.from_array(np.array([90, 0, 0, 0], np.float32), tensor.name))
        return model

    monkeypatch.setattr(module, "int8_weights", wrong)
    with pytest.raises(ModelError, match=r"labels differ .* left as it was"):
        export(checkpoint, tmp_path / "out", "int8", written)
    assert not (tmp_path / "out").exists()


def test_a_model_is_as_it_was_when_the_disk_is_full(tmp_path, monkeypatch):
    made, out = tmp_path / "made", tmp_path / "out"
    for folder, content in ((made, "new"), (out, "old")):
        folder.mkdir()
        for name in ("config.json", "model.onnx"):
            (folder / name).write_text(content)
    (out / "weights.bin").write_text("old")

    def copy(source, target):
        if source.name == "model.onnx":
            raise OSError("no space left")
        target.write_bytes(source.read_bytes())
        return target

    with monkeypatch.context() as patch, pytest.raises(OSError, match="no space left"):
        patch.setattr("shutil.copyfile", copy)
        module._publish(made, out)
    assert {file.name: file.read_text() for file in out.iterdir()} == dict.fromkeys(
        ("config.json", "model.onnx", "weights.bin"), "old"
    )
    module._publish(made, out)
    assert {file.name: file.read_text() for file in out.iterdir()} == dict.fromkeys(
        ("config.json", "model.onnx"), "new"
    )


def test_nothing_is_exported_where_nothing_can_prove_it(checkpoint, tmp_path):
    bare = write_jsonl(tmp_path / "bare.jsonl", [{"id": "b", "text": "It rained.", "sentences": []}])
    with pytest.raises(DataError, match=r"bare\.jsonl: no labelled sentence"):
        export(checkpoint, tmp_path / "out", "int8", bare)
    assert not (tmp_path / "out").exists()


def test_weights_are_rounded_to_half_a_step():
    weights = np.random.default_rng(0).normal(size=(128, 64)).astype(np.float32)
    weights[:, 5] = 0
    x, y = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1, s]) for n, s in (("x", 128), ("y", 64)))
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y], [numpy_helper.from_array(weights, "w")]
    )
    model = int8_weights(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]))
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    assert stored["w_int8"].dtype == np.int8
    assert [node.op_type for node in model.graph.node] == ["DequantizeLinear", "MatMul"]
    error = np.abs(stored["w_int8"] * stored["w_scale"] - weights)
    assert (error <= stored["w_scale"] / 2 + 1e-6).all()


def _product(rows: int, columns: int, gelu: bool = False) -> tuple[onnx.ModelProto, np.ndarray]:
    """y = x @ w in int8, or y = gelu(x) @ w, and w."""
    weights = np.random.default_rng(1).normal(size=(rows, columns)).astype(np.float32)
    x, y = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [3, s]) for n, s in (("x", rows), ("y", columns)))
    given = [helper.make_node("Gelu", ["x"], ["g"])] if gelu else []
    nodes = [*given, helper.make_node("MatMul", ["g" if gelu else "x", "w"], ["y"])]
    graph = helper.make_graph(nodes, "g", [x], [y], [numpy_helper.from_array(weights, "w")])
    model = int8_activations(int8_weights(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])))
    onnx.checker.check_model(model)
    return model, weights


@pytest.mark.parametrize("columns", [64, 128])
def test_products_in_int8_are_those_of_rounded_numbers(columns):
    model, weights = _product(64, columns)
    assert ("QuantizeLinear" in {node.op_type for node in model.graph.node}) == (columns != 64)
    given = np.random.default_rng(2).normal(size=(3, 64)).astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    error = np.abs(session.run(None, {"x": given})[0] - given @ weights)
    assert 0 < error.max() < 0.05 * np.abs(given @ weights).max()


def test_a_loud_token_does_not_drown_the_others():
    given = np.random.default_rng(3).normal(size=(3, 64)).astype(np.float32)
    given[1] *= 300
    given[2] = 0
    errors = {}
    for columns in (64, 128):
        model, weights = _product(64, columns)
        found = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": given})[0]
        right = given @ weights
        assert (found[2] == 0).all()
        errors[columns] = np.abs(found[0] - right[0]).max() / np.abs(right[0]).max()
    assert errors[64] > 0.2  # one scale for all
    assert errors[128] < 0.02


@pytest.mark.parametrize("largest", [0.05, 1, 40])
def test_what_gelu_gives_is_rounded_from_its_least_number_on(largest):
    given = np.random.default_rng(4).normal(size=(3, 64)).astype(np.float32)
    given[0] = np.linspace(-3, 0, 64)  # below 0 alone, and there to -.17
    given[1] = np.abs(given[1]) * largest
    model, weights = _product(64, 128, gelu=True)
    found = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": given})[0]
    right = torch.nn.functional.gelu(torch.from_numpy(given)).numpy()
    steps = np.maximum(right.max(axis=1) / 235, 0.1701 / 20)[:, None]
    noise = steps * np.linalg.norm(weights, axis=0)  # each number is off by half a step at most
    noise = noise + np.linalg.norm(right, axis=1)[:, None] * np.abs(weights).max(axis=0) / 127  # and each weight
    error = np.abs(found - right @ weights) / noise * 12**0.5
    assert 0 < error.max() < 5


def test_the_graph_in_int8_has_no_product_of_weights_in_float32(checkpoint, written, tmp_path, monkeypatch):
    monkeypatch.setattr(quantisation, "_SMALLEST_WEIGHT", 1000)
    export(checkpoint, tmp_path, "int8", written)
    plain, whole = (onnx.load(tmp_path / name, load_external_data=False) for name in ("model.onnx", "model.int8.onnx"))
    unpacked = {node.output[0] for node in plain.graph.node if node.op_type == "DequantizeLinear"}
    products = [n.output[0] for n in plain.graph.node if n.op_type == "MatMul" and n.input[1] in unpacked]
    assert len(products) == 12
    assert not any(n.op_type == "MatMul" and n.input[1] in unpacked for n in whole.graph.node)
    kinds = [node.op_type for node in whole.graph.node]
    assert [kinds.count(kind) for kind in ("QAttention", "MatMulInteger", "MatMulIntegerToFloat")] == [2, 2, 4]


def test_nothing_of_the_machine_is_in_a_graph(checkpoint, written, tmp_path):
    export(checkpoint, tmp_path, "int8", written)
    for file in tmp_path.glob("*.onnx"):
        assert b".py" not in file.read_bytes(), file.name
