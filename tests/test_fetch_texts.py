"""Texts by labels: given, downloaded or from clones; resumed, proved by sha256, and honest about what is missing."""

import importlib.util
import io
import json
import subprocess
from http.client import IncompleteRead
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from claimclf.downloads import Downloads, Mirror, SourceFile
from claimclf.errors import ClaimclfError, DataError
from claimclf.fetching import fetch_texts, given_texts, wanted_texts
from claimclf.readers import jsonl
from claimclf.texts import TextStore, text_sha256

ROOT = Path(__file__).resolve().parent.parent
REALNEWS = ROOT.parent / "shared" / "realnews"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "news/one.txt": b"The mayor opened the bridge.\r\nShe denied any delay.",
    "news/two & more.txt": "Ferries may stop “soon”.".encode(),
}


def whole(path):
    return FILES[path].decode().replace("\r\n", "\n")


def label(identity, path, text=None, **source):
    text = text if text is not None else whole(path)
    sentences = [{"start": 0, "end": 3, "label": "factual_report"}]
    place = {"recipe": "plain-file", "repo": "owner/name", "commit": COMMIT, "path": path, "start": 0, "end": len(text)}
    source = {**place, **source} if path else None
    fields = {"sha256": text_sha256(text), "characters": len(text), "sentences": sentences}
    return {"id": identity, "outlet": "Canal News", "source": source, **fields}


ONE, TWO = label("a-1", "news/one.txt"), label("a-2", "news/two & more.txt")
HEAD = label("a-3", "news/one.txt", whole("news/one.txt")[:28])
PRIVATE = label("a-4", None, "Rain\n\nIt rained.")


class Web:
    """A stand-in for the network that counts, and fails where it is told to."""

    def __init__(self, **failures):
        self.urls, self.failures = [], {key: list(value) for key, value in failures.items()}

    def __call__(self, url):
        self.urls.append(url)
        name = "two" if "two" in url else "one"
        if self.failures.get(name):
            answer = self.failures[name].pop(0)
            if isinstance(answer, bytes):
                return answer
            raise answer
        return FILES["news/two & more.txt" if name == "two" else "news/one.txt"]


def http_error(code):
    return HTTPError("https://x", code, "Some Reason", {}, io.BytesIO())


@pytest.fixture
def store(tmp_path):
    return TextStore(tmp_path / "texts")


@pytest.fixture
def fetch(tmp_path, store):
    """Write labels, fetch their texts with a stand-in for the network, and give back the report."""

    def run(*labels, web=None, given=(), files=None):
        path = write(tmp_path / "labels.jsonl", *labels)
        files = files or Downloads(tmp_path / "sources", get=web or Web(), sleep=lambda seconds: None)
        return fetch_texts(wanted_texts([path]), store, files, given)

    return run


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def kept(tmp_path):
    folder = tmp_path / "sources"
    return sorted(folder.iterdir()) if folder.is_dir() else []


class TestDownloading:
    def test_every_text_arrives_and_a_file_of_several_articles_is_downloaded_once(self, fetch, store):
        web = Web()
        report = fetch(ONE, TWO, HEAD, web=web)
        assert (report.had, sorted(report.got), report.missing) == ([], ["a-1", "a-2", "a-3"], [])
        assert store.get(ONE["sha256"]) == "The mayor opened the bridge.\nShe denied any delay."
        assert store.get(HEAD["sha256"]) == "The mayor opened the bridge."
        base = f"https://raw.githubusercontent.com/owner/name/{COMMIT}/news/"
        assert web.urls == [f"{base}one.txt", f"{base}two%20%26%20more.txt"]

    def test_a_second_run_downloads_nothing(self, fetch):
        fetch(ONE, TWO)
        web = Web()
        report = fetch(ONE, TWO, web=web)
        assert (report.had, report.got, web.urls) == (["a-1", "a-2"], [], [])

    def test_a_run_goes_on_where_an_interrupted_one_stopped(self, fetch):
        with pytest.raises(KeyboardInterrupt):
            fetch(ONE, TWO, web=Web(two=[KeyboardInterrupt()]))
        web = Web()
        report = fetch(ONE, TWO, web=web)
        assert (report.had, report.got, len(web.urls)) == (["a-1"], ["a-2"], 1)

    def test_source_files_are_kept_for_articles_labelled_later(self, fetch):
        fetch(ONE)
        web = Web()
        assert fetch(HEAD, web=web).got == ["a-3"]
        assert web.urls == []

    def test_an_altered_text_in_the_store_is_fetched_again(self, fetch, store):
        fetch(ONE)
        store.path(ONE["sha256"]).write_bytes(b"something else")
        assert fetch(ONE).got == ["a-1"]
        assert store.get(ONE["sha256"]) == whole("news/one.txt")

    def test_labels_read_once_their_texts_are_there(self, fetch, store, tmp_path, monkeypatch):
        monkeypatch.setenv("CLAIMCLF_TEXTS", str(store.folder))
        fetch(ONE, TWO)
        assert [a.text for a in jsonl.read(tmp_path / "labels.jsonl")] == [whole(path) for path in FILES]


