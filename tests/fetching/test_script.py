"""scripts/fetch_texts.py: what it says and what it exits with."""

import importlib.util

import pytest

from claimclf.downloads import Downloads
from claimclf.fetching import wanted_texts
from claimclf.readers import jsonl
from claimclf.texts import TextStore
from tests.fetching.web import (
    ONE,
    PRIVATE,
    REALNEWS,
    ROOT,
    Web,
    http_error,
    whole,
    write,
)


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
        assert len(wanted_texts([script.LABELS])) == 1368

    @pytest.mark.skipif(not REALNEWS.is_dir(), reason="the real articles are not on this machine")
    def test_given_the_real_articles_every_text_is_there(self, script, tmp_path, capsys):
        first = ROOT.parent / "shared" / "seeds"
        labels = [str(script.LABELS / f"{name}.jsonl") for name in ("train", "first")]
        assert script.main([*labels, "--from", str(REALNEWS), "--from", str(first)]) == 0
        assert "582 of 582" in capsys.readouterr().out
        for name, count in (("train", 581), ("first", 1)):
            articles = list(jsonl.read(ROOT / "seeds" / "realnews" / f"{name}.jsonl"))
            assert len(articles) == count
