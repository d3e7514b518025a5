"""Attention in one node gives what the nodes gave that it stands for, and stands for nothing else."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from claimclf import quantisation
from claimclf.attention import fuse_attention
from claimclf.export import _to_onnx
from claimclf.quantisation import int8_activations, int8_weights

FUSED = {"bert": 2, "distilbert": 2, "roberta": 2, "mpnet": 0, "deberta": 0, "modernbert": 0}


@pytest.fixture(scope="module")
def weighed(encoders, tmp_path_factory):
    """Graphs of small encoders, with all weights in int8, by family."""

    def graph(family: str) -> onnx.ModelProto:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(quantisation, "_SMALLEST_WEIGHT", 1)
            return int8_weights(_to_onnx(encoders[family], tmp_path_factory.mktemp(family)))

    return {family: graph(family) for family in FUSED}


def _run(model: onnx.ModelProto, ids: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    same = onnx.ModelProto()
    same.CopyFrom(model)
    return same


@pytest.mark.parametrize("family", FUSED)
def test_one_node_gives_what_many_gave(family, weighed):
    plain, fused = int8_activations(_copy(weighed[family])), int8_activations(fuse_attention(_copy(weighed[family])))
    assert [node.op_type for node in fused.graph.node].count("QAttention") == FUSED[family]
    for tokens in (2, 7, 64):
        ids = np.random.default_rng(tokens).integers(5, 400, (1, tokens))
        np.testing.assert_allclose(_run(fused, ids), _run(plain, ids), rtol=0, atol=1e-5)


def test_scores_that_are_divided_by_another_number_stay(weighed):
    model = _copy(weighed["bert"])
    root = np.array(16**-0.5, np.float32)  # of a head's size
    scales = [t for t in model.graph.initializer if not t.dims and numpy_helper.to_array(t) == root]
    assert scales
    for tensor in scales:
        tensor.CopyFrom(numpy_helper.from_array(np.array(0.2, np.float32), tensor.name))
    assert "QAttention" not in {node.op_type for node in fuse_attention(model).graph.node}


def test_a_mask_of_more_than_two_numbers_stays(weighed):
    model = _copy(weighed["bert"])
    (chosen,) = (node for node in model.graph.node if node.op_type == "Where")
    shares = np.linspace(0, -1, 64, dtype=np.float32)  # as of distances
    model.graph.initializer.append(numpy_helper.from_array(shares, "distances"))
    chosen.input[1] = "distances"
    assert "QAttention" not in {node.op_type for node in fuse_attention(model).graph.node}


def test_weights_may_lie_outside_the_model(weighed, tmp_path):
    ids = np.arange(5, 25)[None]
    expected = _run(int8_activations(fuse_attention(_copy(weighed["bert"]))), ids)
    path, whole = tmp_path / "model.onnx", tmp_path / "model.int8.onnx"
    onnx.save(_copy(weighed["bert"]), str(path), save_as_external_data=True, location="weights.bin", size_threshold=64)
    onnx.save(int8_activations(fuse_attention(onnx.load(str(path), load_external_data=False))), str(whole))
    assert whole.stat().st_size < path.with_name("weights.bin").stat().st_size / 2
    found = onnxruntime.InferenceSession(str(whole)).run(
        ["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    )
    np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e-6)
