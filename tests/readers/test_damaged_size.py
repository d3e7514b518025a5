"""Files of 100 MB where a small one belongs: refused in 2 s of CPU and 500 MB, measured in their own process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readers.good_files import GOOD

SIZE = 100 << 20
SECONDS, MEGABYTES = 2.0, 500
MEASURE = """
import contextlib, io, json, sys, time
from pathlib import Path
from claimclf.cli import main

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024

with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    main(["check", sys.argv[1]])  # what is imported once is no cost of the damage
Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
started = time.process_time()
err = io.StringIO()
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
    code = main(["check", sys.argv[2]])
print(json.dumps([code, time.process_time() - started, peak(), err.getvalue()[:1000]]))
"""
TEXTS = [name for name, good in GOOD.items() if good.kind != "binary"]


def endless(name, path):
    """A line without an end."""
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * (1 << 20))


def long_text(name, path):
    """The good file, with a word of 100 MB in its text."""
    before, middle, after = GOOD[name].content.partition("é".encode())
    with path.open("wb") as file:
        file.write(before + middle)
        for _ in range(50):
            file.write("é".encode() * (1 << 20))
        file.write(after)


def many(name, path):
    """Ten million lines that are none, or as many values."""
    with path.open("wb") as file:
        file.write(b"[" if GOOD[name].kind == "json" else b"")
        for _ in range(100):
            file.write(b"{}, {}, " * (1 << 17) if GOOD[name].kind == "json" else b"[]\n7\n" * ((1 << 20) // 5))


# Two or three seconds each: one of each kind always, the rest where there is time.
OFTEN = [("jsonl", endless), ("label-studio", long_text), ("prodigy", many), ("written", endless), ("conll", many)]
CASES = [
    pytest.param(name, make, marks=() if (name, make) in OFTEN else pytest.mark.slow)
    for name in TEXTS
    for make in (endless, long_text, many)
]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured by /proc")
@pytest.mark.parametrize(("name", "make"), CASES)
def test_100_megabytes_are_refused_at_once(tmp_path, name, make):
    (tmp_path / "good").mkdir()
    good = GOOD[name].put(tmp_path / "good")
    path = GOOD[name].put(tmp_path)
    make(name, path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(good), str(path)], capture_output=True, text=True, timeout=100, check=True
    )
    path.unlink()
    code, seconds, megabytes, err = json.loads(done.stdout)
    assert (code, path.name in err) == (3, True), err
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
