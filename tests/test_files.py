import os
import stat

import pytest

from claimclf.files import below, whole_folder, write_whole
from claimclf.texts import TextStore


def test_a_file_has_the_rights_that_open_gives(tmp_path):
    opened, old = tmp_path / "opened", tmp_path / "old"
    opened.write_text("")
    write_whole(tmp_path / "deep" / "new", b"rain")
    assert (tmp_path / "deep" / "new").stat().st_mode == opened.stat().st_mode
    stored = TextStore(tmp_path)
    assert stored.path(stored.put("It rained.")).stat().st_mode == opened.stat().st_mode
    old.write_text("")
    old.chmod(0o640)
    write_whole(old, b"rain")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640 and old.read_bytes() == b"rain"


def test_a_link_stays_one_and_a_pipe_is_written_to(tmp_path):
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", b"rain")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_bytes() == b"rain"
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"rain")
    assert os.read(reading, 9) == b"rain"
    os.close(reading)


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_text("gold")
    kept = type(path).write_bytes

    def full(self, content):
        kept(self, content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full)
    with pytest.raises(OSError, match=str(path)):
        write_whole(path, b"rain")
    with pytest.raises(OSError, match="No space left"):
        TextStore(tmp_path).put("It rained.")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["gold"]


def test_a_folder_is_replaced_when_the_new_one_is_whole(tmp_path):
    path = tmp_path / "model"
    for content in ("old", "new"):
        with whole_folder(path) as folder:
            (folder / content).write_text(content)
    assert [file.name for file in path.iterdir()] == ["new"]
    with pytest.raises(OSError, match="full"), whole_folder(path) as folder:
        (folder / "half").write_text("")
        raise OSError("full")
    assert [file.name for file in path.iterdir()] == ["new"] and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_folders_behind_links_are_read_once(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.article").touch()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "away").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "b" / "round").symlink_to(tmp_path / "b", target_is_directory=True)
    assert [str(p.relative_to(tmp_path)) for p in below(tmp_path / "b")] == ["b/away", "b/away/one.article"]
