"""Windows: whole sentences, each a target once, nothing cut off, offsets exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from claimclf.articles import Span
from claimclf.encoding import CONTEXT, Encoder, WindowSettings, pad, sentence_means
from claimclf.sentences import split

TEXT = "The council rejected the report. Repairs may take until spring.\n\n" + "The county closed it. " * 12


@pytest.fixture(scope="module", params=["bert", "roberta"])
def tokenizer(request, encoders):
    return Tokenizer.from_file(str(encoders[request.param] / "tokenizer.json"))


def make(tokenizer, max_tokens=100, context=1):
    return Encoder(tokenizer, WindowSettings(max_tokens, context))


def targets(windows):
    return [sorted(set(w.sentence_ids) - {CONTEXT}) for w in windows]


@pytest.mark.parametrize(("max_tokens", "context"), [(64, 0), (100, 1), (100, 3), (512, 2)])
def test_every_sentence_is_a_target_of_one_window(tokenizer, max_tokens, context):
    spans = split(TEXT)
    windows = make(tokenizer, max_tokens, context).windows(TEXT, spans)
    assert [i for w in targets(windows) for i in w] == list(range(len(spans)))
    assert all(len(w.input_ids) == len(w.sentence_ids) == len(w.offsets) <= max_tokens for w in windows)


def test_neighbours_are_context(tokenizer):
    text = "The county closed it. " * 40
    spans = split(text)
    windows = make(tokenizer, 100, 1).windows(text, spans)
    assert len(windows) > 2
    for window in windows:
        sentence = [max(pair) for pair in zip(window.sentence_ids, window.neighbour_ids, strict=True)]
        assert all(min(pair) == CONTEXT for pair in zip(window.sentence_ids, window.neighbour_ids, strict=True))
        for index, (start, end) in zip(sentence, window.offsets, strict=True):
            assert (index == CONTEXT) == (end == 0)
            assert index == CONTEXT or spans[index].start <= start <= end <= spans[index].end
    for window, own in zip(windows[1:-1], targets(windows)[1:-1], strict=True):
        starts = [a for (a, b), s in zip(window.offsets, window.sentence_ids, strict=True) if s == CONTEXT and b]
        assert any(a < spans[own[0]].start for a in starts)
        assert any(a >= spans[own[-1]].end for a in starts)


def test_offsets_are_those_of_the_article(encoders):
    tokenizer = Tokenizer.from_file(str(encoders["bert"] / "tokenizer.json"))
    spans = split(TEXT)
    for window in make(tokenizer).windows(TEXT, spans):
        for token, (start, end), owner in zip(window.input_ids, window.offsets, window.sentence_ids, strict=True):
            word = tokenizer.id_to_token(token).removeprefix("##")
            if owner != CONTEXT:
                assert spans[owner].start <= start < end <= spans[owner].end
            if end and word != "[UNK]":
                assert TEXT[start:end].lower() == word


def test_a_sentence_longer_than_a_window_is_read_in_pieces(tokenizer):
    text = "It rained. Then " + "word " * 200 + "end. It stopped."
    spans = split(text)
    windows = make(tokenizer, 40, 1).windows(text, spans)
    pieces = [w for w in windows if 1 in w.sentence_ids]
    assert len(pieces) > 1
    covered = [o for w in pieces for o, s in zip(w.offsets, w.sentence_ids, strict=True) if s == 1]
    assert (covered[0][0], covered[-1][1]) == (spans[1].start, spans[1].end)
    whole = make(tokenizer, 5000, 0).windows(text, spans)[0]
    assert len(covered) == sum(s == 1 for s in whole.sentence_ids)


def test_truncation_and_padding_of_the_tokenizer_do_not_count(tokenizer):
    spans = split(TEXT)
    plain = make(tokenizer).windows(TEXT, spans)
    altered = Tokenizer.from_str(tokenizer.to_str())
    altered.enable_truncation(10)
    altered.enable_padding(length=200)
    assert make(altered).windows(TEXT, spans) == plain
    assert altered.truncation is not None


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("ab. \n\ud800")), max_size=120))
def test_any_text_can_be_encoded(tokenizer, text):
    spans = split(text)
    windows = make(tokenizer, 32, 1).windows(text, spans)
    for window in windows:
        assert len(window.input_ids) <= 32
        assert all(0 <= a <= b <= len(text) for a, b in window.offsets)


def test_means_are_taken_over_all_pieces(tokenizer):
    text = "word " * 100 + "end."
    windows = make(tokenizer, 40, 1).windows(text, [Span(0, len(text))])
    rng = np.random.default_rng(0)
    logits = [rng.normal(size=(len(w.input_ids), 4)).astype(np.float32) for w in windows]
    pairs = [pair for w, rows in zip(windows, logits, strict=True) for pair in zip(rows, w.sentence_ids, strict=True)]
    inside = [row for row, owner in pairs if owner == 0]
    means, counts = sentence_means(windows, logits, 1)
    assert counts.tolist() == [len(inside)]
    assert np.allclose(means[0], np.mean(inside, axis=0), atol=1e-6)


def test_pad(tokenizer):
    windows = make(tokenizer).windows(TEXT, split(TEXT))
    ids, mask = pad(windows, 7)
    assert ids.shape == mask.shape == (len(windows), max(len(w.input_ids) for w in windows))
    assert mask.sum() == sum(len(w.input_ids) for w in windows)
    assert (ids[mask == 0] == 7).all()


@pytest.mark.parametrize(("max_tokens", "context"), [(4, 1), (128, -1)])
def test_settings_out_of_range(max_tokens, context):
    with pytest.raises(ValueError, match="max_tokens >= 8"):
        WindowSettings(max_tokens, context)
