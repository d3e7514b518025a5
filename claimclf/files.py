"""Files and folders that appear whole or not at all: a run may be interrupted, or the disk full, at any time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE


def cache_folder() -> Path:
    """Where what can be made again is kept: `$XDG_CACHE_HOME/claimclf`, else `~/.cache/claimclf`.

    >>> cache_folder().name
    'claimclf'
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "claimclf"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside `path`, and rename it; the folder is made. Pipes and devices are written to as they are.

    >>> write_whole(Path("/dev/null"), b"It rained.")

    Raises:
        OSError: it cannot be written; what was at `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve()  # a link stays one
    part = path.with_name(f".{token_hex(8)}.part")
    try:
        if path.exists():
            path.open("r+b").close()  # renaming does not ask whether the old file may be written
        part.write_bytes(content)
        if path.exists():
            part.chmod(S_IMODE(path.stat().st_mode))
        part.replace(path)
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of `path` when the block ends, and is removed where it fails.

    >>> with whole_folder(Path("model")) as folder:  # doctest: +SKIP
    ...     (folder / "config.json").write_text("{}")
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    part, old = (path.with_name(f".{token_hex(8)}.{end}") for end in ("part", "old"))
    part.mkdir()
    try:
        yield part
        if path.exists():
            path.rename(old)
        try:
            part.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def below(folder: Path) -> Iterator[Path]:
    """All files and folders under `folder`, those behind links too, each folder once."""
    seen = {folder.resolve()}
    for here, names, files in os.walk(folder, followlinks=True):
        fresh = {name: (Path(here) / name).resolve() for name in names}
        names[:] = [name for name in sorted(names) if fresh[name] not in seen]
        seen |= {fresh[name] for name in names}
        yield from (Path(here) / name for name in (*names, *files))
