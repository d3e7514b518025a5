"""A plan of runs: its mistakes at once, a table of gains, and runs that are not run twice."""

from dataclasses import asdict, replace
from hashlib import sha256

import numpy as np
import pytest

from claimclf.articles import data_hash
from claimclf.curves import learning_curve, speed_plot
from claimclf.errors import ConfigError, DataError
from claimclf.evaluation.confusion import Confusion
from claimclf.experiments import Run, plan, run, taken_up
from claimclf.gains import gain, keep, kept, spread, table
from claimclf.readers import read_corpus
from claimclf.speed import Speed, Timing

PLAN = """\
config: configs/tiny.yaml
settings: {{average: 1, epochs: 1, encoder: {encoder}, data: [{data}], output: elsewhere}}
runs:
  as it is: {{}}
  slow & steady: {{learning_rate: 1e-5, label_bias: {{official_denial: 0.3}}, bf16: true}}
"""


def counts(wrong, seed=0):
    true = np.random.default_rng(seed).integers(0, 4, 200)
    said = np.where(np.arange(200) < wrong, (true + 1) % 4, true)
    found = np.zeros((20, 4, 4), dtype=np.int64)
    np.add.at(found, (np.arange(200) // 10, true, said), 1)
    return Confusion(found)


def made(name, wrong, **config):
    return Run(name, {"data": ["a"], **config}, 100 * (1 + wrong), 1.5, counts(wrong), counts(wrong, 1), {})


@pytest.fixture
def path(tmp_path, encoders, written):
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN.format(encoder=encoders["bert"], data=written))
    return file


def test_a_plan_gives_each_run_its_settings_and_folder(path, tmp_path):
    found = plan(path, tmp_path / "runs")
    assert list(found) == ["as it is", "slow & steady"]
    steady = found["slow & steady"]
    assert (steady.learning_rate, steady.label_bias, steady.bf16) == (1e-5, {"official_denial": 0.3}, True)
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
    assert news and first.sentences > 0 and first.apart.counts.sum() == sum(len(a.labelled) for a in apart)
    news.clear()
    again = run("one", config, apart, news.append)
    assert news == [] and (again.held_out.counts == first.held_out.counts).all()
    assert again.hashes == first.hashes and set(again.hashes) == {"training", "apart"}
    assert taken_up("one", replace(config, epochs=2), apart, {}) is None


def test_what_is_stored_is_left_where_its_articles_are_others(path, tmp_path, written):
    config = next(iter(plan(path, tmp_path / "runs").values()))
    config = replace(config, data=[str(written)], output=str(tmp_path))
    apart = read_corpus([written]).articles[:4]
    settings = {key: value for key, value in asdict(config).items() if key != "output"}
    hashes = {"training": data_hash(read_corpus([written]).articles), "apart": data_hash(apart)}

    def found(articles=apart, known=None, **more):
        done = replace(made("one", 10), config=settings, hashes=hashes)
        (tmp_path / "result.json").write_text(replace(done, **more).to_json())
        return taken_up("other name", config, articles, {} if known is None else known)

    def taught(probabilities):
        soft = tmp_path / "soft.jsonl"
        soft.write_text(probabilities)
        with_soft = replace(config, soft_labels=str(soft))
        more = {"soft_labels": sha256(b"one").hexdigest()[:16]}
        done = replace(made("one", 10), config={**settings, "soft_labels": str(soft)}, hashes={**hashes, **more})
        (tmp_path / "result.json").write_text(done.to_json())
        return taken_up("one", with_soft, apart, {})

    assert taught("one") and not taught("other")
    known = {}
    assert found(known=known).name == "other name" and found(known=known) and len(known) == 1
    assert not found(apart[:3]) and not found(hashes={**hashes, "training": "0" * 16}) and not found(hashes={})
    assert not found(config={**settings, "epochs": 9})
    (tmp_path / "result.json").write_text("{")
    assert not taken_up("one", config, apart, {})


def test_a_file_of_results_gives_the_runs_back(tmp_path):
    runs = [made("one", 10), made("two", 20, epochs=2)]
    keep(runs, tmp_path / "new" / "results.jsonl")
    again = kept(tmp_path / "new" / "results.jsonl")
    assert [one.to_json() for one in again] == [one.to_json() for one in runs] and table(again) == table(runs)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"name": "one"}', made("one", 1).to_json().replace("[0,", "[", 1), "null"]
)
def test_a_line_that_is_no_run_is_named(tmp_path, line):
    (tmp_path / "r.jsonl").write_text(made("one", 10).to_json() + "\n" + line + "\n")
    with pytest.raises(DataError, match=r"r\.jsonl:2"):
        kept(tmp_path / "r.jsonl")
    with pytest.raises(DataError, match="give DEV"):
        kept(tmp_path / "none.jsonl")


def test_gains_are_paired_and_left_out_where_the_data_differ():
    base, better, other = made("base", 40), made("better", 10), made("other", 10, data=["b"])
    lines = table([base, better, other]).split("\n")
    assert lines[2].count("–") == 2
    assert gain(better, base, "held_out").startswith("+0.1") and lines[3].count("+0.1") >= 2
    assert gain(other, base, "held_out") == "–" and gain(other, base, "apart").startswith("+0.1")
    unlike = Run("split", base.config, 100, 1.0, counts(10, 5), counts(10, 1), {})
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
    speed_plot(replace(done, timings=(*timings, Timing("bags", 100, 5, (0.01, 0.01)))), tmp_path / "speed.svg")
    assert "<!--   9.5× -->" in (tmp_path / "speed.svg").read_text(encoding="utf-8")
    assert "<!--   1,000× -->" in (tmp_path / "speed.svg").read_text(encoding="utf-8")
    speed_plot(done, tmp_path / "speed.png")
    assert (tmp_path / "speed.png").read_bytes()[:4] == b"\x89PNG"
    assert done.ratio(timings[0]) == pytest.approx((9.5, 9.0, 10.0))
    assert "0.55 of it" in done.describe() and "9.50 [9.00, 10.00]" in done.describe()
