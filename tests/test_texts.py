import hashlib
from pathlib import Path

import pytest

from claimclf.texts import TextStore, text_sha256

TEXTS = ["It rained.", "", "Rain\r\nand\rwind\n", "Säule 東京 👍\u2028\ufeff", "lone \ud800 and \udfff", "\x00\x1a"]


@pytest.fixture
def store(tmp_path):
    return TextStore(tmp_path / "deep" / "texts")


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_text_comes_back_as_it_was(store, text):
    sha256 = store.put(text)
    assert sha256 == text_sha256(text)
    assert store.get(sha256) == text
    assert store.put(text) == sha256
    assert [path.name for path in store.folder.iterdir()] == [f"{sha256}.txt"]


def test_the_name_is_the_sha256_of_the_utf8_bytes(store):
    assert text_sha256("Säule\r\n") == hashlib.sha256("Säule\r\n".encode()).hexdigest()
    assert store.path(store.put("Säule\r\n")).read_bytes() == "Säule\r\n".encode()
    alike = ["a\nb", "a\r\nb", "?", "\ud800", "\udfff", "\ufffd"]
    assert len({text_sha256(text) for text in [*TEXTS, *alike]}) == len(TEXTS) + len(alike)


def test_what_was_never_stored_is_not_there(store):
    assert store.get(text_sha256("It rained.")) is None
    store.put("It stopped.")
    assert store.get(text_sha256("It rained.")) is None


@pytest.mark.parametrize("content", [b"It rained", b"It rained.\n", b"", b"\xff", b"It rained.".replace(b" ", b"\xa0")])
def test_an_altered_file_is_not_the_text(store, content):
    sha256 = store.put("It rained.")
    store.path(sha256).write_bytes(content)
    assert store.get(sha256) is None
    store.put("It rained.")
    assert store.get(sha256) == "It rained."


def test_the_folder_of_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("CLAIMCLF_TEXTS", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert TextStore.default() == TextStore(tmp_path / "own")
    monkeypatch.setenv("CLAIMCLF_TEXTS", "")
    assert TextStore.default() == TextStore(tmp_path / "cache" / "claimclf" / "texts")
    monkeypatch.delenv("CLAIMCLF_TEXTS")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert TextStore.default() == TextStore(tmp_path / ".cache" / "claimclf" / "texts")
