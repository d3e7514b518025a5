"""Texts by labels, given as files or read from clones; and which texts are wanted at all."""

import subprocess

import pytest

from claimclf.downloads import Mirror, SourceFile
from claimclf.errors import ClaimclfError, DataError
from claimclf.fetching import given_texts, wanted_texts
from claimclf.texts import text_sha256
from tests.fetching.web import FILES, ONE, PRIVATE, TWO, Web, label, whole, write


class TestGiven:
    def test_a_record_with_a_title_and_one_without(self, fetch, tmp_path):
        records = [{"id": "x", "title": "Rain", "text": "It rained."}, {"id": "y", "text": whole("news/one.txt")}]
        web = Web()
        report = fetch(ONE, PRIVATE, given=[write(tmp_path / "given.jsonl", *records)], web=web)
        assert (sorted(report.got), report.missing, web.urls) == (["a-1", "a-4"], [], [])

    def test_a_text_file_is_taken_byte_for_byte(self, fetch, store, tmp_path):
        text = "Rain\r\n\r\nIt “rained”.\n"
        path = tmp_path / "any name"
        path.write_bytes(text.encode())
        assert fetch(label("a-5", None, text), given=[path]).got == ["a-5"]
        assert store.get(text_sha256(text)) == text

    def test_a_folder_stands_for_all_below_it(self, fetch, tmp_path):
        write(tmp_path / "given" / "deep" / "er.jsonl", {"title": "Rain", "text": "It rained."}, {"id": "no text"})
        (tmp_path / "given" / "one.txt").write_bytes(whole("news/one.txt").encode())
        (tmp_path / "given" / "picture.png").write_bytes(b"\xff\x00")
        assert sorted(fetch(ONE, PRIVATE, given=[tmp_path / "given"], web=Web()).got) == ["a-1", "a-4"]

    def test_endings_may_be_in_capitals(self, tmp_path):
        write(tmp_path / "A.JSONL", {"id": "a", "text": "It rained."})
        (tmp_path / "B.TXT").write_text("It may rain.")
        assert [text for _, text in given_texts(tmp_path)] == ["It rained.", "It may rain."]
        assert [text.id for text in wanted_texts([write(tmp_path / "labels" / "L.JSONL", ONE)])] == ["a-1"]

    def test_what_was_not_given_is_downloaded(self, fetch, tmp_path):
        web = Web()
        given = write(tmp_path / "given.jsonl", {"text": whole("news/one.txt")})
        assert fetch(ONE, TWO, given=[given], web=web).got == ["a-1", "a-2"]
        assert len(web.urls) == 1

    def test_the_id_alone_is_not_enough_and_the_report_says_so(self, fetch, store, tmp_path):
        given = write(tmp_path / "given.jsonl", {"id": "a-4", "text": "Rain It rained."})
        report = fetch(PRIVATE, given=[given])
        assert f"its text in {given} is not the one that was labelled" in str(report.missing[0])
        assert not list(store.folder.glob("*.txt"))

    def test_a_given_file_that_cannot_be_read_is_an_error(self, tmp_path):
        (tmp_path / "latin.txt").write_bytes("Füße".encode("latin-1"))
        (tmp_path / "bad.jsonl").write_text("{")
        for name, found in (("latin.txt", "not UTF-8"), ("bad.jsonl", "no JSON"), ("gone.txt", "no such file")):
            with pytest.raises(DataError, match=rf"{name}.*{found}"):
                list(given_texts(tmp_path / name))


class TestWanted:
    def test_records_with_their_text_and_files_of_other_kinds_are_not_wanted(self, tmp_path):
        write(tmp_path / "a" / "labels.jsonl", ONE, {"id": "b", "text": "It rained.", "sentences": []})
        (tmp_path / "a" / "w.article").write_text("")
        assert [text.id for text in wanted_texts([tmp_path / "a"])] == ["a-1"]

    def test_a_record_whose_text_is_null_is_wanted(self, tmp_path):
        path = write(tmp_path / "labels.jsonl", {**ONE, "text": None})
        assert [text.id for text in wanted_texts([path])] == ["a-1"]

    def test_no_labels_at_all_is_an_error(self, tmp_path):
        with pytest.raises(DataError, match="no such file or folder"):
            wanted_texts([tmp_path / "nowhere"])


class TestMirror:
    @pytest.fixture
    def clone(self, tmp_path):
        clone = tmp_path / "clones" / "owner+name"
        (clone / "news").mkdir(parents=True)
        for path, content in FILES.items():
            (clone / path).write_bytes(content)
        git = ["git", "-C", str(clone), "-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "news", "--no-verify"]):
            subprocess.run([*git, *command], check=True, capture_output=True)
        (clone / "news/one.txt").write_bytes(b"changed, not committed")
        head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True)
        return Mirror(clone.parent), head.stdout.decode().strip()

    def test_files_are_read_at_their_commit(self, fetch, clone):
        mirror, commit = clone
        labels = [label(name, path, commit=commit) for name, path in zip("ab", FILES, strict=True)]
        assert fetch(*labels, files=mirror).got == ["a", "b"]

    def test_what_a_clone_lacks_is_missing_with_the_reason(self, fetch, clone):
        mirror, commit = clone
        elsewhere = label("c", "news/one.txt", repo="owner/other")
        report = fetch(ONE, label("b", "news/three.txt", "x", commit=commit), elsewhere, files=mirror)
        reasons = {problem.where: problem.found for problem in report.missing}
        assert "does not have news/one.txt at 012345678: " in reasons["a-1"]
        assert "does not have news/three.txt at " in reasons["b"]
        assert reasons["c"].startswith("there is no clone of owner/other in ")

    @pytest.mark.parametrize("place", ["owner+name/repo", "owner/name", "name", "name.git"])
    def test_clones_may_lie_in_any_of_the_usual_places(self, tmp_path, clone, place):
        _, commit = clone
        (tmp_path / "elsewhere" / place).parent.mkdir(parents=True)
        (tmp_path / "clones" / "owner+name").rename(tmp_path / "elsewhere" / place)
        file = SourceFile("owner/name", commit, "news/one.txt")
        assert Mirror(tmp_path / "elsewhere").read(file) == FILES["news/one.txt"]

    def test_without_git_it_says_so(self, clone, monkeypatch):
        mirror, commit = clone
        monkeypatch.setenv("PATH", "")
        with pytest.raises(ClaimclfError, match="git is not installed"):
            mirror.read(SourceFile("owner/name", commit, "news/one.txt"))
