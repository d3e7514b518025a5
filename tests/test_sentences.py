"""Splitting text into sentences: the rules by example, the promises by property, the cost by doubling."""

import subprocess
import sys
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claimclf.abbreviations import ends_sentence, opens_sentence
from claimclf.sentences import split

MODES = ["every", "blank"]
INVISIBLE = "\xad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2064\u2066\u2069\ufeff"
LINE_BREAKS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


def pieces(text, newlines="every"):
    return [span.of(text) for span in split(text, newlines)]


def marked(example):
    """Turn ``A. | B.`` into the text and the sentences expected of it."""
    sentences = example.split(" | ")
    return " ".join(sentences), sentences


RULES = {
    "plain": [
        "The bridge reopened on Monday. | Traffic was light.",
        "Who paid for it? | Nobody knows! | The mayor shrugged.",
        "The rate rose 3.5 percent. | It cost $4.50.",
        "The file is at www.example.org. | It opens slowly.",
    ],
    "closing quotes and brackets": [
        "“The road is shut.” | Crews left at noon.",
        "He called it “a farce.” | She disagreed.",
        "(The firm did not reply.) | Its shares fell.",
        "“We heard ‘never again.’” | The crowd left.",
        "She said it was “over. ” | The room emptied.",
        "«The road is shut.» | Crews left.",
        "He called it “wrong.“ | She disagreed.",
    ],
    "ordinary words that nupunkt takes for abbreviations": [
        "The home side took the lead. | Visitors pressed on.",
        "The town fell into chaos. | Soldiers withdrew.",
        "It closed last month. | President Orso objected.",
        "They painted the wall. | “Nobody asked us,” said a resident.",
        "He let me in. | Police arrived.",
        "They will do so. | Fifty have agreed.",
        "The envoy briefed the UN. | Delegates clapped.",
        "They don't. | Rivals do.",
        "It reopened last month. | 15 people came.",
    ],
    "continuations": [
        "“Why now?” he asked the clerk.",
        "“Resign now!” read one banner.",
        "“It is over.” – Mira Holt, coach.",
        "He asked “why?”, then left.",
        "They waited… and nothing came.",
        "Sales rose. | iPhone prices did not.",
        "Rebels left. | al-Noor fighters stayed.",
    ],
    "titles": [
        "He met Lt. Gov. Ana Roy and Reps. Bo Lin and Cy Dee. | They argued.",
        "Dr. Oye, Prof. Li, Mr. Hart, Mrs. Hart, Sgt. Pike, Col. Rao and Sen. Vo came.",
        "Gen. “Iron” Moss and Rep. The Honourable Kay sat down.",
        "A complaint by GEN. SMITH was filed.",
    ],
    "initials": [
        "The paper cites J. K. Rowe and P. J. Dunn. | Both declined.",
        "George W. Marsh flew to William P. Moss Airport.",
        "They fell back on plan B. | The vote passed.",
        "A. The first question was put.",
        "IV. The council met.",
        "The plane left runway 28L. | Two tyres burst.",
    ],
    "countries": [
        "The U.S. Senate met. | U.S. Secretary of State Ira Voss spoke.",
        "He left the U.S. | The visa had run out.",
        "She returned to the U.S. | “I had to,” she said.",
        "The U.S. “deal” collapsed.",
        "It went to the U.N. General Assembly. | A vote followed.",
        "The U.S. | But others stayed.",
        "the U.S. IT sector grew.",
    ],
    "clock": [
        "It began at 9 a.m. Monday. | It ended at 5 p.m. | Police cleared the hall.",
        "The shop shut at 5p.m. | Police came.",
        "It rang at 1 p.m. Arizona time and at 6 p.m. GMT. | Nobody answered.",
        "It closed at 6 p.m. | This time nobody came.",
        "They left at 7 p.m. local time.",
    ],
    "companies, places, generations, months": [
        "He runs Orbo Inc. | The firm is old. | Orbo Inc. Chief Executive Jo Day resigned.",
        "Lumo Corp. and Vanta Co. Ltd. Holdings merged.",
        "Sam Reed Jr. Park reopened. | He spoke for Sam Reed Jr. | She did not.",
        "It was built in Jan. | The roof came in Feb. 2003, the doors on Sept. 11.",
        "They met in Springfield, Ill. | The mayor fell ill. | Voters waited.",
        "She lives in St. Anselm. | He lives on Main St. | The house is red.",
    ],
    "numbers": [
        "She is No. 2 on the list. | The answer was no. | Critics groaned.",
        "See Art. 5 and fig. 3. | It hung in the Museum of Art. | Visitors came.",
    ],
    "connectives": [
        "It is Rovia vs. Selm. | Fans, e.g. Anna, i.e. me, came.",
        "They sold hats, scarves, etc. | Nobody bought. | Hats, etc. are cheap.",
    ],
}


