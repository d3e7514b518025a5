"""Files of public repositories at pinned commits: downloaded once and kept, or read from local clones."""

from __future__ import annotations

import hashlib
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from claimclf.errors import ClaimclfError
from claimclf.files import write_whole

_TIMEOUT = 30.0  # seconds without an answer
_WAITS = (1.0, 4.0)  # seconds between the three tries
_PASSING = (408, 429)  # HTTP statuses below 500 that go away by themselves
_PATTERNS = {"repo": "[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "commit": "[0-9a-f]{40}", "path": "[^/].*"}


@dataclass(frozen=True, slots=True, order=True)
class SourceFile:
    """One file of a public GitHub repository, at one commit.

    >>> SourceFile("owner/name", "0" * 40, "a file.txt").url[-12:]
    'a%20file.txt'

    Raises:
        ValueError: a part of it cannot be that of a file on GitHub.
    """

    repo: str
    commit: str
    path: str

    def __post_init__(self) -> None:
        for name, pattern in _PATTERNS.items():
            value = getattr(self, name)
            if not (isinstance(value, str) and re.fullmatch(pattern, value)):
                raise ValueError(f"the {name} of its source cannot be {value!r}")

    @property
    def url(self) -> str:
        """Where the file can be downloaded."""
        return f"https://raw.githubusercontent.com/{self.repo}/{self.commit}/{quote(self.path)}"


class Files(Protocol):
    """Where source files come from."""

    def read(self, file: SourceFile) -> bytes:
        """The file, byte for byte; a ClaimclfError says why it cannot be had."""

    def forget(self, file: SourceFile) -> bool:
        """The file proved wrong: drop any copy. True where reading it again may give something else."""


def http_get(url: str) -> bytes:
    """What lies at `url`, whole.

    >>> http_get("https://example.org/file")  # doctest: +SKIP

    Raises:
        OSError: no answer, or an HTTP status that is an error.
        http.client.HTTPException: the answer broke off before its announced length.
    """
    with urlopen(Request(url, headers={"User-Agent": "claimclf"}), timeout=_TIMEOUT) as response:
        return bytes(response.read())


class Downloads:
    """Files from GitHub, each downloaded once and kept in `folder`, so that a later run goes on from there.

    >>> files = Downloads(Path("sources"), get=lambda url: b"It rained.")

    Args:
        folder: made when the first file arrives.
        get: url → content, `http_get` or a stand-in for it.
        sleep: waits so many seconds before the next try.
    """

    def __init__(
        self,
        folder: Path,
        get: Callable[[str], bytes] = http_get,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder, self._get, self._sleep = folder, get, sleep
        self._fresh: set[SourceFile] = set()
        self._unreachable = ""

    def read(self, file: SourceFile) -> bytes:
        """The kept copy of a file, or a new one.

        Raises:
            ClaimclfError: it could not be downloaded.
        """
        kept = self._path(file)
        if kept.is_file():
            return kept.read_bytes()
        content = self._download(file.url)
        self._fresh.add(file)
        write_whole(kept, content)
        return content

    def forget(self, file: SourceFile) -> bool:
        """Drop the kept copy; True where it was from an earlier run, so that downloading anew may help."""
        self._path(file).unlink(missing_ok=True)
        return file not in self._fresh

    def _path(self, file: SourceFile) -> Path:
        # Paths in repositories may be longer than file systems allow, or hold characters that they do not.
        return self.folder / hashlib.sha256(file.url.encode()).hexdigest()

    def _download(self, url: str) -> bytes:
        # With the network down, the other hundred files would each wait for three time-outs.
        if self._unreachable:
            raise ClaimclfError(self._unreachable)
        for wait in (*_WAITS, None):
            try:
                return self._get(url)
            except HTTPError as error:
                if error.code < 500 and error.code not in _PASSING:
                    raise ClaimclfError(f"{url} answers {error.code} {error.reason}") from error
                problem: Exception = error
            except (OSError, HTTPException) as error:
                problem = error
            if wait is not None:
                self._sleep(wait)
        if isinstance(problem, OSError) and not isinstance(problem, HTTPError):
            self._unreachable = f"raw.githubusercontent.com cannot be reached: {problem}"
            raise ClaimclfError(self._unreachable) from problem
        raise ClaimclfError(f"{url} could not be downloaded: {problem}") from problem


class Mirror:
    """Files from git clones below `folder`: `owner+name`, `owner/name` or `name`, bare or not.

    >>> files = Mirror(Path("clones"))  # made by: git clone https://github.com/owner/name clones/name
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, file: SourceFile) -> bytes:
        """The file as its commit has it.

        Raises:
            ClaimclfError: there is no such clone, or it lacks the commit or the file.
        """
        clone = self._clone(file.repo)
        command = ["git", "-C", str(clone), "cat-file", "blob", f"{file.commit}:{file.path}"]
        try:
            return subprocess.run(command, check=True, capture_output=True).stdout
        except FileNotFoundError as error:
            raise ClaimclfError("git is not installed, and a mirror is read with it") from error
        except subprocess.CalledProcessError as error:
            why = error.stderr.decode("utf-8", "replace").strip()
            raise ClaimclfError(f"{clone} does not have {file.path} at {file.commit[:9]}: {why}") from error

    def forget(self, file: SourceFile) -> bool:
        """Nothing is kept: a commit never changes."""
        return False

    def _clone(self, repo: str) -> Path:
        owner, _, name = repo.partition("/")
        for place in (f"{owner}+{name}/repo", f"{owner}+{name}", repo, name, f"{name}.git"):
            if (self.folder / place).is_dir():
                return self.folder / place
        raise ClaimclfError(f"there is no clone of {repo} in {self.folder}")
