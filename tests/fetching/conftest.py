import pytest

from claimclf.downloads import Downloads
from claimclf.fetching import fetch_texts, wanted_texts
from claimclf.texts import TextStore
from tests.fetching.web import Web, write


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
