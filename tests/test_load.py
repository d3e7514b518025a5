"""What takes minutes: long streams in flat memory, many threads on one classifier. Run with `pytest -m slow`."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from claimclf.predict import ClaimClassifier

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
WORDS = "The bank denied the report. It may sue. Rain fell on Monday, the mayor said. The bridge is shut.".split(". ")


def resident():
    fields = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


def articles(count):
    for n in range(count):
        yield ". ".join(WORDS[(n + i) % len(WORDS)] for i in range(2 + n % 3)) + f". Number {n} was drawn."


def test_ten_thousand_articles_in_flat_memory():
    with ClaimClassifier.load(threads=2) as classifier:
        marks = []
        for number, article in enumerate(classifier.stream(articles(10_000)), 1):
            assert article.error is None and article.sentences
            if number % 1000 == 0:
                marks.append(resident())
    assert max(marks) - min(marks) < 20, marks


def test_sixteen_threads_give_twenty_thousand_answers_as_one_does():
    texts = list(articles(200))
    with ClaimClassifier.load(threads=2) as classifier:
        alone = [classifier.article(text).to_dict() for text in texts]
        with ThreadPoolExecutor(16) as pool:
            found = pool.map(lambda n: classifier.article(texts[n % 200]).to_dict() == alone[n % 200], range(20_000))
            assert all(found)
