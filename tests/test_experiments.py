"""A plan of runs: its mistakes at once, a table of gains, and runs that are not run twice."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from claimclf.articles import data_hash
from claimclf.curves import learning_curve, speed_plot
from claimclf.errors import ConfigError
from claimclf.evaluation.sample import Sample
from claimclf.experiments import Run, gain, plan, run, spread, table, taken_up
from claimclf.readers import read_corpus
from claimclf.speed import Speed, Timing
from claimclf.training import share_of_stories

PLAN = """\
config: configs/tiny.yaml
settings: {{average: 1, epochs: 1, encoder: {encoder}, data: [{data}], output: elsewhere}}
runs:
  as it is: {{}}
  slow & steady: {{learning_rate: 1e-5}}
"""


def sample(wrong, seed=0):
    true = np.random.default_rng(seed).integers(0, 4, 200)
    said = np.where(np.arange(200) < wrong, (true + 1) % 4, true)
    return Sample(true, np.zeros((200, 4), bool), np.eye(4)[said], np.arange(200) // 10)


def made(name, wrong, **config):
    return Run(name, {"data": ["a"], **config}, 100 * (1 + wrong), 1.5, sample(wrong), sample(wrong, 1))


@pytest.fixture
def path(tmp_path, encoders, written):
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN.format(encoder=encoders["bert"], data=written))
    return file


def test_a_plan_gives_each_run_its_settings_and_folder(path, tmp_path):
    found = plan(path, tmp_path / "runs")
    assert list(found) == ["as it is", "slow & steady"]
    assert [c.learning_rate for c in found.values()][1] == 1e-5
    assert [c.output.rpartition("/")[2] for c in found.values()] == ["as-it-is", "slow-steady"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "its keys are config, runs, settings"),
        ("config: [", "while parsing"),
        ("config: configs/tiny.yaml\nsettings: {}\nruns: {a: {epochs: -1}, b: {epoch: 2}}", "did you mean 'epochs'"),
    ],
)
def test_a_wrong_plan_is_answered_with_all_its_mistakes(tmp_path, text, said):
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        plan(tmp_path / "p.yaml", tmp_path)
    assert "runs" not in text or "run 'a'" in str(caught.value) or "keys" in str(caught.value)


def test_a_run_is_stored_and_not_run_again(path, tmp_path, written):
    config = next(iter(plan(path, tmp_path / "runs").values()))
    apart = read_corpus([written]).articles[:4]
    news = []
    first = run("one", config, apart, news.append)
    assert news and first.sentences > 0 and len(first.apart.true) == sum(len(a.labelled) for a in apart)
    news.clear()
    again = run("one", config, apart, news.append)
    assert news == [] and np.allclose(again.held_out.probabilities, first.held_out.probabilities, atol=1e-8)
    assert again.hashes == first.hashes and set(again.hashes) == {"training", "apart"}
    assert taken_up("one", replace(config, epochs=2), apart, {}) is None


def test_what_is_stored_is_left_where_its_articles_are_others(path, tmp_path, written):
    config = next(iter(plan(path, tmp_path / "runs").values()))
    config = replace(config, data=[str(written)], output=str(tmp_path))
    apart = read_corpus([written]).articles[:4]
    true = np.array([s.label.position for a in apart for s in a.labelled])
    said = Sample(true, np.zeros((len(true), 4), bool), np.eye(4)[true], true).to_dict()
    settings = {key: value for key, value in asdict(config).items() if key != "output"}
    done = {"config": settings, "sentences": 9, "minutes": 1.0, "held_out": said, "apart": said}
    hashes = {"training": data_hash(read_corpus([written]).articles), "apart": data_hash(apart)}

    def found(articles=apart, known=None, **more):
        (tmp_path / "result.json").write_text(json.dumps({**done, **more}))
        return taken_up("one", config, articles, {} if known is None else known)

    known = {}
    assert found(known=known, hashes=hashes) and found(known=known, hashes=hashes) and len(known) == 1
    assert not found(apart[:3], hashes=hashes) and not found(hashes={**hashes, "training": "0" * 16})
    assert found() and not found(apart[:3])  # as older versions stored it


def test_a_smaller_share_of_the_stories_is_part_of_a_larger_one(written):
    articles = read_corpus([written]).articles
    some, more = (share_of_stories(articles, share) for share in (0.3, 0.7))
    assert 0 < len(some) < len(more) < len(articles)
    assert {a.id for a in some} <= {a.id for a in more}
    assert share_of_stories(articles, 1.0) == list(articles)
    assert len(share_of_stories([replace(articles[0], story="half \ud83d")], 1.0)) == 1


def test_gains_are_paired_and_left_out_where_the_data_differ():
    base, better, other = made("base", 40), made("better", 10), made("other", 10, data=["b"])
    lines = table([base, better, other]).split("\n")
    assert lines[2].count("–") == 2
    assert gain(better, base, "held_out").startswith("+0.1") and lines[3].count("+0.1") >= 2
    assert gain(other, base, "held_out") == "–" and gain(other, base, "apart").startswith("+0.1")
    unlike = Run("split", base.config, 100, 1.0, sample(10, 5), sample(10, 1))
    assert gain(unlike, base, "held_out") == "–" and gain(unlike, base, "apart").startswith("+0.1")
    assert spread([base, other]) == spread([]) == ""
    seeds = [made("one", 40, seed=1), made("two", 80, seed=2), made("unlike", 10, seed=1, epochs=2)]
    assert spread(seeds).startswith("2 seeds of 'one' lie within, apart: macro_f1 0.2")


def test_curves_are_drawn(tmp_path):
    learning_curve([made("both 10%", 60), made("both 100%", 20), made("real 10%", 80)], tmp_path / "curve.svg")
    drawn = (tmp_path / "curve.svg").read_text()
    assert drawn.startswith("<?xml") and len(drawn) > 5000
    timings = (Timing("claimclf (x)", 100, 5, (1.0, 1.1)), Timing("transformers.pipeline", 100, 5, (9.0, 11.0)))
    done = Speed(timings, "transformers.pipeline", (1, 2, 3), (0.5, 160), {"fp32": 100.0}, 55.0, 1)
    speed_plot(done, tmp_path / "speed.png")
    assert (tmp_path / "speed.png").read_bytes()[:4] == b"\x89PNG"
    assert done.ratio(timings[0]) == pytest.approx((9.5, 9.0, 10.0))
    assert "0.55 of it" in done.describe() and "9.50 [9.00, 10.00]" in done.describe()
