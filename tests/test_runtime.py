"""Batches are alike in length and bounded; the order of the results is that of the windows."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from claimclf.articles import Article, Sentence, Span
from claimclf.encoding import Encoder, Window, WindowSettings
from claimclf.errors import InputError, ModelError
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier
from claimclf.runtime import article_logits, window_logits
from claimclf.runtime.onnx import OnnxRuntime


class Echo:
    """A runtime whose logits are the token ids; it remembers the shapes it was given."""

    name = why = "echo"

    def __init__(self, batch_tokens=4096, threads=1, step=0):
        self.batch_tokens, self.threads, self.step, self.shapes = batch_tokens, threads, step, []

    def logits(self, input_ids, mask):
        self.shapes.append(input_ids.shape)
        return np.repeat((input_ids * mask)[:, :, None], 4, axis=2).astype(np.float32)


def windows(lengths):
    return [Window([i + 1] * n, [0] * n, [(0, 1)] * n, [-1] * n) for i, n in enumerate(lengths)]


def test_order_is_kept_and_padding_is_cut_off():
    found = window_logits(Echo(), windows([5, 900, 3, 128, 7]), 0)
    assert [rows.shape for rows in found] == [(5, 4), (900, 4), (3, 4), (128, 4), (7, 4)]
    assert [rows.max() for rows in found] == [rows.min() for rows in found] == [1, 2, 3, 4, 5]


def test_batches_are_bounded_in_tokens():
    echo = Echo()
    window_logits(echo, windows([128] * 500 + [10] * 500 + [9000]), 0)
    assert all(rows * columns <= 4096 or rows == 1 for rows, columns in echo.shapes)
    assert len(echo.shapes) < 25


def test_with_a_step_a_batch_has_one_length_and_shapes_are_few():
    echo = Echo(512, step=32)
    found = window_logits(echo, windows([128, 97, 120, 64, 33, 1, 128, 128, 99, 31, 700]), 0)
    assert [len(rows) for rows in found] == [128, 97, 120, 64, 33, 1, 128, 128, 99, 31, 700]
    assert sorted(echo.shapes) == [(1, 704), (2, 32), (2, 64), (2, 128), (4, 128)]


def test_one_by_one():
    echo = Echo(0, step=1)
    window_logits(echo, windows([5, 5, 3]), 0)
    assert echo.shapes == [(1, 5), (1, 5), (1, 3)]


def test_no_windows():
    assert window_logits(Echo(), [], 0) == []


def test_articles_without_a_labelled_sentence_have_no_rows_and_keep_their_numbers(encoders):
    encoder = Encoder(Tokenizer.from_file(str(encoders["bert"] / "tokenizer.json")), WindowSettings())
    bare, unlabelled = Article("a", "It rained.", ()), Article("b", "It rained.", (Sentence(Span(0, 10), None),))
    labelled = Article("c", "It rained.", (Sentence(Span(0, 10), LABELS[2]),))
    logits, true, owner = article_logits(Echo(), encoder, [bare, unlabelled, labelled], 0)
    assert (logits.shape, true.tolist(), owner.tolist()) == ((1, 4), [2], [2])
    assert (true.dtype, owner.dtype) == (np.int64, np.int64)
    assert [len(rows) for rows in article_logits(Echo(), encoder, [bare], 0)] == [0, 0, 0]


def test_int8_takes_one_window_a_call():
    runtime = ClaimClassifier.load(runtime="onnxruntime", precision="int8").runtime
    ids, mask = np.full((2, 6), 2054), np.ones((2, 6), np.int64)
    assert runtime.logits(ids[:1], mask[:1]).shape == (1, 6, 4)
    with pytest.raises(InputError, match="one window a call, without padding; these are 2"):
        runtime.logits(ids, mask)
    mask[0, 5] = 0
    with pytest.raises(InputError, match="without padding"):
        runtime.logits(ids[:1], mask[:1])


def test_a_damaged_model_is_said_plainly(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"nothing")
    try:
        OnnxRuntime(tmp_path, 1)
    except ModelError as error:
        assert "export the model again" in str(error)
    else:
        raise AssertionError("a damaged model was loaded")