@pytest.mark.parametrize(
    "text", [pytest.param(t, id=f"{k}-{i}") for k, v in RULES.items() for i, t in enumerate(v)]
)
def test_rules(text):
    text, expected = marked(text)
    assert pieces(text) == expected


def test_spans_count_code_points():
    text = "  👍🏽 Ja. \u200b Nein.\u00a0"
    assert [(s.start, s.end) for s in split(text)] == [(2, 8), (11, 16)]


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_every_line_break_is_a_boundary(line_break):
    assert pieces(f"Talks resume{line_break}By Ana Roy{line_break}{line_break}They met.") == [
        "Talks resume",
        "By Ana Roy",
        "They met.",
    ]


@pytest.mark.parametrize("line_break", LINE_BREAKS[:-1])
def test_in_hard_wrapped_text_only_blank_lines_are_boundaries(line_break):
    text = f"The talks{line_break}failed. They{line_break}resume.{line_break} \t{line_break}Headline{line_break * 2}End"
    assert pieces(text, "blank") == [
        f"The talks{line_break}failed.",
        f"They{line_break}resume.",
        "Headline",
        "End",
    ]


def test_a_paragraph_separator_is_a_boundary_in_either_mode():
    for mode in MODES:
        assert pieces("Talks fail\u2029Talks resume", mode) == ["Talks fail", "Talks resume"]


@pytest.mark.parametrize("mode", MODES)
def test_punctuation_alone_joins_its_neighbour_or_stands_as_a_line(mode):
    assert pieces("They left. !!! ???", mode) == ["They left. !!! ???"]
    assert pieces("... They left. --", mode) == ["... They left. --"]
    assert pieces("They left.\n\n* * *\n\nThey came.", mode) == ["They left.", "* * *", "They came."]
    assert pieces("! ? ! ?", mode) == ["! ? ! ?"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["", " ", "\n", "\r\n\r\n", "\u00a0\u2028", *INVISIBLE, " \ufeff\n\u200b "])
def test_nothing_to_see_is_no_sentence(text, mode):
    assert split(text, mode) == []


@pytest.mark.parametrize("text", ["\ud800", "\x00", "a\udfff. B", "\ud83d. \x00!", ".", "…", "'", "\ufffd"])
def test_what_is_odd_but_visible_is_kept(text):
    assert "".join(pieces(text)).replace(" ", "") == text.replace(" ", "")


def test_quotes_and_spaces_of_any_kind_give_the_same_boundaries():
    straight = 'The "lead." Rivals left. "Why?" he asked.'
    curly = "The\u00a0“lead.”\u202fRivals left.\u200b“Why?”\u3000he asked."
    assert [(s.start, s.end) for s in split(curly)] == [(s.start, s.end) for s in split(straight)]


def test_long_runs_do_not_hide_the_boundary_behind_them():
    assert pieces("Stop" + "!" * 40 + " They left.") == ["Stop" + "!" * 40, "They left."]
    link = "https://example.org/" + "a.b?c=d!" * 40
    assert pieces(f"See {link} now. They left.") == [f"See {link} now.", "They left."]
    assert pieces(f"See {link}end. They left.") == [f"See {link}end.", "They left."]


def test_what_opens_a_sentence():
    assert opens_sentence("It's over") and opens_sentence("A vote") and opens_sentence("I know")
    assert not any(map(opens_sentence, ["", "“", "the", "Senate", "IN TALKS", "All-Star Game", "AND"]))


