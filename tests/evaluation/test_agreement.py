import subprocess
import sys
from pathlib import Path

import pytest

from claimclf.evaluation.agreement import agreement


def test_a_hand_computed_case():
    found = agreement(["x", "x", "y", "y"], ["x", "y", "y", "y"])
    assert found.kappa == pytest.approx((0.75 - 0.5) / 0.5)
    assert (found.sentences, found.disagreements) == (4, 1)
    assert set(found.kappas) == {"x", "y"}


def test_annotators_of_other_sentences():
    with pytest.raises(ValueError, match="zip"):
        agreement(["x"], ["x", "y"])


def test_the_settled_list_fits_the_written_articles():
    root = Path(__file__).parents[2]
    command = [sys.executable, str(root / "scripts" / "agreement.py"), str(root / "seeds" / "written")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = done.stdout.splitlines()[0]
    assert figures in (root / "seeds" / "README.md").read_text(encoding="utf-8").replace("\n", " ")
