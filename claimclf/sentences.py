"""Sentences of a news text, as spans of code points.

The package nupunkt proposes boundaries line by line, and a chain of small rules corrects what it, being
trained on legal English, gets wrong in news. They look at a *view* of the text, a string of the same length
in which whatever would mislead them is replaced; the text itself is never altered.

Throughout, white space is what `str.isspace` says it is, and characters without width or ink.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Literal

from claimclf.abbreviations import ends_sentence
from claimclf.articles import Span

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

Rule = Callable[[str, list[int]], list[int]]

_INVISIBLE = "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_VIEW: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\r(?=\n)"), " "),
    (re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028]"), "\n"),
    (re.compile(f"[^\\S \n\u2029]|[{_INVISIBLE}]"), " "),
    (re.compile("[“”„‟«»]"), '"'),
    (re.compile("[‘’‚‛‹›]"), "'"),
    (re.compile("[\ud800-\udfff]"), "\ufffd"),
)
_BREAKS = {"every": re.compile("\n[ \n]*|\u2029"), "blank": re.compile("\n[ \n]*\n|\u2029")}

# nupunkt is quadratic in the length of what holds no space, and keeps every word it meets in memory.
_LONG_WORD = re.compile(r"(?<!\S)(\S{40})(\S{20,})(\S{40})(?!\S)")
_LONG_PUNCTUATION = re.compile(r"(?<![^\w\s])([^\w\s]{6,})([^\w\s]{3})(?![^\w\s])")

_FINAL = re.compile(r"[.!?…]")
_CLOSERS = re.compile(r" *[\"')\]}]+(?=\s|$|[-–—,;:])")
_FULL_STOP = re.compile(
    r"(?:(?<![\w.])(?<!\w')|(?<=\d)(?=[AaPp]\.[Mm]\.))"
    r"(?P<word>(?:[^\W\d_]{1,2}\.)*[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"\.[\"')\]}]*(?P<gap> +)(?=(?P<next>[\"'(\[]*[^\W_]))"
)
_ENUMERATOR = re.compile(r"\(?(?:[^\W\d_]|[IVX]+)")
_CONTINUATION = re.compile(r" *(?:[-–—,;:]|(?P<word>[^\W\d_]+(?:[-'][^\W\d_]+)*))")


def split(text: str, newlines: Literal["every", "blank"] = "every") -> list[Span]:
    """Find the sentences of a text, in order, each without white space around it.

    Every line break is a boundary, or, with `newlines="blank"`, only blank lines and paragraph separators.
    Nothing but white space lies outside the spans: punctuation alone is part of a neighbouring sentence, and
    a sentence by itself only where its line has nothing else.

    >>> [(s.start, s.end) for s in split('"Why?" he asked. Lt. Gov. Ray left.')]
    [(0, 16), (17, 35)]
    """
    view = _view(text)
    spans: list[Span] = []
    for start, end in _blocks(view, newlines):
        block = view[start:end].replace("\n", " ")
        for first, last in _pieces(block, _cuts(block, text[start:end])):
            spans.append(Span(start + first, start + last))
    return spans


def _view(text: str) -> str:
    for pattern, replacement in _VIEW:
        text = pattern.sub(replacement, text)
    text = _LONG_WORD.sub(_mask_word, text)
    return _LONG_PUNCTUATION.sub(lambda m: "_" * len(m[1]) + m[2], text)


def _mask_word(match: re.Match[str]) -> str:
    return re.sub(r"\W", "_", match[1]) + " " * len(match[2]) + match[3]


def _blocks(view: str, newlines: Literal["every", "blank"]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAKS[newlines].finditer(view):
        yield start, match.start()
        start = match.end()
    yield start, len(view)


def _pieces(block: str, cuts: list[int]) -> Iterator[tuple[int, int]]:
    for start, end in zip([0, *cuts], [*cuts, len(block)], strict=True):
        piece = block[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + len(piece) - len(piece.lstrip())
            yield first, first + len(stripped)


def _cuts(block: str, raw: str) -> list[int]:
    if _FINAL.search(block) is None:
        return []
    cuts = [end for _, end in _tokenizer().span_tokenize(block)][:-1]
    for rule in _RULES:
        cuts = rule(block, cuts)
    return _join_punctuation(raw, cuts)


@cache
def _tokenizer() -> "PunktSentenceTokenizer":
    # Imported here, as who brings sentence boundaries along needs no model; and loaded anew, as the instance
    # that `nupunkt.load` shares may have been changed by someone else's `add_abbreviation`.
    from nupunkt import load_default_model

    return load_default_model()


def _cut_behind_closers(block: str, cuts: list[int]) -> list[int]:
    """Move a boundary before closing quotes or brackets behind them."""
    moved: list[int] = []
    for cut in cuts:
        match = _CLOSERS.match(block, cut)
        end = match.end() if match else cut
        if not moved or end > moved[-1]:
            moved.append(end)
    return moved


def _judge_full_stops(block: str, cuts: list[int]) -> list[int]:
    """Cut after ordinary words, and after abbreviations where the next word says so; else join."""
    judged = set(cuts)
    first = len(block) - len(block.lstrip())
    for match in _FULL_STOP.finditer(block):
        word, end, following = match["word"], match.start("gap"), match["next"]
        if match.start() <= first + 1 and _ENUMERATOR.fullmatch(block, first, match.end("word")):
            continue
        verdict = ends_sentence(word, block[match.start("next") : match.end("next") + 30])
        if verdict is None and _is_ordinary(word):
            verdict = True
        if verdict and not following[-1].islower():
            judged.add(end)
        elif verdict is False:
            judged.discard(end)
    return sorted(judged)


def _is_ordinary(word: str) -> bool:
    return len(word) > 2 or (len(word) == 2 and not word.istitle())


def _join_continuations(block: str, cuts: list[int]) -> list[int]:
    """Join where the next piece goes on in lower case, or with a dash or a comma."""
    return [cut for cut in cuts if not _continues(_CONTINUATION.match(block, cut))]


def _continues(match: re.Match[str] | None) -> bool:
    return match is not None and (match["word"] is None or match["word"].islower())


def _join_punctuation(raw: str, cuts: list[int]) -> list[int]:
    """Join what has neither letter nor digit to the piece before it, or, as the first, to the next."""
    kept: list[int] = []
    start, speaks = 0, False
    for cut in [*cuts, len(raw)]:
        if any(c.isalnum() for c in raw[start:cut]):
            if speaks:
                kept.append(start)
            speaks = True
        start = cut
    return kept


_RULES: tuple[Rule, ...] = (_cut_behind_closers, _judge_full_stops, _join_continuations)
