import sys

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Span
from claimclf.errors import MissingExtraError
from claimclf.offsets import UNITS, DoubtError, Mark, Offsets, find_unit, same_words

TEXTS = st.text(st.sampled_from("ab é👍🏽\u0301שׁ\r\n\0𝔸"), min_size=1, max_size=30)


def in_unit(text, span, unit):
    """Offsets of a span in a unit, by encoding what stands before it: another way than the code under test."""
    size = {
        "codepoint": len,
        "utf16": lambda t: len(t.encode("utf-16-le")) // 2,
        "byte": lambda t: len(t.encode()),
        "grapheme": lambda t: len(regex.findall(r"\X", t)),
    }
    return Mark(size[unit](text[: span.start]), size[unit](text[: span.end]), span.of(text))


@settings(deadline=None)
@given(TEXTS, st.data(), st.sampled_from(UNITS))
def test_every_unit_gives_the_same_span(text, data, unit):
    edges = [0, *(cluster.end() for cluster in regex.finditer(r"\X" if unit == "grapheme" else r"(?s).", text))]
    first = data.draw(st.integers(0, len(edges) - 2))
    span = Span(edges[first], edges[data.draw(st.integers(first + 1, len(edges) - 1))])
    mark = in_unit(text, span, unit)
    assert Offsets(text, unit).span(mark) == span
    found = find_unit([(text, [mark])], usual=unit)
    assert found == unit


def test_the_unit_is_found_by_the_words():
    text = "👍🏽 It was \u201cfine\u201d."
    span = Span(10, 16)
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


def test_in_doubt_no_unit_is_taken():
    plain, emoji, accents = ("It may rain.", [Mark(0, 6)]), ("👍 a b c", [Mark(2, 3)]), ("e\u0301 a b c", [Mark(2, 3)])
    assert find_unit([plain, emoji, accents]) == "codepoint"  # the tool documents it
    assert find_unit([plain, ("ü – “a”", [Mark(0, 7)])], "utf16", ("codepoint", "grapheme")) == "utf16"
    with pytest.raises(DoubtError) as caught:
        find_unit([plain, emoji, accents], "codepoint", ("utf16", "grapheme"))
    assert caught.value.doubts == (
        (1, "2-3 is 'a' (codepoint units) or ' ' (utf16 units), and nothing tells which"),
        (2, "2-3 is ' ' (codepoint units) or 'a' (grapheme units), and nothing tells which"),
    )
    assert find_unit([accents], "codepoint", ("utf16",)) == "codepoint"
    assert find_unit([emoji, ("👍 a b c", [Mark(3, 4, "a")])], "codepoint", ("utf16", "grapheme")) == "utf16"


def test_words_that_stand_there_in_two_units_do_not_decide():
    with pytest.raises(DoubtError):
        find_unit([("👍 aa", [Mark(3, 4, "a")])], "codepoint", ("utf16",))


def test_graphemes():
    text = "👩‍👩‍👧 🇩🇪\r\ne\u0301"
    offsets = Offsets(text, "grapheme")
    assert offsets.length == 5
    assert [offsets.span(Mark(n, n + 1)).of(text) for n in range(5)] == ["👩‍👩‍👧", " ", "🇩🇪", "\r\n", "e\u0301"]
    with pytest.raises(ValueError, match="outside the text, which has 5 grapheme units"):
        offsets.span(Mark(0, 6))


def test_graphemes_without_their_package_are_named_and_plain_texts_need_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "regex", None)
    with pytest.raises(MissingExtraError, match=r"claimclf\[annotations\]"):
        find_unit([("👍 a b", [Mark(2, 3)])], "codepoint", ("grapheme",))
    assert find_unit([("Zoë said “no”.", [Mark(2, 3)])], "codepoint", ("grapheme",)) == "codepoint"
    assert find_unit([("👍 a b", [Mark(3, 4, "a")])]) == "utf16"  # proved without it
    with pytest.raises(ValueError, match="no unit"):
        find_unit([("👍 a b", [Mark(3, 4, "x")])])


def test_line_breaks_in_the_marked_words_may_be_written_as_two_characters():
    assert Offsets("a\r\nb", "codepoint").span(Mark(0, 4, "a\\n\\nb")) == Span(0, 4)
    with pytest.raises(ValueError, match="its text"):
        Offsets("a n", "codepoint").span(Mark(0, 3, "a\\n"))


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