def test_what_ends_a_sentence():
    assert ends_sentence("lead", "The") is None
    assert ends_sentence("Mass", "Gov") is False
    assert ends_sentence("mass", "Gov") is None
    assert ends_sentence("PH.D", "The") is True


def test_import_does_not_load_the_model():
    code = "import sys, claimclf.sentences; sys.exit('nupunkt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Properties ---------------------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        "The envoy left", "the", "U.S", "Lt", "Gov", "a.m", "p.m", "Inc", "No", "J", "no", "iPhone", "vs", "Senate",
        "5", "3.5", "é", "東京", "👍", "a" * 130, "a.b!" * 40, ".", ". ", "?", "!", "…", "...", ". . .", "!" * 12, ",",
        '"', "“", "”", "'", "’", "(", ")", "]", "-", "—", " ", "  ", " " * 60, "\u00a0", "\t", "\x00", "\ud800",
        *INVISIBLE, *LINE_BREAKS,
    ]
)  # fmt: skip
ARBITRARY = st.text(alphabet=st.one_of(st.characters(), st.characters(categories=["Cs"])), max_size=200)
COMPOSED = st.lists(FRAGMENTS, max_size=40).map("".join)
TEXTS = st.one_of(ARBITRARY, COMPOSED)


def is_blank(text):
    return all(c.isspace() or c in INVISIBLE or "\u200b" <= c <= "\u2069" for c in text)


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
@example(text="a" * 200 + ". B")
@example(text='x." "Y')
def test_spans_are_ordered_trimmed_and_lose_nothing(mode, text):
    end = 0
    for span in split(text, mode):
        assert end <= span.start < span.end <= len(text)
        assert is_blank(text[end : span.start])
        assert not is_blank(text[span.start]) and not is_blank(text[span.end - 1])
        end = span.end
    assert is_blank(text[end:])


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS, other=TEXTS)
def test_a_text_is_split_the_same_whatever_was_split_before(mode, text, other):
    first = split(text, mode)
    split(other, mode)
    assert split(text, mode) == first


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_no_span_crosses_a_line_break(text):
    assert all(len(piece.splitlines()) == 1 for piece in pieces(text))


@settings(max_examples=150, deadline=None)
@given(first=TEXTS, second=TEXTS)
def test_paragraphs_do_not_touch_each_other(first, second):
    glue = "x\n\n"
    shift = len(first) + len(glue)
    moved = [(s.start + shift, s.end + shift) for s in split(second)]
    both = [(s.start, s.end) for s in split(first + glue + second)]
    assert both == [(s.start, s.end) for s in split(first + "x")] + moved


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_in_a_line_punctuation_alone_is_no_sentence(text):
    line = "Ana left. " + " ".join(text.split())
    for piece in pieces(line):
        assert any(c.isalnum() for c in piece)


# Cost ---------------------------------------------------------------------------------------------------------

REPEATED = [
    "!", '"', "(", ".", "a", " ", "\n", "\r\n", ". ", "! . ", '."', "a.!", "a.b.c.", "A. ", "word. ", 'word." "',
    "U.S. ", "a.\n", "… ", ".\u200b", '."x' * 30 + " " * 500,
]  # fmt: skip


def seconds(text, mode):
    """Time of this process, so that a busy machine does not count; the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        split(text, mode)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("unit", REPEATED, ids=lambda unit: repr(unit[:8]))
def test_time_is_linear(unit):
    split(unit * 10)
    small = (unit * 30_000)[:30_000]
    # Linear is 4, quadratic 16; the constant is for what is too short to be timed.
    assert seconds(small * 4, "every") <= 8 * seconds(small, "every") + 0.05


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("unit", ["!", '"', "(", "\n", "a", ". ", "a.b.c."])
def test_a_megabyte_is_nothing_special(unit, mode):
    text = (unit * 1_000_000)[:1_000_000]
    start = time.process_time()
    spans = split(text, mode)
    assert time.process_time() - start < 10
    assert len(spans) == (unit != "\n")
