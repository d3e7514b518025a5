import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Span
from claimclf.cues import deciding_words

TEXT = "It rained. The mayor's office can't-say whether, on Monday, it may stop. They left."
SENTENCE = Span(11, 72)


def shares(text, sentence, **words):
    """A token a word, with the share given here (0.1 elsewhere); `cant_say` stands for can't-say."""
    given_shares = {"can't-say" if word == "cant_say" else word: share for word, share in words.items()}
    found = re.compile(r"[\w'-]+").finditer(text, sentence.start, sentence.end)
    return [(match.span(), given_shares.get(match[0], 0.1)) for match in found]


def deciding(text=TEXT, sentence=SENTENCE, **words):
    return [span.of(text) for span in deciding_words(text, sentence, shares(text, sentence, **words))]


def test_the_largest_share_decides():
    assert SENTENCE.of(TEXT).startswith("The mayor") and SENTENCE.of(TEXT).endswith("stop.")
    assert deciding(may=2.0) == ["may"]


def test_words_count_from_half_the_largest_share_on_and_come_in_order_of_place():
    assert deciding(stop=2.0, whether=1.0, Monday=0.99) == ["whether", "stop"]


def test_three_words_at_most():
    assert deciding(office=2.4, whether=4.0, Monday=3.0, may=2.5) == ["whether", "Monday", "may"]


def test_neighbours_are_joined_and_others_not():
    assert deciding(it=2.0, may=2.0) == ["it may"]
    assert deciding(Monday=2.0, it=1.5, may=2.0) == ["Monday, it may"]
    assert deciding(it=2.0, stop=2.0) == ["it", "stop"]
    assert deciding(it=2.0, may=0.1, stop=2.0) == ["it", "stop"]


def test_a_word_below_the_limit_does_not_join_its_neighbours():
    assert deciding(it=4.0, may=1.9, stop=4.0) == ["it", "stop"]


@pytest.mark.parametrize("share", [0.0, -1.0])
def test_nothing_decides_when_no_share_is_positive(share):
    assert deciding_words(TEXT, SENTENCE, [(span, share) for span, _ in shares(TEXT, SENTENCE)]) == ()
    assert deciding_words(TEXT, SENTENCE, []) == ()


def test_shares_of_the_pieces_of_a_word_add_up_and_the_whole_word_is_given():
    text = "It is unlikelier, they say."
    pieces = [((6, 8), 0.6), ((8, 13), 0.6), ((13, 16), 0.6), ((18, 22), 1.0), ((23, 26), -5.0)]
    assert [s.of(text) for s in deciding_words(text, Span(0, len(text)), pieces)] == ["unlikelier, they"]
    assert [s.of(text) for s in deciding_words(text, Span(0, len(text)), [*pieces, ((6, 8), 0.3)])] == ["unlikelier"]


def test_pieces_of_a_word_that_cancel_out_decide_nothing():
    assert deciding_words("It may.", Span(0, 7), [((3, 4), 2.0), ((4, 6), -2.0)]) == ()


def test_words_with_an_apostrophe_or_a_hyphen_are_one():
    assert deciding(cant_say=2.0) == ["can't-say"]
    text = "It’s so-called rain"
    assert [s.of(text) for s in deciding_words(text, Span(0, 19), [((3, 4), 1.0)])] == ["It’s"]
    assert [s.of(text) for s in deciding_words(text, Span(0, 19), [((8, 14), 1.0)])] == ["so-called"]


def test_punctuation_decides_nothing():
    assert deciding_words("Rain? Yes.", Span(0, 10), [((4, 5), 9.0), ((9, 10), 9.0)]) == ()
    assert deciding_words("?! --", Span(0, 5), [((0, 2), 9.0)]) == ()


def test_a_token_with_the_space_before_it_belongs_to_its_word():
    text = "It may rain."
    assert [s.of(text) for s in deciding_words(text, Span(0, 12), [((0, 2), 0.1), ((2, 6), 2.0)])] == ["may"]


def test_tokens_of_other_sentences_and_special_tokens_decide_nothing():
    outside = [((0, 0), 9.0), ((0, 2), 9.0), ((3, 9), 9.0), ((73, 77), 9.0), ((78, 82), 9.0)]
    assert deciding_words(TEXT, SENTENCE, outside) == ()
    assert [s.of(TEXT) for s in deciding_words(TEXT, SENTENCE, [*outside, ((63, 66), 1.0)])] == ["may"]


ALPHABET = st.sampled_from("aé9_ '’-.,\n👍東")
OFFSETS = st.tuples(st.integers(0, 45), st.integers(0, 45)).map(sorted).map(tuple)
CASES = st.tuples(
    st.text(ALPHABET, min_size=1, max_size=40),
    st.tuples(st.integers(0, 39), st.integers(1, 40)),
    st.lists(st.tuples(OFFSETS, st.floats(-5, 5)), max_size=15),
)


@settings(max_examples=300, deadline=None)
@given(case=CASES)
def test_cues_are_whole_words_inside_the_sentence(case):
    text, (start, length), found = case
    start = min(start, len(text) - 1)
    sentence = Span(start, min(len(text), start + length))
    spans = deciding_words(text, sentence, found)
    assert len(spans) <= 3
    assert spans == deciding_words(text, sentence, found[::-1])
    last = sentence.start - 1
    for span in spans:
        assert last < span.start < span.end <= sentence.end
        assert re.match(r"\w", text[span.start]) and re.match(r"\w", text[span.end - 1])
        before = text[span.start - 1 : span.start] if span.start > sentence.start else ""
        after = text[span.end : span.end + 1] if span.end < sentence.end else ""
        assert not re.match(r"\w", before) and not re.match(r"\w", after)
        last = span.end
    if not any(share > 0 for _, share in found):
        assert spans == ()
