"""The texts of stand-off labels → a `TextStore`: given ones matched by sha256, public ones rebuilt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from claimclf.downloads import Files, SourceFile
from claimclf.errors import ClaimclfError, DataError, Problem
from claimclf.readers import files as label_files
from claimclf.readers import jsonl
from claimclf.sources import Source, rebuild
from claimclf.texts import TextStore, text_sha256

_UNKNOWN = "no public source of its text is known; give it with --from FILE"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that labels are for: known by its sha256, and rebuilt from `source` in `file` where there is one."""

    id: str
    sha256: str
    source: Source | None
    file: SourceFile | None


@dataclass(slots=True)
class Report:
    """What became of every text, by article id: it was there, it is there now, or why it could not be had."""

    had: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)

    def reasons(self) -> dict[str, list[str]]:
        """Each reason, with the ids of the articles that it holds for.

        >>> Report(missing=[Problem("a", "it is gone"), Problem("b", "it is gone")]).reasons()
        {'it is gone': ['a', 'b']}
        """
        ids: dict[str, list[str]] = defaultdict(list)
        for problem in self.missing:
            ids[str(problem).removeprefix(f"{problem.where}: ")].append(problem.where)
        return dict(ids)


def wanted_texts(paths: Sequence[Path]) -> list[Wanted]:
    """The texts that the stand-off labels at `paths` (JSON lines, or folders of them) are for, in their order.

    >>> wanted_texts([Path("seeds/realnews")])  # doctest: +SKIP

    Raises:
        DataError: with every record whose sha256 or source cannot be right.
    """
    wanted, problems = [], []
    for path in paths:
        for file in label_files(path):
            for where, record in jsonl.records(file) if file.suffix.lower() == ".jsonl" else ():
                if isinstance(record.get("text"), str) or "sha256" not in record:
                    continue
                try:
                    wanted.append(_wanted(record))
                except ValueError as error:
                    problems.append(Problem(where, str(error)))
    if problems:
        raise DataError(problems)
    return wanted


def given_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Every text at `path`, with the id it goes by: records of `*.jsonl` with a `text`, any other file as a whole.

    A folder stands for all `*.jsonl` and `*.txt` below it. Nothing of a text is changed, line ends included.

    >>> for identity, text in given_texts(Path("archive")): ...  # doctest: +SKIP

    Raises:
        DataError: there is no such file, or it is not UTF-8, or not JSON lines.
    """
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.suffix.lower() in (".jsonl", ".txt") and p.is_file()):
            yield from given_texts(file)
    elif not path.is_file():
        raise DataError([Problem(str(path), "no such file or folder", "correct what follows --from")])
    elif path.suffix.lower() == ".jsonl":
        for _, record in jsonl.records(path):
            text, title = record.get("text"), record.get("title")
            if isinstance(text, str):
                yield str(record.get("id") or ""), f"{title}\n\n{text}" if title else text
    else:
        try:
            yield path.stem, path.read_bytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise DataError([Problem(str(path), f"not UTF-8: {error}", "leave it out of --from")]) from error


def fetch_texts(
    wanted: Sequence[Wanted],
    store: TextStore,
    files: Files,
    given: Sequence[Path] = (),
    advance: Callable[[int], None] = lambda done: None,
) -> Report:
    """Bring every wanted text into `store`: what is there stays, then `given` is searched, then `files`.

    A text enters the store only if its sha256 is that of the labels. Each source file is read once, and a text
    that cannot be had does not stop the others.

    >>> report = fetch_texts(wanted, TextStore.default(), Downloads(Path("sources")))  # doctest: +SKIP

    Args:
        wanted: from `wanted_texts`.
        store: where the texts go.
        files: where source files come from, `Downloads` or a `Mirror`.
        given: files and folders that hold texts, see `given_texts`.
        advance: called with the number of texts that were settled since the last call.

    Raises:
        DataError: `given` cannot be read.
    """
    report = Report()
    left = _not_there(wanted, store, report.had, advance)
    altered = _take_given(left, given, store) if left else {}
    left = _not_there(left, store, report.got, advance)
    groups: dict[SourceFile | None, list[Wanted]] = defaultdict(list)
    for text in left:
        groups[text.file].append(text)
    for file, group in groups.items():
        reasons = _fetch_group(file, group, store, files) if file else dict.fromkeys(_ids(group), _UNKNOWN)
        report.got += [identity for identity in _ids(group) if identity not in reasons]
        report.missing += [Problem(i, reason, altered.get(i, "")) for i, reason in reasons.items()]
        advance(len(group))
    return report


def _wanted(record: dict[str, object]) -> Wanted:
    identity, sha256, source = str(record.get("id") or ""), record["sha256"], record.get("source")
    if not (isinstance(sha256, str) and re.fullmatch("[0-9a-f]{64}", sha256)):
        raise ValueError(f"a sha256 has 64 hex digits in lower case, not {sha256!r}")
    if source is None:
        return Wanted(identity, sha256, None, None)
    if not isinstance(source, dict):
        raise ValueError(f"its source is a {type(source).__name__}, not an object or null")
    file = SourceFile(*(source.get(key, "") for key in ("repo", "commit", "path")))
    return Wanted(identity, sha256, source, file)


def _ids(texts: Iterable[Wanted]) -> list[str]:
    return [text.id for text in texts]


def _not_there(
    wanted: Sequence[Wanted], store: TextStore, there: list[str], advance: Callable[[int], None]
) -> list[Wanted]:
    """The texts that `store` lacks; the ids of the others are added to `there`."""
    left = []
    for text in wanted:
        if store.get(text.sha256) is None:
            left.append(text)
        else:
            there.append(text.id)
            advance(1)
    return left


def _take_given(wanted: Sequence[Wanted], given: Sequence[Path], store: TextStore) -> dict[str, str]:
    """Store the given texts that are wanted; what to say of articles given under their id with another text."""
    hashes, ids = {text.sha256 for text in wanted}, set(_ids(wanted))
    altered = {}
    for path in given:
        for identity, text in given_texts(path):
            if text_sha256(text) in hashes:
                store.put(text)
            elif identity in ids:
                altered[identity] = f"its text in {path} is not the one that was labelled"
    return altered


def _fetch_group(file: SourceFile, group: Sequence[Wanted], store: TextStore, files: Files) -> dict[str, str]:
    """Rebuild and store the texts that one source file holds; the reason for each that could not be, by id."""
    try:
        while True:
            content = files.read(file)
            reasons = {text.id: reason for text in group if (reason := _rebuild(text, content, store))}
            if not reasons or not files.forget(file):
                return reasons
    except ClaimclfError as error:
        return dict.fromkeys(_ids(group), str(error))


def _rebuild(text: Wanted, content: bytes, store: TextStore) -> str:
    """Store a text; the reason where that was not possible."""
    try:
        rebuilt = rebuild(text.source or {}, content, text.id)
    except DataError as error:
        return str(error).removeprefix(f"{text.id}: ")
    if text_sha256(rebuilt) != text.sha256:
        return "what its source gives is not the text that was labelled: the sha256 differs"
    store.put(rebuilt)
    return ""
