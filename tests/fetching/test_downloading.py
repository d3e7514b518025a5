"""Texts by labels, downloaded: resumed, proved by sha256, and honest about what is missing."""

from http.client import IncompleteRead
from urllib.error import URLError

import pytest

from claimclf.downloads import Downloads
from claimclf.errors import DataError
from claimclf.readers import jsonl
from tests.fetching.web import COMMIT, FILES, HEAD, ONE, PRIVATE, TWO, Web, http_error, kept, whole


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
