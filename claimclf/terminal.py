"""An article's prediction as people read it in a terminal: the text, each sentence in its status's colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from claimclf.labels import Label
from claimclf.predictions import ArticlePrediction, SentencePrediction

T = TypeVar("T")
_STYLES = {
    Label.FACTUAL_REPORT: "green",
    Label.UNVERIFIED_CLAIM: "yellow",
    Label.OFFICIAL_DENIAL: "red",
    Label.SPECULATION: "magenta",
}
# Control characters of a text would steer the terminal: each is shown as a picture, line breaks and tabs as spaces.
# Half a character (a lone surrogate) cannot be written at all.
_SHOWN: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(32)},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000)), "\ufffd"),
    **dict.fromkeys(map(ord, "\t\n\r"), " "),
}
_NAMES = {label: str(label).replace("_", " ") for label in Label}


def visible(text: str) -> str:
    r"""A text of the same length without characters that steer the terminal or that it cannot show.

    >>> visible("a\x1bb")
    'a␛b'
    """
    return text.translate(_SHOWN)


def render(article: ArticlePrediction, title: str = "") -> Group:
    """The article for a rich console: a line that sums it up, then a row a sentence, its cues underlined."""
    rows = Table.grid(padding=(0, 2, 0, 0))
    for sentence in article.sentences:
        style = _STYLES[sentence.label]
        rows.add_row(Text(_NAMES[sentence.label], style), Text(f"{sentence.confidence:.0%}", style), _body(sentence))
    heading = [Text(visible(title), style="bold")] if title else []
    return Group(*heading, summary(article), *([rows] if article.sentences else []))


def summary(article: ArticlePrediction) -> Text:
    """One line: how many sentences of which status."""
    if not article.sentences:
        return Text("no sentence to classify: the text has no letter or digit")
    line = Text(f"{len(article.sentences)} sentence{'s' if len(article.sentences) > 1 else ''}: ")
    counted = [(label, n) for label, n in article.counts().items() if n]
    for place, (label, n) in enumerate(counted):
        line.append(", " if place else "")
        line.append(f"{n} {_NAMES[label]}", style=_STYLES[label])
    return line


def _body(sentence: SentencePrediction) -> Text:
    body = Text(visible(sentence.text))
    if sentence.label is not Label.FACTUAL_REPORT:
        for cue in sentence.cues:
            body.stylize("underline", cue.start - sentence.start, cue.end - sentence.start)
    if sentence.windows > 1:
        body.append(f"  (longer than a window: read in {sentence.windows} pieces)", style="dim")
    return body


def progress(what: str, items: Iterable[T]) -> Iterable[T]:
    """The items, with a bar on standard error where that is a terminal.

    >>> list(progress("articles", [1, 2]))
    [1, 2]
    """
    from rich.progress import track

    console = Console(stderr=True)
    return track(items, what, console=console, disable=not console.is_terminal, transient=True)


def drop_output() -> None:
    """Write what waits; where it has nowhere to go, as on a full disk, it is not tried again when the process ends."""
    out = sys.__stdout__ if sys.stdout is sys.__stdout__ else None
    if out is None:
        return
    try:
        out.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
