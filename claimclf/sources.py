"""A file of a public repository → the text of one article, by one of four recipes.

Stand-off labels carry no text but a `source`, which says where the text comes from and how to make it:

    {"recipe": "plain-file", "repo": "owner/name", "commit": "<40 hex digits>", "path": "a/file.txt", …}

Each recipe is a pure function from the bytes of that file, and the rest of `source`, to the whole text: headline,
blank line, body; the body alone where there is no headline. Whether the result is the text that was labelled is
for its sha256 to say: sources are read as they are, and no recipe repairs what it does not know.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from claimclf.errors import DataError, Problem
from claimclf.labels import did_you_mean

_BREAK = "\n\n"
_VOA_FILES = ("text_only_event.json", "text_multimedia_event.json")
_VOA_FOLDER = "m2e2_annotations"
_ENDED = re.compile(r"[.!?…:][\"'”’»)\]]*$")

Source = Mapping[str, Any]


def rebuild(source: Source, content: bytes, where: str = "") -> str:
    r"""The whole text of an article, from the `content` of the file that its `source` names.

    >>> rebuild({"recipe": "plain-file", "start": 0, "end": 10}, b"It rained.\r\nMore.")
    'It rained.'

    Args:
        source: what the labels say; `recipe` is a key of `RECIPES`.
        content: the file at `source["path"]`, byte for byte.
        where: the article's id, for messages.

    Raises:
        DataError: there is no such recipe, or the file does not hold what the recipe looks for.
    """
    name = str(source.get("recipe"))
    if name not in RECIPES:
        raise DataError([Problem(where, f"unknown recipe {name!r}", did_you_mean(name, list(RECIPES)))])
    try:
        return RECIPES[name](source, content)
    # A foreign file can be wrong in any way, and each means the same: it is not the file that was labelled.
    except Exception as error:
        what = f"nothing called {error}" if isinstance(error, KeyError) else str(error)
        found = f"{source.get('path')} does not fit the recipe {name!r}: {what}"
        raise DataError([Problem(where, found, "is it the file at the pinned commit, and whole?")]) from error


def wikinews_json(source: Source, content: bytes) -> str:
    r"""JSON lines, an article a line: `paragraphs` of the one with `docId == key`.

    An index i >= 0 stands for the cleaned paragraph, i < 0 for paragraph -i-1 as it stands.

    >>> line = b'{"docId": 7, "title": "Rain", "document": [{"name": "body_1", "value": "It [[rain]]ed ."}]}'
    >>> wikinews_json({"key": 7, "paragraphs": [0]}, line)
    'Rain\n\nIt rained.'
    """
    record = _wikinews_records(content)[source["key"]]
    raw = [html.unescape(part["value"]) for part in record["document"] if part["name"].startswith("body")]
    body = [_clean(raw[i]) if i >= 0 else raw[-i - 1] for i in source["paragraphs"]]
    return _whole(" ".join(html.unescape(record["title"]).split()), _BREAK.join(body))


def gum_conllu(source: Source, content: bytes) -> str:
    r"""CoNLL-U: `paragraphs` are counted at `# newpar` lines, and made of their `# text = ` values.

    >>> gum_conllu({"paragraphs": [0]}, b"# meta::title = Rain\n# newpar\n# text = It rained.\n")
    'Rain\n\nIt rained.'
    """
    title, paragraphs = "", list[list[str]]()
    for line in content.decode("utf-8").split("\n"):
        key, _, value = line.rstrip("\r").partition(" = ")
        if line.rstrip() == "# newpar":
            paragraphs.append([])
        elif key == "# text" and paragraphs:
            paragraphs[-1].append(value)
        elif key == "# meta::title":
            title = value
    return _whole(title, _BREAK.join(" ".join(paragraphs[i]) for i in source["paragraphs"]))


def voa_sentences(source: Source, content: bytes) -> str:
    """A zip of JSON files with numbered sentences: `sentences` lists the article's, each as [number, cut].

    The first `cut` characters are dropped; those of the first sentence are the headline.

    >>> voa_sentences({"key": "a", "sentences": [[0, 7], [1, 0]]}, content)  # doctest: +SKIP
    """
    stored = _voa_stored(content)
    picked = [(stored[f"{source['key']}_{number}"], cut) for number, cut in source["sentences"]]
    first, cut = picked[0]
    title = re.sub(r"[\s-]+$", "", first[:cut].replace("\xa0", " ")).strip()
    return _whole(title, " ".join(_tidy(sentence[cut:]) for sentence, cut in picked))


def plain_file(source: Source, content: bytes) -> str:
    r"""Characters `start` to `end` of a text file whose line ends are read as `\n`.

    >>> plain_file({"start": 6, "end": 16}, b"Rain\r\n\r\nIt rained.")
    'It rained.'
    """
    text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    if source["end"] > len(text):
        raise ValueError(f"it has {len(text)} characters, {source['end']} are needed")
    return text[source["start"] : source["end"]]


RECIPES: dict[str, Callable[[Source, bytes], str]] = {
    "wikinews-json": wikinews_json,
    "gum-conllu": gum_conllu,
    "voa-sentences": voa_sentences,
    "plain-file": plain_file,
}


def _whole(title: str, body: str) -> str:
    return f"{title}{_BREAK}{body}" if title else body


# One file serves hundreds of articles that are rebuilt one after the other: it is parsed once, and only the
# last one is kept. A `bytes` object remembers its hash, so looking it up costs nothing.
@lru_cache(maxsize=1)
def _wikinews_records(content: bytes) -> dict[Any, dict[str, Any]]:
    records = [json.loads(line) for line in content.split(b"\n") if line.strip()]
    return {record["docId"]: record for record in records}


@lru_cache(maxsize=1)
def _voa_stored(content: bytes) -> dict[str, str]:
    stored: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in _VOA_FILES:
            records = json.loads(archive.read(f"{_VOA_FOLDER}/{name}"))
            stored.update((record["sentence_id"], record["sentence"]) for record in records)
    return stored


def _clean(paragraph: str) -> str:
    paragraph = paragraph.replace("[[", "").replace("]]", "")
    return " ".join(re.sub(r"\s+(?=[,.;:!?)])", "", paragraph).split())


def _tidy(sentence: str) -> str:
    sentence = re.sub(r"([—–])\s+-", r"\1 ", sentence.replace("\xa0", " "))
    sentence = " ".join(sentence.split()).strip(" -")
    return sentence if _ENDED.search(sentence) else f"{sentence}."
