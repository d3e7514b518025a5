"""Damaged files of every format: an error that names the file, or the same counts; never a traceback, nor seconds."""

import os
import time

import pytest

from claimclf.cli import main
from claimclf.texts import TextStore
from tests.readers import damages
from tests.readers.good_files import GOOD, TEXT

SECONDS = 2.0
# Damages that a format takes as they are meant, or that leave it a good file.
FINE = {
    ("label-studio", "an empty list"): "0",
    ("label-studio-min", "an empty list"): "0",
    ("doccano-json", "an empty list"): "0",
    ("inception-json", "an empty list"): "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _texts(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAIMCLF_TEXTS", str(tmp_path / "texts"))
    TextStore.default().put(TEXT)


def counts(out):
    """What was read: articles, labels, stories; and what a note says was left out."""
    shown = out.splitlines()
    return [line for line in shown if " in order, " in line or " stories, " in line]


def checked(path, capsys):
    """The exit code, what was printed, and the errors; in time, and with the file's name in every error."""
    started = time.process_time()
    code = main(["check", str(path)])
    used = time.process_time() - started
    out, err = capsys.readouterr()
    assert used < SECONDS, f"{used:.1f} s"
    assert code in (0, 3), err
    if code:
        assert err.strip() and all(path.name in line for line in err.splitlines() if line.startswith(("/", "None")))
        assert path.name in err.splitlines()[0], err[:300]
        assert len(err) < 100_000
    return code, out, err


@pytest.fixture
def good_counts(tmp_path, capsys):
    def of(name):
        (tmp_path / "good").mkdir()
        code, out, err = checked(GOOD[name].put(tmp_path / "good"), capsys)
        assert code == 0, err
        return counts(out)

    return of


@pytest.mark.parametrize("name", GOOD)
def test_the_good_files_are_good(name, good_counts):
    first, _ = good_counts(name)
    assert " 0 labelled" not in first


def applied(name, damage):
    """What a damage makes of a format's good file; nothing where there is nothing to damage so."""
    content = damages.REFUSED[GOOD[name].kind][damage](GOOD[name].content)
    return None if content == GOOD[name].content else content


REFUSED = [(n, d) for n, good in GOOD.items() for d in damages.REFUSED[good.kind] if applied(n, d) is not None]


@pytest.mark.parametrize(("name", "damage"), [pair for pair in REFUSED if pair not in FINE])
def test_damage_is_an_error_that_names_the_file(tmp_path, capsys, name, damage):
    code, out, _err = checked(GOOD[name].put(tmp_path, applied(name, damage)), capsys)
    assert code == 3, out


def test_no_damage_is_left_out():
    assert len(REFUSED) > 400
    assert {d for _, d in REFUSED} == {d for kind in damages.REFUSED.values() for d in kind}
    assert set(FINE) <= set(REFUSED)


@pytest.mark.parametrize(("name", "damage"), FINE)
def test_what_is_no_damage_is_read(tmp_path, capsys, name, damage):
    code, out, _err = checked(GOOD[name].put(tmp_path, applied(name, damage)), capsys)
    assert (code, counts(out)[0].partition(" articles")[0]) == (0, FINE[name, damage])


@pytest.mark.parametrize("share", [n / 40 for n in range(1, 40)])
@pytest.mark.parametrize("name", [name for name, good in GOOD.items() if good.open_end])
def test_a_file_without_an_end_is_cut_at_will(tmp_path, capsys, name, share):
    good = GOOD[name]
    checked(good.put(tmp_path, good.content[: int(len(good.content) * share)]), capsys)


@pytest.mark.parametrize("damage", damages.HARMLESS)
@pytest.mark.parametrize("name", [name for name, good in GOOD.items() if good.kind != "binary"])
def test_what_is_harmless_changes_nothing(tmp_path, capsys, good_counts, name, damage):
    content = damages.HARMLESS[damage](GOOD[name].content)
    code, out, err = checked(GOOD[name].put(tmp_path, content), capsys)
    assert (code, counts(out)) == (0, good_counts(name)), err


def at(name, folder, how):
    """The file of a format, in whose place there is something else."""
    good = GOOD[name]
    path = good.put(folder)
    file = folder / good.file
    file.unlink()
    how(file)
    return path


@pytest.mark.parametrize("how", ["a folder", "a dangling link", "a link to itself", "no permission to read", "a pipe"])
@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("below", [False, True])
def test_what_is_no_file(tmp_path, capsys, name, how, below):
    make = {
        "a folder": lambda file: file.mkdir(),
        "a dangling link": lambda file: file.symlink_to(tmp_path / "gone"),
        "a link to itself": lambda file: file.symlink_to(file),
        "no permission to read": lambda file: file.symlink_to("/proc/self/mem"),  # an I/O error, also for root
        "a pipe": os.mkfifo,
    }[how]
    path = at(name, tmp_path / "in", make)
    if (below and how == "a folder") or (name == "datasets" and how == "a pipe"):
        return  # a folder below a folder is none of its files; `datasets` itself would wait for the pipe
    started = time.process_time()
    code = main(["check", str(path.parent if below else path)])
    err = capsys.readouterr().err
    assert time.process_time() - started < SECONDS
    assert code == 3
    assert str(path) in err


def test_every_problem_of_every_file_below_a_folder(tmp_path, capsys):
    for name in ("jsonl", "cases", "label-studio"):
        GOOD[name].put(tmp_path, b"{]\n")
    assert main(["check", str(tmp_path)]) == 3
    err = capsys.readouterr().err
    assert all(str(tmp_path / GOOD[name].file) in err for name in ("jsonl", "cases", "label-studio"))


@pytest.mark.parametrize("count", [1, 2_000])
@pytest.mark.parametrize("name", [n for n, good in GOOD.items() if good.kind != "binary"])
def test_unknown_labels_are_listed_and_no_more_than_a_screen(tmp_path, capsys, name, count):
    good = GOOD[name]
    if count == 1:
        content = good.content.replace(b"official_denial", b"no_label")
    elif good.kind == "lines" and name not in ("cases", "jsonl", "stand-off"):
        content = b"".join(good.content.replace(b"official_denial", b"no_label_%d" % n) for n in range(count))
    elif name in ("cases", "jsonl"):
        (first, *_) = good.content.splitlines(keepends=True)
        content = b"".join(first.replace(b"official_denial", b"no_label_%d" % n) for n in range(count))
    else:
        return
    code, _, err = checked(good.put(tmp_path, content), capsys)
    assert code == 3
    assert "unknown label" in err or "no layer has labels that are known" in err
    assert "no_label" in err and (count == 1 or "more " in err)
    assert len(err.splitlines()) <= 300