class TestFailing:
    def test_a_wrong_sha256_is_missing_stored_nowhere_and_stops_nothing(self, fetch, store, tmp_path):
        report = fetch({**ONE, "sha256": "0" * 64}, TWO)
        assert report.got == ["a-2"]
        assert "a-1: what its source gives is not the text that was labelled" in str(report.missing[0])
        assert [file.stem for file in store.folder.glob("*.txt")] == [TWO["sha256"]]
        assert len(kept(tmp_path)) == 1  # the file that proved wrong is not trusted again

    def test_a_file_that_is_gone_is_not_asked_for_twice(self, fetch):
        web = Web(one=[http_error(404)])
        report = fetch(ONE, HEAD, TWO, web=web)
        assert report.got == ["a-2"]
        assert len(web.urls) == 2
        [(reason, ids)] = report.reasons().items()
        assert ids == ["a-1", "a-3"]
        assert reason.endswith("news/one.txt answers 404 Some Reason")

    @pytest.mark.parametrize(
        "problem", [IncompleteRead(b"The mayor", 40), http_error(503), http_error(429), TimeoutError("slow")]
    )
    def test_what_passes_is_tried_three_times(self, fetch, tmp_path, problem):
        web = Web(one=[problem, problem])
        assert fetch(ONE, web=web).got == ["a-1"]
        assert len(web.urls) == 3
        assert [file.read_bytes() for file in kept(tmp_path)] == [FILES["news/one.txt"]]

    def test_a_download_that_breaks_off_each_time_is_missing_and_leaves_nothing(self, fetch, tmp_path):
        web = Web(one=[IncompleteRead(b"The mayor", 40)] * 3)
        report = fetch(ONE, TWO, web=web)
        assert report.got == ["a-2"]
        assert "could not be downloaded: IncompleteRead(9 bytes read" in str(report.missing[0])
        assert len(kept(tmp_path)) == 1

    def test_a_truncated_file_that_nobody_noticed_does_not_stick(self, fetch):
        short = FILES["news/one.txt"][:20]
        report = fetch(ONE, web=Web(one=[short]))
        assert "a-1: news/one.txt does not fit the recipe 'plain-file'" in str(report.missing[0])
        assert fetch(ONE).got == ["a-1"]

    def test_a_kept_file_that_was_damaged_since_is_downloaded_again(self, fetch, tmp_path):
        fetch(ONE)
        [file] = kept(tmp_path)
        file.write_bytes(b"damaged")
        web = Web()
        assert fetch(HEAD, web=web).got == ["a-3"]
        assert len(web.urls) == 1
        assert file.read_bytes() == FILES["news/one.txt"]

    def test_without_a_network_the_first_file_waits_and_the_others_do_not(self, tmp_path, fetch):
        waits, down = [], Web(one=[URLError("no route")] * 9, two=[URLError("no route")] * 9)
        report = fetch(ONE, TWO, files=Downloads(tmp_path / "sources", get=down, sleep=waits.append))
        assert len(down.urls) == 3
        assert waits == sorted(waits)
        assert len(waits) == 2
        [(reason, ids)] = report.reasons().items()
        assert ids == ["a-1", "a-2"]
        assert "cannot be reached" in reason

    def test_without_a_source_the_text_has_to_be_given(self, fetch):
        report = fetch(ONE, PRIVATE)
        assert report.got == ["a-1"]
        assert str(report.missing[0]) == "a-4: no public source of its text is known; give it with --from FILE"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("repo", "name"), ("repo", "../x/y"), ("commit", "main"), ("commit", None), ("path", ""), ("path", "/etc/x")],
    )
    def test_a_source_that_cannot_be_right_is_refused_with_its_line(self, fetch, field, value):
        wrong = {**ONE, "source": {**ONE["source"], field: value}}
        with pytest.raises(DataError, match=rf"labels\.jsonl:2: the {field} of its source cannot be"):
            fetch(TWO, wrong)

    @pytest.mark.parametrize("change", [{"sha256": "../../x"}, {"sha256": 7}, {"source": ["a"]}])
    def test_a_record_that_cannot_be_right_is_refused(self, fetch, change):
        with pytest.raises(DataError, match=r"labels\.jsonl:1: "):
            fetch({**ONE, **change})


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


