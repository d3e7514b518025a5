import numpy as np

from claimclf.pictures import confusion, draw, svg, write
from tests.test_ci_reports import evaluation


def test_all_pictures_in_both_formats_and_the_same_each_time(tmp_path):
    done = evaluation()
    write(draw(done), tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        f"{n}.{k}" for n in ("scores", "confusion", "reliability", "risk_coverage") for k in ("png", "svg")
    }
    assert all(path.read_bytes()[:4] in (b"\x89PNG", b"<?xm") for path in tmp_path.iterdir())
    assert svg(draw(done)["scores"]) == (tmp_path / "scores.svg").read_bytes()
    assert svg(draw(done, dark=True)["scores"]) != svg(draw(done)["scores"])


def test_the_matrix_has_gold_labels_in_rows():
    done = evaluation()
    assert confusion(done.sample).tolist() == np.eye(4, dtype=int).tolist()
