import math
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from claimclf.agreement import agreement, alpha, describe


def test_a_hand_computed_case():
    found = agreement(["x", "x", "y", "y"], ["x", "y", "y", "y"])
    assert found.kappa == pytest.approx((0.75 - 0.5) / 0.5)
    assert (found.sentences, found.disagreements) == (4, 1)
    assert set(found.kappas) == {"x", "y"}


def test_a_published_kappa():
    """Fifty proposals, two readers: 20 yes and 15 no alike, 5 and 10 not (κ = .40)."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert agreement(first, second).kappa == pytest.approx(0.40)


# Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, section C: four observers, twelve units.
PUBLISHED = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def rated(rows):
    return [{str(k): row[unit] for k, row in enumerate(rows) if row[unit] != "."} for unit in range(len(rows[0]))]


def test_the_published_alpha():
    assert alpha(rated(PUBLISHED)) == pytest.approx(0.743, abs=5e-4)


def test_an_alpha_computed_by_hand():
    """Pairs within units: aa, ab, bb. Observed disagreement 2/6; of a 3 and b 3 by chance 2·3·3/(6·5)."""
    assert alpha(rated(["aab", "abb"])) == pytest.approx(1 - (2 / 6) / (18 / 30))
    assert alpha(rated(["aabx", "abb."])) == alpha(rated(["aab", "abb"]))  # one rating alone does not count


def test_one_label_throughout_is_no_agreement_to_measure():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isnan(alpha(rated(["aa", "aa"])))
        assert math.isnan(agreement(["a", "a"], ["a", "a"]).kappa)
        assert agreement(["a", "a"], ["b", "b"]).kappa == 0.0
        lines = describe(rated(["aa", "aa"]))
    assert all("undefined (one label alone)" in line for line in lines)


def test_the_lines_name_each_pair_with_what_it_shares():
    lines = describe([{"ann": "a", "ben": "a"}, {"ann": "b", "ben": "b", "cem": "a"}, {"cem": "a"}])
    assert lines == (
        "agreement: Krippendorff's alpha 0.333 (nominal, 2 sentences with two labels or more)",
        "agreement of ann and ben: Cohen's kappa 1.000 on 2 sentences that both labelled",
        "agreement of ann and cem: Cohen's kappa 0.000 on 1 sentences that both labelled",
        "agreement of ben and cem: Cohen's kappa 0.000 on 1 sentences that both labelled",
    )
    many = describe([{f"n{k}": "ab"[k % 2] for k in range(6)}] * 2)
    assert len(many) == 12 and many[-1] == "agreement: 5 more pairs of annotators share fewer sentences"
    assert describe([]) == describe([{"ann": "a"}]) == ()


@pytest.mark.parametrize(("package", "kept"), [("krippendorff", "kappa 1.000"), ("sklearn.metrics", "alpha 1.000")])
def test_a_missing_package_is_a_line_that_says_how_to_get_it(monkeypatch, package, kept):
    monkeypatch.setitem(sys.modules, package, None)
    lines = describe(rated(["ab", "ab"]))
    assert sum("pip install 'claimclf[annotations]'" in line for line in lines) == 1
    assert any(kept in line for line in lines)


def test_annotators_of_other_sentences():
    with pytest.raises(ValueError, match="zip"):
        agreement(["x"], ["x", "y"])


def test_the_settled_list_fits_the_written_articles():
    root = Path(__file__).parents[1]
    command = [sys.executable, str(root / "scripts" / "agreement.py"), str(root / "seeds" / "written")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = done.stdout.splitlines()[0]
    assert figures in (root / "seeds" / "README.md").read_text(encoding="utf-8").replace("\n", " ")
