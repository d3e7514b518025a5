import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Span
from claimclf.offsets import UNITS, Mark, Offsets, find_unit, same_words

TEXTS = st.text(st.sampled_from("ab é👍🏽\u0301שׁ\r\n\0𝔸"), min_size=1, max_size=30)


def in_unit(text, span, unit):
    """Offsets of a span in a unit, by encoding what stands before it: another way than the code under test."""
    size = {"codepoint": len, "utf16": lambda t: len(t.encode("utf-16-le")) // 2, "byte": lambda t: len(t.encode())}
    return Mark(size[unit](text[: span.start]), size[unit](text[: span.end]), span.of(text))


@settings(deadline=None)
@given(TEXTS, st.data(), st.sampled_from(UNITS))
def test_every_unit_gives_the_same_span(text, data, unit):
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    mark = in_unit(text, span, unit)
    assert Offsets(text, unit).span(mark) == span
    found = find_unit([(text, [mark])], usual=unit)
    assert found == unit


def test_the_unit_is_found_by_the_words():
    text = "👍 It was \u201cfine\u201d."
    span = Span(9, 15)
    for unit in UNITS:
        assert find_unit([("plain", [Mark(0, 5, "plain")]), (text, [in_unit(text, span, unit)])]) == unit
    assert find_unit([("plain", [Mark(0, 5)])], usual="utf16") == "utf16"


def test_what_fits_no_unit_is_refused():
    with pytest.raises(ValueError, match="fits all marks; in codepoint units: its offsets say 'lai'"):
        find_unit([("plain", [Mark(1, 4, "pla")])])
    one, two = in_unit("👍 a b", Span(2, 3), "utf16"), in_unit("👍 a b", Span(4, 5), "codepoint")
    with pytest.raises(ValueError, match="no unit"):
        find_unit([("👍 a b", [one, two])])


@pytest.mark.parametrize(
    ("mark", "found"),
    [
        (Mark(0, 9), "lies outside"), (Mark(-1, 2), "lies outside"), (Mark(1, 3), "inside a character"),
        (Mark(2, 2), "no span"), (Mark(0, 2, "x"), "its text 'x'"),
    ],
)  # fmt: skip
def test_marks_that_are_none(mark, found):
    with pytest.raises(ValueError, match=found):
        Offsets("👍 ok", "utf16").span(mark)


@pytest.mark.parametrize(
    ("words", "quote", "same"),
    [
        ("a\r\n\r\nb", r"a\n\n\n\nb", True), ("a \n  b", r"a\nb", True), ("a\tb", "a b", True),
        ("a\u00a0b", "a b", True), ("  a", "a", True), ("a", "", True), (r"a\n b", r"a\n b", True),
        ("a b", "ab", False), ("ab", "a b", False), ("a ", " a", False), ("a\0b", "ab", False), ("a", " ", False),
    ],
)  # fmt: skip
def test_a_quote_may_be_as_a_browser_shows_the_words(words, quote, same):
    assert same_words(words, quote) is same


def test_a_unit_in_which_quotes_are_exact_goes_before_one_that_only_looks_alike():
    assert find_unit([("x👍 y", [Mark(0, 3, "x👍")])]) == "utf16"
    assert find_unit([("👍 a\nb c", [Mark(2, 5, r"a\nb")])]) == "codepoint"
    assert find_unit([("👍 a\nb c", [Mark(3, 6, r"a\nb")])]) == "utf16"
