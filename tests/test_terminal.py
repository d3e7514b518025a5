import io

import pytest
from rich.console import Console

from claimclf.articles import Span
from claimclf.labels import Label
from claimclf.predictions import ArticlePrediction, SentencePrediction
from claimclf.terminal import render, summary

SPECULATION, DENIAL, FACT = Label.SPECULATION, Label.OFFICIAL_DENIAL, Label.FACTUAL_REPORT


def predicted(*rows, windows=1):
    """An article of (sentence, label, words that decided) with a line break between sentences."""
    text, sentences = "\n".join(row[0] for row in rows), []
    at = 0
    for body, label, *cues in rows:
        spans = tuple(Span(at + body.index(cue), at + body.index(cue) + len(cue)) for cue in cues)
        sentences.append(SentencePrediction(at, at + len(body), body, label, 0.876, {}, spans, windows))
        at += len(body) + 1
    return ArticlePrediction(text, tuple(sentences), "toy")


def shown(article, title="", width=200, colour=False):
    file = io.StringIO()
    Console(file=file, width=width, force_terminal=colour, color_system="standard" if colour else None).print(
        render(article, title)
    )
    assert file.getvalue().endswith("\n")
    return "\n".join(line.rstrip() for line in file.getvalue()[:-1].split("\n"))  # table cells end in spaces


def underlined(article):
    """The stretches that an ANSI terminal underlines."""
    parts = shown(article, colour=True).split("\x1b[4m")
    return [part.partition("\x1b[0m")[0] for part in parts[1:]]


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        ([FACT], "1 sentence: 1 factual report"),
        ([FACT, FACT], "2 sentences: 2 factual report"),
        ([SPECULATION, FACT, SPECULATION], "3 sentences: 1 factual report, 2 speculation"),
        (list(Label), "4 sentences: 1 factual report, 1 unverified claim, 1 official denial, 1 speculation"),
    ],
)
def test_the_summary_counts_each_status_that_is_there(labels, line):
    article = predicted(*((f"It rained on {n}.", label) for n, label in enumerate(labels)))
    assert summary(article).plain == line
    assert shown(article).split("\n")[0] == line


def test_an_article_without_sentences():
    assert shown(ArticlePrediction("…", (), "toy")) == "no sentence to classify: the text has no letter or digit"


def test_a_line_a_sentence_with_label_confidence_and_text():
    article = predicted(("It rained.", FACT), ("It may stop.", SPECULATION, "may"), ("No, he said.", DENIAL))
    assert shown(article).split("\n")[1:] == [
        "factual report   88%  It rained.",
        "speculation      88%  It may stop.",
        "official denial  88%  No, he said.",
    ]


def test_a_sentence_wider_than_the_terminal_goes_on_below_its_beginning():
    lines = shown(predicted(("It rained and it rained and it rained.", FACT)), width=40).split("\n")[1:]
    assert lines == ["factual report  88%  It rained and it", f"{'':21}rained and it", f"{'':21}rained."]


def test_a_title_comes_first_where_there_is_one():
    article = predicted(("It rained.", FACT))
    assert shown(article, "a.txt").split("\n")[:2] == ["a.txt", "1 sentence: 1 factual report"]


def test_cues_are_underlined_wherever_the_sentence_stands():
    article = predicted(("It rained.", FACT), ("👍 It may stop, they say.", SPECULATION, "may", "they say"))
    assert underlined(article) == ["may", "they say"]


def test_cues_of_a_factual_report_are_not():
    assert underlined(predicted(("It rained.", FACT, "rained"))) == []


def test_each_status_has_its_colour():
    lines = shown(predicted(*((f"Sentence {label}.", label) for label in Label)), colour=True).split("\n")[1:]
    colours = {line[: line.index("m") + 1] for line in lines}
    assert len(colours) == 4 and all(colour.startswith("\x1b[3") for colour in colours)


@pytest.mark.parametrize("text", ["He [bold]rained[/bold] :rain:", "[/red] [link=x]may[/]", "[red]may", r"\[may]"])
def test_brackets_are_text_and_no_markup(text):
    assert shown(predicted((text, SPECULATION))).endswith(f"88%  {text}")
    assert shown(predicted(("It rained.", FACT)), text).split("\n")[0] == text


@pytest.mark.parametrize(
    "text", ["The talks\r\nmay fail.", "The\x07 talks\x08 may fail.", "A\x1b[31m B\x9b2J may fail.", "A\tB may."]
)
def test_control_characters_neither_reach_the_terminal_nor_shift_the_cues(text):
    article = predicted((text, SPECULATION, "may"))
    assert underlined(article) == ["may"]
    assert not set(shown(article, title="a\x1b[0m.txt")) & set("\r\t\x07\x08\x1b\x9b")


def test_half_a_character_is_shown_as_one_that_is_missing():
    article = predicted(("It \ud83d may\udfff fail.", SPECULATION, "may"))
    assert underlined(article) == ["may"]
    assert "It \ufffd may\ufffd fail." in shown(article, title="caf\udce9.txt")
    assert shown(article, title="caf\udce9.txt").startswith("caf\ufffd.txt\n")


@pytest.mark.parametrize(("windows", "there"), [(1, False), (3, True)])
def test_a_sentence_longer_than_a_window_is_marked(windows, there):
    line = shown(predicted(("It rained.", FACT), windows=windows)).split("\n")[1]
    assert line.endswith("It rained.  (longer than a window: read in 3 pieces)") is there
    assert line.endswith("It rained.") is not there
