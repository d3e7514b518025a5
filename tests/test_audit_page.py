"""The page of an audit: nothing that came from data can run in it."""

import shutil

import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.audit_page import page
from claimclf.auditing import Audit, Suspect
from claimclf.duplicates import Pair, Place
from claimclf.labels import LABELS
from tests.conftest import dumped_dom
from tests.test_report import PAYLOADS, Tags


def whole_page():
    """Every payload as the id, the place, the story, the sentence and its neighbours, and what the split is called."""
    suspects, pairs = [], []
    for text in (payload.strip() for payload in PAYLOADS):
        both = " ".join([text] * 3)
        spans = [Span(n * (len(text) + 1), n * (len(text) + 1) + len(text)) for n in range(3)]
        sentences = tuple(Sentence(span, LABELS[0], (LABELS[2],)) for span in spans)
        article = Article(f"a {text}", both, sentences, text, {"outlet": text}, text)
        suspects.append(Suspect(article, 1, (0.1, 0.7, 0.1, 0.1), True))
        place = Place(article, sentences[1], text)
        pairs.append(Pair("labels differ", place, Place(article, None, text), 0.5))
    return page(Audit(len(PAYLOADS), len(PAYLOADS), tuple(suspects), 1, 0, PAYLOADS[0], tuple(pairs)))


def test_no_payload_becomes_an_element_or_an_attribute():
    html = whole_page()
    parser = Tags()
    parser.feed(html)
    assert parser.names <= set("html head meta title style body h1 h2 p div mark span".split())
    assert {name for name, _ in parser.attributes} <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    assert "<script" not in html


@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")
def test_no_payload_runs_in_a_browser(tmp_path):
    dom = dumped_dom(tmp_path, whole_page().encode("utf-8", "replace"))
    assert "<title>claimclf: audit</title>" in dom
    assert "<title>PWNED" not in dom


def test_the_page_shows_suspects_and_pairs():
    text = "It rained. It may rain."
    given = Article("a1", text, (Sentence(Span(0, 10), LABELS[0]), Sentence(Span(11, 23), LABELS[0])))
    pair = Pair("same id", Place(given, None, "train"), Place(given, None, "dev"), 1.0)
    html = page(Audit(1, 2, (Suspect(given, 1, (0.1, 0.0, 0.0, 0.9), True),), 1, 0, "test", (pair,)))
    assert "<title>claimclf: audit</title>" in html
    assert "given factual report" in html
    assert "suggested speculation" in html
    assert "It rained. <mark>It may rain.</mark>" in html
    assert "Pairs: same id (1)" in html
    assert "claimclf: evaluation" not in html
