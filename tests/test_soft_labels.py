"""Learning from a teacher's probabilities: their file, their mixture with labels, and a training with them."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from claimclf import config as configs
from claimclf import soft_labels
from claimclf.articles import Article, Sentence, Span
from claimclf.checkpoint import Checkpoint
from claimclf.config import TrainingConfig
from claimclf.errors import ConfigError, DataError
from claimclf.labels import LABELS
from claimclf.model import soft_targets
from claimclf.readers import read_corpus
from claimclf.splits import in_share
from claimclf.teaching import teach
from claimclf.training import train

ROOT = Path(__file__).parents[1]
F, C, D, S = LABELS
TEXT = "It rained. It may snow. He denied it."
SPANS = [Span(0, 10), Span(11, 23), Span(24, 37)]


def article(*labels, **more):
    return Article("a", TEXT, tuple(Sentence(span, label, **more) for span, label in zip(SPANS, labels, strict=True)))


def written_by(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return soft_labels.read(path)


GIVEN = np.array([[0.9, 0.1, 0, 0], [0.0, 0.2, 0, 0.8], [0.1, 0.2, 0.7, 0]])


def test_what_is_written_is_read(tmp_path):
    one = article(F, S, D)
    soft = written_by(tmp_path / "soft.jsonl", soft_labels.record(one, GIVEN))
    assert soft["a"].probabilities == ((900, 100, 0, 0), (0, 200, 0, 800), (100, 200, 700, 0))
    assert soft["a"].content == soft_labels.content(one) != soft_labels.content(replace(one, text=TEXT + " "))
    assert soft_labels.missing([one, replace(one, id="b")], soft) == 1


@pytest.mark.parametrize("also", [(), (C,)])
@pytest.mark.parametrize("votes", [(), (1, 0, 2, 1)])
def test_targets_are_the_mixture_that_training_would_make(tmp_path, also, votes):
    one = article(F, S, D, also=also, votes=votes)
    soft = written_by(tmp_path / "soft.jsonl", soft_labels.record(one, GIVEN))
    (mixed,) = soft_labels.taught([one], soft, 0.25, 0.3)
    true = torch.tensor([s.label.position for s in one.sentences])
    bits = torch.tensor([sum(1 << label.position for label in s.also) for s in one.sentences])
    own = soft_targets(true, bits, torch.tensor([s.votes or (0,) * 4 for s in one.sentences]), 0.3)
    wanted = 0.25 * GIVEN + 0.75 * own.numpy()
    assert np.allclose([s.votes for s in mixed.sentences], 1000 * wanted, atol=1)
    assert [s.label for s in mixed.sentences] == [F, S, D]


def test_articles_without_a_label_get_the_teachers(tmp_path):
    bare = article(None, None, None, also=(S,))
    soft = written_by(tmp_path / "soft.jsonl", soft_labels.record(bare, GIVEN))
    (mixed,) = soft_labels.taught([bare], soft, 0.5, 0.3)
    assert [s.label for s in mixed.sentences] == [F, S, D] and not any(s.also for s in mixed.sentences)
    assert [s.votes for s in mixed.sentences] == [(900, 100, 0, 0), (0, 200, 0, 800), (100, 200, 700, 0)]
    assert soft_labels.taught([bare], {}, 0.5, 0.3) == [bare]


def test_what_the_guidelines_leave_without_a_label_stays_so(tmp_path):
    some = article(None, S, None, also=(F,))
    soft = written_by(tmp_path / "soft.jsonl", soft_labels.record(some, GIVEN))
    (mixed,) = soft_labels.taught([some], soft, 0.5, 0.3)
    assert [mixed.sentences[0], mixed.sentences[2]] == [some.sentences[0], some.sentences[2]]
    assert mixed.sentences[1].votes == (150, 100, 0, 750)


@pytest.mark.parametrize(
    "change", [{"text": TEXT.replace("snow", "hail")}, {"sentences": article(F, S, D).sentences[:2]}]
)
def test_articles_that_have_changed_are_errors(tmp_path, change):
    soft = written_by(tmp_path / "soft.jsonl", soft_labels.record(article(F, S, D), GIVEN))
    with pytest.raises(DataError, match=r"soft.jsonl:1: 'a' has changed since.*scripts/teach.py"):
        soft_labels.taught([replace(article(F, S, D), **change)], soft, 0.5, 0.3)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"id": "a", "content": "x", "probabilities": [[1000, 0, 0]]}, "4 probabilities, per mille"),
        ({"id": "a", "content": "x", "probabilities": [[0, 0, 0, 0]]}, "4 probabilities, per mille"),
        ({"id": "a", "content": "x", "probabilities": [[0.9, 0.1, 0, 0]]}, "no whole number"),
        ({"id": "a", "content": "x"}, "KeyError"),
        ({"id": 7, "content": "x", "probabilities": []}, "strings"),
        (["a"], "TypeError"),
    ],
)
def test_lines_that_are_no_soft_labels_are_errors_with_their_place(tmp_path, row, found):
    with pytest.raises(DataError, match=rf"soft.jsonl:1: .*{found}"):
        written_by(tmp_path / "soft.jsonl", row)


@pytest.mark.parametrize("line", [b"{", b"\xff", b'{"id": NaN}'])
def test_lines_that_are_no_json_are_errors_with_their_place(tmp_path, line):
    (tmp_path / "soft.jsonl").write_bytes(b"\n" + line + b"\n")
    with pytest.raises(DataError, match=r"soft.jsonl:2: no soft labels of an article"):
        soft_labels.read(tmp_path / "soft.jsonl")


def test_an_article_twice_and_a_missing_file_are_errors(tmp_path):
    line = soft_labels.record(article(F, S, D), GIVEN)
    with pytest.raises(DataError, match=r"soft.jsonl:2: 'a' is there already, at .*soft.jsonl:1"):
        written_by(tmp_path / "soft.jsonl", line, line)
    with pytest.raises(DataError, match=r"none.jsonl: no such file; scripts/teach.py writes one"):
        soft_labels.read(tmp_path / "none.jsonl")


def test_a_teacher_teaches_what_is_new_and_a_student_learns_it(checkpoint, encoders, written, tmp_path):
    bare = tmp_path / "bare.jsonl"
    spans = [{"start": s.start, "end": s.end, "label": None} for s in SPANS]
    bare.write_text(json.dumps({"id": "bare", "text": TEXT, "sentences": spans}))
    output = tmp_path / "soft.jsonl"
    articles = read_corpus([written]).articles
    assert teach([str(checkpoint)], [written], output) == (len(articles), len(articles))
    once = output.read_bytes()
    assert teach([str(checkpoint)], [written, bare], output) == (len(articles) + 1, 1)
    assert output.read_bytes().startswith(once)
    bare.write_text(bare.read_text().replace("rained", "hailed"))
    assert teach([str(checkpoint)], [bare], output) == (len(articles) + 1, 1)
    assert output.read_bytes().startswith(once)
    soft = soft_labels.read(output)
    assert all(len(soft[a.id].probabilities) == len(a.sentences) for a in articles)

    said = []
    config = TrainingConfig(
        data=[str(written), str(bare)], encoder=str(encoders["bert"]), output=str(tmp_path / "run"), epochs=1,
        max_tokens=64, validation=0.2, test=0.1, soft_labels=str(output), soft_weight=0.7,
    )  # fmt: skip
    trained = train(config, said.append)
    learnt = {a.id: a for a in trained.articles["train"]}
    assert [s.label for s in learnt["bare"].sentences] != [None] * 3 and all(s.votes for s in learnt["bare"].sentences)
    assert not any(s.votes for a in trained.articles["validation"] for s in a.sentences)
    assert any(f"{len(learnt):,} have soft labels" in line for line in said)
    saved = Checkpoint.load(trained.folder).training["taught"]
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    written_by(output, *({**row, "probabilities": [p[::-1] for p in row["probabilities"]]} for row in rows))
    train(config, said.append)
    assert any("other settings or data" in line for line in said)
    assert Checkpoint.load(trained.folder).training["taught"] != saved


def taught_by(models, written, output, say=lambda line: None):
    teach([str(model) for model in models], [written], output, say=say)
    return {identity: np.array(given.probabilities) for identity, given in soft_labels.read(output).items()}


def learnt_a_share(model, folder, share, start):
    """A copy of a model with a head of its own, which says that it learnt a share of the stories."""
    shutil.copytree(model, folder)
    settings = json.loads((folder / "claimclf.json").read_text())
    settings["training"]["config"] |= {"train_share": share, "train_from": start}
    settings["calibration"] = {"temperature": 1.0 + start}
    (folder / "claimclf.json").write_text(json.dumps(settings))
    return folder


def test_an_article_is_read_by_the_teachers_that_did_not_learn_it(checkpoint, written, tmp_path):
    parts = [learnt_a_share(checkpoint, tmp_path / f"{n}", 0.25, n / 4) for n in range(3)]
    alone = [taught_by([part], written, tmp_path / f"{part.name}.jsonl") for part in parts]
    said = []
    together = taught_by(parts, written, tmp_path / "soft.jsonl", said.append)
    assert any(line.endswith("0 are of stories that every teacher learnt") for line in said)
    counts = Counter()
    for one in read_corpus([written]).articles:
        own = [given[one.id] for n, given in enumerate(alone) if not in_share(one.story, 0.25, n / 4)]
        counts[len(own)] += 1
        assert np.allclose(together[one.id], np.mean(own, axis=0), atol=1)
    assert counts[2] and counts[3]


def test_where_every_teacher_learnt_an_article_all_read_it(checkpoint, written, tmp_path):
    parts = [learnt_a_share(checkpoint, tmp_path / "a", 1.0, 0.0), learnt_a_share(checkpoint, tmp_path / "b", 0.5, 0.5)]
    alone = [taught_by([part], written, tmp_path / f"{part.name}.jsonl") for part in parts]
    said = []
    together = taught_by(parts, written, tmp_path / "soft.jsonl", said.append)
    learnt = [a.id for a in read_corpus([written]).articles if in_share(a.story, 0.5, 0.5)]
    assert any(f" {len(learnt)} are of stories that every teacher learnt" in line for line in said) and learnt
    for identity, rows in together.items():
        wanted = np.mean([given[identity] for given in alone], axis=0) if identity in learnt else alone[1][identity]
        assert np.allclose(rows, wanted, atol=1)


def test_weights_out_of_range_are_said():
    with pytest.raises(ConfigError, match="soft_weight: 0 is out of range"):
        train(TrainingConfig(soft_weight=0))


def test_those_of_the_default_settings_are_of_the_articles_as_they_are():
    config = configs.load(ROOT / "configs" / "default.yaml", {})
    soft = soft_labels.read(ROOT / config.soft_labels)
    articles = read_corpus([ROOT / path for path in config.data]).articles
    assert soft_labels.missing(articles, soft) < len(articles) / 10
    mixed = soft_labels.taught(articles, soft, config.soft_weight, config.also_weight)
    assert sum(bool(s.votes) for a in mixed for s in a.sentences) > 15000


def test_articles_whose_texts_are_not_here_are_said(checkpoint, written, tmp_path):
    apart = {"id": "x", "sha256": "0" * 64, "length": 37, "source": "nowhere", "sentences": []}
    (tmp_path / "apart.jsonl").write_text(json.dumps(apart))
    said = []
    teach([str(checkpoint)], [written, tmp_path / "apart.jsonl"], tmp_path / "soft.jsonl", say=said.append)
    assert any("1 articles are left out" in line and "fetch_texts" in line for line in said)


def test_the_script_says_what_it_did_and_what_is_wrong(checkpoint, written, tmp_path):
    def ran(model):
        command = [sys.executable, str(ROOT / "scripts" / "teach.py"), str(written), "--model", str(model)]
        return subprocess.run([*command, "--output", str(tmp_path / "soft.jsonl")], capture_output=True, text=True)

    count = len(read_corpus([written]).articles)
    assert f"soft.jsonl: {count} articles, {count} of them new or changed" in ran(checkpoint).stdout
    wrong = ran(tmp_path / "none")
    assert wrong.returncode == 4 and "none" in wrong.stderr and "Traceback" not in wrong.stderr
