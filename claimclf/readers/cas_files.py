"""Where CASes lie: a file, a zip of one document, or a zip of a project with a file an annotator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from claimclf.errors import DataError, Problem
from claimclf.readers.cas import MAX_BYTES, Document, document

CURATOR = "CURATION_USER"
_NOBODY = "INITIAL_CAS"  # the text as it was before anyone annotated
_TYPES = "TypeSystem.xml"
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"%(?:TYPES|FEATURE_STRUCTURES|VIEWS)"')
_BEGINNING = 1 << 10
_PROJECT = re.compile(r"/?(annotation|curation)(_ser)?/([^/]+)/([^/]+)\.([a-z]+)")
_READ = ("zip", "xmi", "json")
_AGAIN = "export again, as UIMA CAS XMI (XML 1.0) or UIMA CAS JSON; of a project, as its secondary format"


@dataclass(frozen=True)
class Source:
    """A CAS: `where` it lies, the name of its document, and whose annotations it has ('' where nothing says it)."""

    where: str
    name: str
    annotator: str
    document: Document


def fits(file: Path) -> bool:
    """Whether the file is an XMI, a JSON object that begins as a CAS does, or a zip with any of them."""
    try:
        if file.suffix.lower() == ".zip":
            with ZipFile(file) as archive:
                return any(n.endswith(".xmi") or _PROJECT.fullmatch(n) or _is_cas(archive, n) for n in _names(archive))
        with file.open("rb") as content:
            return file.suffix.lower() == ".xmi" or bool(_JSON.match(content.read(_BEGINNING)))
    except Exception:  # what is wrong with it, `sources` says
        return False


def sources(path: Path) -> tuple[list[Source], list[str]]:
    """Every CAS at `path`, and notes on what was left out.

    Raises:
        DataError: with every one that is damaged, or there is none.
    """
    if path.suffix.lower() == ".zip":
        with _typed(str(path)), ZipFile(path) as archive:
            return _zipped(path, archive)
    beside = path.with_name(_TYPES)
    if path.suffix.lower() == ".xmi" and not beside.is_file():
        raise _untyped(str(path))
    given = document(str(path), _limited(path), _limited(beside) if path.suffix.lower() == ".xmi" else None)
    return [Source(str(path), given.title or path.stem, given.owner, given)], []


def _untyped(where: str) -> DataError:
    return DataError([Problem(where, f"no {_TYPES} beside it", "give the zip as it was exported, or unpack all of it")])


def _limited(path: Path) -> bytes:
    with path.open("rb") as content:
        return content.read(MAX_BYTES + 1)


@contextmanager
def _typed(where: str) -> Iterator[None]:
    try:
        yield
    except (DataError, ImportError):
        raise
    except Exception as error:  # zipfile and the decompressors raise whatever a damaged archive leads to
        raise DataError([Problem(where, f"no zip of CASes ({type(error).__name__}: {error})", _AGAIN)]) from error


def _zipped(path: Path, archive: ZipFile) -> tuple[list[Source], list[str]]:
    names = _names(archive)
    entries = {name: m for name in names if (m := _PROJECT.fullmatch(name)) and m[4] != _NOBODY}
    readable = {name: m for name, m in entries.items() if not m[2] and m[5] in _READ}
    found: list[Source] = []
    problems: list[Problem] = []
    for name in readable or ([] if entries else _plain(archive)):
        try:
            with _typed(f"{path}: {name}"):
                given = readable.get(name)
                if given is None:
                    found.append(_source(path, archive, name))
                else:
                    annotator = CURATOR if given[1] == "curation" else given[4]
                    found += (Source(s.where, given[3], annotator, s.document) for s in _annotated(path, archive, name))
        except DataError as error:
            problems += error.problems
    if not found and not problems:
        kinds = sorted({m[5] for m in entries.values()})
        what = f"a project whose annotations are {', '.join(kinds)} files alone" if kinds else "no CAS in the zip"
        problems.append(Problem(str(path), what, _AGAIN))
    if problems:
        raise DataError(problems)
    every = {m[3] for m in entries.values()}
    left = len(every - {m[3] for m in readable.values()})
    return found, [f"{path}: documents without a CAS in XMI or JSON, left out: {left:,} of {len(every):,}"] * bool(left)


def _annotated(path: Path, archive: ZipFile, name: str) -> Iterator[Source]:
    """The CAS of an annotator's file in a project, which for XMI is a zip in the zip."""
    if not name.endswith(".zip"):
        yield _source(path, archive, name)
        return
    with ZipFile(BytesIO(_content(archive, name))) as inner:
        plain = _plain(inner)
        if not plain:
            raise ValueError("no CAS in it")
        for one in plain:
            yield _source(Path(f"{path}: {name}"), inner, one)


def _names(archive: ZipFile) -> list[str]:
    return [name for name in archive.namelist() if not name.startswith("__MACOSX/")]


def _plain(archive: ZipFile) -> list[str]:
    return [name for name in _names(archive) if name.endswith(".xmi") or _is_cas(archive, name)]


def _is_cas(archive: ZipFile, name: str) -> bool:
    if not name.endswith(".json"):
        return False
    with archive.open(name) as content:
        return bool(_JSON.match(content.read(_BEGINNING)))


def _source(path: Path, archive: ZipFile, name: str) -> Source:
    where, types = f"{path}: {name}", None
    if name.endswith(".xmi"):
        beside = str(PurePosixPath(name).with_name(_TYPES))
        if beside not in archive.namelist():
            raise _untyped(where)
        types = _content(archive, beside)
    given = document(where, _content(archive, name), types)
    return Source(where, given.title or str(PurePosixPath(name).with_suffix("")), given.owner, given)


def _content(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as content:
        return content.read(MAX_BYTES + 1)
