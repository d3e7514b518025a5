"""Label sets keep their promise on real articles that the shipped model has not seen."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus

DEV = Path(__file__).resolve().parents[2] / "shared" / "realnews" / "dev.jsonl"


@pytest.mark.skipif(not DEV.is_file(), reason="the real articles are not on this machine")
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_coverage_is_within_the_binomial_interval_over_articles(level):
    classifier = ClaimClassifier.load(coverage=level)
    shares = []
    for article in read_corpus([DEV]).articles:
        spans = article.boundaries
        found = classifier.article(article.text, spans).sentences
        shares.append(
            np.mean([g.label in p.label_set for g, p in zip(article.sentences, found, strict=True) if g.label])
        )
    low, high = binom.interval(0.95, len(shares), level)
    assert low <= np.sum(shares) <= high
