r"""CoNLL-U Plus: a token a line, the statuses as BIO tags in the last column, a blank line behind each sentence.

    # global.columns = ID FORM MISC CLAIM:STATUS
    # newdoc id = a1
    1	It	_	B-speculation
    2	may	SpacesAfter=\s\n	I-speculation

`MISC` has the white space where it is no single space (`SpaceAfter=No`, or `SpacesAfter=` and, at an article's start,
`SpacesBefore=` with the escapes of UDPipe: `\s \t \n \r \p \\`), so that the text is the same when it is read again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from claimclf.articles import Article, Span
from claimclf.files import write_whole
from claimclf.labels import Label
from claimclf.writers.outcome import Outcome, encodable

HEADER = "# global.columns = ID FORM MISC CLAIM:STATUS\n"
ESCAPES = {" ": r"\s", "\t": r"\t", "\n": r"\n", "\r": r"\r", "|": r"\p", "\\": r"\\"}
_TOKEN = re.compile(r"\w+|[^\w\s]")


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write the articles, all in one file."""
    there, left = encodable(articles)
    fine = [article for article in there if not _unfit(article)]
    lost: Counter[str] = Counter()
    if unfit := len(there) - len(fine):
        lost["articles with no words, or with a line break or outer white space in the id, which are left out"] = unfit
    lines = [HEADER]
    for article in fine:
        lines += _lines(article, lost)
        _count(article, lost)
    write_whole(path, "".join(lines).encode("utf-8"))
    return Outcome(len(fine), (*left, *(f"{what}: {count:,}" for what, count in lost.items() if count)))


def _unfit(article: Article) -> bool:
    return not article.text.strip() or article.id != article.id.strip() or bool(re.search(r"[\r\n]", article.id))


def _count(article: Article, lost: Counter[str]) -> None:
    lost["fields"] += len(article.fields)
    lost["stories"] += article.story != article.id
    for sentence in article.sentences:
        lost["titles"] += sentence.part == "title"
        lost["second labels"] += len(sentence.also)
        lost["votes of annotators"] += sum(sentence.votes)
        lost["cues"] += len(sentence.cues)
        lost["sources"] += len(sentence.sources)


def _lines(article: Article, lost: Counter[str]) -> Iterator[str]:
    yield f"# newdoc id = {article.id}\n"
    blocks = list(_blocks(article))
    lost["stretches outside the sentences, which become sentences without a label"] += len(blocks) - len(
        article.sentences
    )
    text = article.text
    tokens = [[Span(span.start + m.start(), span.start + m.end()) for m in _TOKEN.finditer(span.of(text))]
              for span, _ in blocks]  # fmt: skip
    starts = [token.start for block in tokens for token in block] + [len(text)]
    place = 0
    for (_, label), block in zip(blocks, tokens, strict=True):
        for number, token in enumerate(block, 1):
            before = text[: token.start] if not place else ""
            misc = _misc(before, text[token.end : starts[place + 1]], last=place + 2 == len(starts))
            tag = "O" if label is None else f"{'B' if number == 1 else 'I'}-{label}"
            yield f"{number}\t{token.of(text)}\t{misc}\t{tag}\n"
            place += 1
        yield "\n"


def _blocks(article: Article) -> Iterator[tuple[Span, Label | None]]:
    """The sentences, and what words stand between them."""
    at = 0
    for span, label in [*((s.span, s.label) for s in article.sentences), (None, None)]:
        between = article.text[at : span.start if span else None]
        if between.strip():
            start = at + len(between) - len(between.lstrip())
            yield Span(start, start + len(between.strip())), None
        if span:
            yield span, label
            at = span.end


def _misc(before: str, after: str, last: bool) -> str:
    """What `MISC` says of the white space around a token; a single space, and none at the end, go without saying."""
    found = [f"SpacesBefore={_escaped(before)}"] if before else []
    if not after and not last:
        found.append("SpaceAfter=No")
    elif after != ("" if last else " "):
        found.append(f"SpacesAfter={_escaped(after)}")
    return "|".join(found) or "_"


def _escaped(space: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in space)
