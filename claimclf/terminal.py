"""An article's prediction as people read it in a terminal: the text, each sentence in its status's colour."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text

from claimclf.labels import Label
from claimclf.predictions import ArticlePrediction, SentencePrediction

_STYLES = {
    Label.FACTUAL_REPORT: "green",
    Label.UNVERIFIED_CLAIM: "yellow",
    Label.OFFICIAL_DENIAL: "red",
    Label.SPECULATION: "magenta",
}
_NAMES = {label: str(label).replace("_", " ") for label in Label}
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], " ")  # they move cursors, and rich drops some
_WIDTH = max(len(name) for name in _NAMES.values())


def render(article: ArticlePrediction, title: str = "") -> Group:
    """The article for a rich console: a line that sums it up, then a line a sentence, its cues underlined."""
    lines = [Text(title.translate(_CONTROLS), style="bold")] if title else []
    lines.append(summary(article))
    lines += [_line(sentence) for sentence in article.sentences]
    return Group(*lines)


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


def _line(sentence: SentencePrediction) -> Text:
    line = Text()
    line.append(f"{_NAMES[sentence.label]:<{_WIDTH}} {sentence.confidence:4.0%}  ", style=_STYLES[sentence.label])
    body = Text(sentence.text.translate(_CONTROLS))
    if sentence.label is not Label.FACTUAL_REPORT:
        for cue in sentence.cues:
            body.stylize("underline", cue.start - sentence.start, cue.end - sentence.start)
    line.append_text(body)
    if sentence.windows > 1:
        line.append(f"  (longer than a window: read in {sentence.windows} pieces)", style="dim")
    return line
