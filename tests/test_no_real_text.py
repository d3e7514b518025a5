"""No stretch of the real articles stands in any file that git tracks, or would: we ship labels, not texts."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
WORDS = 12
ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\[nrt\"]")  # a text inside JSON or source code is still that text


def shingles(text):
    words = re.findall(r"\w+", ESCAPE.sub(" ", text).lower())
    return {" ".join(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1)}


def real_texts():
    for file in sorted(SHARED.glob("realnews/*.jsonl")):
        for line in file.read_text("utf-8").split("\n"):
            if line.strip():
                record = json.loads(line)
                yield f"{record.get('title') or ''}\n\n{record['text']}"
    for file in sorted(SHARED.glob("seeds/*.txt")):
        yield file.read_text("utf-8")


def files_of_git():
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_shingles_see_through_case_punctuation_and_escapes():
    plain = 'One two, three "four" five six: seven eight nine ten eleven — twelve'
    assert shingles(plain) == shingles(json.dumps(plain.upper())) == {plain_words(plain)}


def plain_words(text):
    return " ".join(re.findall("[a-z]+", text.lower()))


@pytest.mark.skipif(not (SHARED / "realnews").is_dir(), reason="the real articles are not on this machine")
def test_no_file_that_git_tracks_holds_a_stretch_of_a_real_article():
    real = set().union(*map(shingles, real_texts()))
    assert real
    found = {}
    for file in files_of_git():
        content = file.read_bytes()
        if b"\0" not in content[:8000]:  # as git itself tells text from binary
            common = shingles(content.decode("utf-8", "replace")) & real
            if common:
                found[str(file.relative_to(ROOT))] = sorted(common)[:3]
    assert not found
