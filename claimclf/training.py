"""`train(config)`: articles → dataset → windows → a fine-tuned token classifier, calibrated, in one folder.

A plain Hugging Face `Trainer` with a loss function on sentence means. What a killed run left is taken up again.
"""

from __future__ import annotations

import dataclasses
import json
import math
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import claimclf
from claimclf import calibration, dataset
from claimclf.articles import Article
from claimclf.calibration import Calibration
from claimclf.checkpoint import Checkpoint
from claimclf.config import TrainingConfig
from claimclf.encoding import Encoder, WindowSettings
from claimclf.errors import ConfigError, needs_extra
from claimclf.evaluation.conformal import Conformal
from claimclf.evaluation.scores import macro_f1, statistics
from claimclf.labels import GUIDELINES_VERSION
from claimclf.model import average_weights, class_weights, collate, load_encoder, pooled, sentence_loss, training_row
from claimclf.optimization import log_prior, optimizer
from claimclf.resuming import last_whole_checkpoint, mark_run
from claimclf.runtime import article_logits
from claimclf.runtime.torch import TorchRuntime
from claimclf.splits import SplitSettings

with needs_extra("train"):
    import torch
    from transformers import EvalPrediction, PreTrainedModel, Trainer, TrainingArguments, set_seed

Rows = dict[str, list[dict[str, Any]]]  # windows by split, as the Trainer takes them
_VERSIONS = ("torch", "transformers", "tokenizers", "datasets", "numpy", "nupunkt")


@dataclass(frozen=True)
class Trained:
    """Where the model is, what it scored on validation and test articles, and how many texts were missing."""

    folder: Path
    scores: dict[str, dict[str, float]]
    missing: int


def train(config: TrainingConfig, say: Callable[[str], None] = lambda line: None) -> Trained:
    """Train by `config` and write the model to `config.output`/model; `say` gets a line of news at a time.

    Raises:
        ConfigError, DataError, ModelError: a setting, the data or the encoder cannot be used.
    """
    if problems := config.problems():
        raise ConfigError("\n".join(problems))
    settings = SplitSettings(config.validation, config.test, config.split_seed, config.near_duplicate)
    built = dataset.build(config.data, settings, reading=config.reading(), form=config.format or None)
    output = Path(config.output)
    output.mkdir(parents=True, exist_ok=True)
    _report_data(built, output, say)
    parts = {name: [dataset.from_row(row) for row in built.dataset[name]] for name in built.dataset}
    parts["train"] = share_of_stories(parts["train"], config.train_share)

    _, tokenizer = load_encoder(config.encoder)
    encoder = Encoder(tokenizer.backend_tokenizer, WindowSettings(config.max_tokens, config.context))
    pad_id = int(tokenizer.pad_token_id or 0)
    rows = {
        name: training_rows(encoder, articles, config.learn_context and name == "train")
        for name, articles in parts.items()
    }
    say(f"{len(rows['train']):,} training windows, {sum(len(r['input_ids']) for r in rows['train']):,} tokens")
    settings_of_run = {"config": {**dataclasses.asdict(config), "output": ""}, "data_hash": built.data_hash}
    mark_run(output, {**settings_of_run, "splits": built.splits.of}, say)
    model = average_weights([_run(config, number, rows, pad_id, say) for number in range(config.average)])

    encoder = Encoder(tokenizer.backend_tokenizer, WindowSettings(config.max_tokens, config.predict_context))
    fitted, conformal, scores = _calibrate(model, encoder, parts, pad_id, say)
    training = _provenance(config, built.data_hash, scores)
    folder = output / "model"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    Checkpoint(encoder.settings, fitted, pad_id, f"claimclf-{built.data_hash}", training, conformal).save(folder)
    say(f"model written to {folder}")
    return Trained(folder, scores, len(built.corpus.missing))


def _report_data(built: dataset.Built, output: Path, say: Callable[[str], None]) -> None:
    for note in built.corpus.notes:
        say(note)
    say(built.splits.describe())
    if built.corpus.missing:
        say(
            f"{len(built.corpus.missing)} stand-off articles have no text on this machine and are left out: the model "
            "learns from less than it could. Run `python scripts/fetch_texts.py` to get them."
        )
    evidence = {**built.splits.to_dict(), "missing": [problem.found for problem in built.corpus.missing]}
    (output / "splits.json").write_text(json.dumps(evidence, indent=1), encoding="utf-8")


def share_of_stories(articles: Sequence[Article], share: float) -> list[Article]:
    """The articles of a `share` of the stories, drawn by their names: a smaller share is part of a larger one."""
    whole = 2**64
    return [a for a in articles if int(sha256(a.story.encode()).hexdigest()[:16], 16) < share * whole]


def training_rows(encoder: Encoder, articles: Sequence[Article], context: bool) -> list[dict[str, Any]]:
    """The labelled windows of articles, as the Trainer takes them; with `context`, context is learnt from, too."""
    rows = []
    for article in articles:
        for window in encoder.windows(article.text, [s.span for s in article.sentences]):
            row = training_row(window, article.sentences, context)
            rows += [row] if row else []
    return rows