class TestScript:
    @pytest.fixture
    def script(self, monkeypatch, tmp_path):
        spec = importlib.util.spec_from_file_location("fetch_texts", ROOT / "scripts" / "fetch_texts.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        offline = Web(one=[http_error(404)] * 99, two=[http_error(404)] * 99)
        monkeypatch.setattr(module, "Downloads", lambda folder: Downloads(folder, get=offline))
        monkeypatch.setenv("CLAIMCLF_TEXTS", str(tmp_path / "texts"))
        return module

    def test_all_there_is_0_and_some_missing_is_1(self, script, tmp_path, capsys):
        labels = str(write(tmp_path / "labels.jsonl", ONE, PRIVATE))
        given = [
            write(tmp_path / f"{n}.jsonl", record)
            for n, record in enumerate(({"text": whole("news/one.txt")}, {"title": "Rain", "text": "It rained."}))
        ]
        assert script.main([labels, "--from", str(given[0])]) == 1
        out = capsys.readouterr().out
        assert "1 of 2 (0 were there, 1 are new)\ncould not get 1:\n  a-4\n    no public source" in out
        assert script.main([labels, "--from", str(given[0]), "--from", str(given[1])]) == 0
        assert "2 of 2 (1 were there, 1 are new)\n" in capsys.readouterr().out

    def test_the_store_can_be_named(self, script, tmp_path):
        labels, given = (
            write(tmp_path / "l.jsonl", PRIVATE),
            write(tmp_path / "g.jsonl", {"text": "Rain\n\nIt rained."}),
        )
        assert script.main([str(labels), "--from", str(given), "--store", str(tmp_path / "here")]) == 0
        assert TextStore(tmp_path / "here").get(PRIVATE["sha256"]) == "Rain\n\nIt rained."

    def test_what_is_wrong_is_one_message_and_3(self, script, tmp_path, capsys):
        assert script.main([str(tmp_path / "nowhere")]) == 3
        captured = capsys.readouterr()
        assert captured.err.startswith("error: ")
        assert "Traceback" not in captured.err
        assert captured.out == ""

    def test_interrupted_it_says_how_to_go_on(self, script, tmp_path, monkeypatch, capsys):
        web = Web(one=[KeyboardInterrupt()])
        monkeypatch.setattr(script, "Downloads", lambda folder: Downloads(folder, get=web))
        assert script.main([str(write(tmp_path / "labels.jsonl", ONE))]) == 130
        assert "run it again" in capsys.readouterr().err

    def test_help_teaches(self, script, capsys):
        with pytest.raises(SystemExit):
            script.main(["--help"])
        out = capsys.readouterr().out
        assert all(word in out for word in ("CLAIMCLF_TEXTS", "sha256", "examples:", "--from", "exit code"))

    def test_by_default_it_fetches_for_seeds_realnews(self, script):
        assert ROOT / "seeds" / "realnews" == script.LABELS
        assert len(wanted_texts([script.LABELS])) == 728

    @pytest.mark.skipif(not REALNEWS.is_dir(), reason="the real articles are not on this machine")
    def test_given_the_real_articles_every_text_is_there(self, script, tmp_path, capsys):
        first = ROOT.parent / "shared" / "seeds"
        labels = [str(script.LABELS / f"{name}.jsonl") for name in ("train", "first")]
        assert script.main([*labels, "--from", str(REALNEWS), "--from", str(first)]) == 0
        assert "582 of 582" in capsys.readouterr().out
        for name, count in (("train", 581), ("first", 1)):
            articles = list(jsonl.read(ROOT / "seeds" / "realnews" / f"{name}.jsonl"))
            assert len(articles) == count
