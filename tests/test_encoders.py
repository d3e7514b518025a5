"""An encoder that comes in parts: joined once, checked, and clear errors where something is missing."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from claimclf import encoders
from claimclf.encoders import LARGE, encoder_path
from claimclf.errors import MissingExtraError, ModelError

WEIGHTS = b"weights " * 999


class _File:
    def __init__(self, path: Path) -> None:
        self.name, self._path = path.name, path

    def locate(self) -> Path:
        return self._path


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """Five packages that hold an archive, as the index has them; returns where the parts lie."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m/model.safetensors", WEIGHTS)
        archive.writestr("m/config.json", "{}")
        archive.writestr("m/1_Pooling/config.json", "not this one")
    whole = packed.getvalue()
    step = len(whole) // 5 + 1
    files = {}
    for number in range(5):
        path = tmp_path / f"encoder.zip.{number + 1:03}"
        path.write_bytes(whole[number * step : (number + 1) * step])
        files[f"{LARGE}-part-{number + 1:03}"] = path

    class _Distribution:
        def __init__(self, name: str) -> None:
            self.files = [_File(files[name])]

    monkeypatch.setattr(encoders, "distribution", _Distribution)
    monkeypatch.setattr(encoders, "_SHA256", hashlib.sha256(whole).hexdigest())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return list(files.values())


def test_parts_are_joined_once(parts):
    folder = Path(encoder_path(LARGE))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert (folder / "config.json").read_text() == "{}"
    for part in parts:
        part.unlink()
    assert encoder_path(LARGE) == str(folder)


@pytest.mark.parametrize("number", range(5))
def test_damaged_parts_are_refused(parts, number):
    content = bytearray(parts[number].read_bytes())
    content[len(content) // 2] ^= 255
    parts[number].write_bytes(content[: len(content) - 3])
    with pytest.raises(ModelError, match="--force-reinstall"):
        encoder_path(LARGE)
    assert not list((parts[0].parent / "cache").rglob("model.safetensors"))


def test_missing_packages_name_the_extra(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def missing(name: str):
        raise encoders.PackageNotFoundError(name)

    monkeypatch.setattr(encoders, "distribution", missing)
    with pytest.raises(MissingExtraError, match=r"claimclf\[mpnet\]"):
        encoder_path(LARGE)


def test_a_package_without_a_part_is_refused(parts, monkeypatch):
    class _Empty:
        files = None

        def __init__(self, name: str) -> None: ...

    monkeypatch.setattr(encoders, "distribution", _Empty)
    with pytest.raises(ModelError, match="holds no part"):
        encoder_path(LARGE)