def _run(config: TrainingConfig, number: int, rows: Rows, pad_id: int, say: Callable[[str], None]) -> PreTrainedModel:
    """The model of one of the runs to be averaged; all begin with the same new head."""
    if config.bf16 and not _has_bf16():
        say("this machine has no bfloat16 arithmetic: training in float32")
    set_seed(config.seed)
    model, _ = load_encoder(config.encoder)
    trainer = _trainer(config, number, model, rows, pad_id)
    if config.average > 1:
        say(f"run {number + 1} of {config.average}")
    trainer.train(resume_from_checkpoint=last_whole_checkpoint(Path(str(trainer.args.output_dir))))
    return model


def _has_bf16() -> bool:
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    found: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(found.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16"))


def _trainer(config: TrainingConfig, number: int, model: PreTrainedModel, rows: Rows, pad_id: int) -> Trainer:
    return Trainer(
        model=model,
        args=_arguments(config, number),
        data_collator=collate(pad_id, 2 if config.r_drop else 1),
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        compute_loss_func=sentence_loss(
            class_weights(rows["train"], config.class_weight_power),
            config.also_weight,
            config.cue_weight,
            log_prior(rows["train"], config.logit_adjustment),
            config.r_drop,
        ),
        compute_metrics=_window_scores,
        optimizers=(optimizer(model, config.learning_rate, config.weight_decay, config.layer_decay), None),
    )


def _arguments(config: TrainingConfig, number: int) -> TrainingArguments:
    by_steps = config.save_steps > 0
    return TrainingArguments(
        output_dir=str(Path(config.output) / "checkpoints" / f"run-{number + 1}"),
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=4 * config.batch_size,
        gradient_accumulation_steps=config.gradient_accumulation,
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup_steps=config.warmup,
        max_grad_norm=config.max_grad_norm,
        bf16=config.bf16 and _has_bf16(),
        use_cpu=not (torch.cuda.is_available() or torch.backends.mps.is_available()),
        seed=config.seed + number,
        eval_strategy="steps" if by_steps else "epoch",
        save_strategy="steps" if by_steps else "epoch",
        eval_steps=config.save_steps or None,
        save_steps=config.save_steps or 500,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="macro_f1",
        logging_steps=20,
        report_to=["tensorboard"],
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _window_scores(prediction: EvalPrediction) -> dict[str, float]:
    logits, true, *_ = pooled(torch.tensor(prediction.predictions), torch.tensor(prediction.label_ids))
    return {"macro_f1": macro_f1(statistics([(true.numpy(), logits.argmax(dim=1).numpy())]).sum(axis=0))}


def _calibrate(
    model: PreTrainedModel, encoder: Encoder, parts: dict[str, list[Article]], pad_id: int, say: Callable[[str], None]
) -> tuple[Calibration, Conformal | None, dict[str, dict[str, float]]]:
    """Fit on validation articles; label sets on those and the test articles, which no weight was trained on."""
    found = {name: article_logits(TorchRuntime(model), encoder, parts[name], pad_id) for name in ("validation", "test")}
    logits, true, owner = found["validation"]
    fitted = calibration.fit(logits, true, owner) if len(true) else Calibration()
    scores = {name: _scores(logits, true, fitted) for name, (logits, true, _) in found.items() if len(true)}
    for name, row in scores.items():
        say(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in row.items()))
    how = "vector scaling" if fitted.scale else "temperature scaling"
    say(f"temperature {fitted.temperature:.3f}, {how}, fitted on the validation articles")
    both = [np.concatenate(arrays) for arrays in zip(*found.values(), strict=True)]
    both[2][len(true) :] += len(parts["validation"])
    conformal = Conformal.fit(fitted.probabilities(both[0]), both[1], both[2]) if len(both[1]) else None
    return fitted, conformal, scores


def _scores(logits: NDArray[np.float32], true: NDArray[np.int64], fitted: Calibration) -> dict[str, float]:
    before, after = calibration.softmax(logits), fitted.probabilities(logits)
    return {
        "sentences": len(true),
        "macro_f1": macro_f1(statistics([(true, after.argmax(axis=1))]).sum(axis=0)),
        "ece_before": calibration.expected_calibration_error(before, true),
        "ece_after": calibration.expected_calibration_error(after, true),
        "log_loss_before": calibration.log_loss(before, true),
        "log_loss_after": calibration.log_loss(after, true),
    }


def _provenance(config: TrainingConfig, data_hash: str, scores: dict[str, Any]) -> dict[str, Any]:
    finite = {k: {n: v if math.isfinite(v) else None for n, v in row.items()} for k, row in scores.items()}
    return {
        "config": dataclasses.asdict(config),
        "seed": config.seed,
        "data_hash": data_hash,
        "guidelines": GUIDELINES_VERSION,
        "scores": finite,
        "versions": {
            "python": platform.python_version(),
            "claimclf": claimclf.__version__,
            **{name: version(name) for name in _VERSIONS},
        },
    }
