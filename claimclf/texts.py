"""Where the texts of stand-off articles are kept: one file a text, named by its sha256, outside git."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from claimclf.files import cache_folder, write_whole


def text_sha256(text: str) -> str:
    """The sha256 of a text's UTF-8 bytes, in hex.

    >>> text_sha256("It rained.")[:8]
    '8b38b558'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class TextStore:
    """A folder of texts. `TextStore.default()` is `$CLAIMCLF_TEXTS`, else `~/.cache/claimclf/texts`."""

    folder: Path

    @classmethod
    def default(cls) -> TextStore:
        """The store that readers look into."""
        folder = os.environ.get("CLAIMCLF_TEXTS")
        return cls(Path(folder) if folder else cache_folder() / "texts")

    def path(self, sha256: str) -> Path:
        """Where the text with this sha256 lies, or would lie."""
        return self.folder / f"{sha256}.txt"

    def get(self, sha256: str) -> str | None:
        """The text, or None where the store lacks it or the file was altered since."""
        try:
            text = self.path(sha256).read_bytes().decode("utf-8", "surrogatepass")
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return text if text_sha256(text) == sha256 else None

    def put(self, text: str) -> str:
        """Store a text and give back its sha256; the file appears whole or not at all."""
        sha256 = text_sha256(text)
        write_whole(self.path(sha256), text.encode("utf-8", "surrogatepass"))
        return sha256
