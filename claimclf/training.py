"""`train(config)`: articles → dataset → windows → a fine-tuned token classifier, calibrated, in one folder.

A plain Hugging Face `Trainer` with a loss function on sentence means. What a killed run left is taken up again, and so
is what runs in processes of their own leave.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from claimclf import dataset, soft_labels
from claimclf.articles import Article, data_hash
from claimclf.config import TrainingConfig
from claimclf.devices import device_arguments, has_bf16
from claimclf.encoders import encoder_digest
from claimclf.encoding import Encoder, WindowSettings
from claimclf.errors import ConfigError, DataError, ModelError, Problem, needs_extra
from claimclf.evaluation.scores import macro_f1, statistics
from claimclf.files import write_whole
from claimclf.finishing import Finish
from claimclf.model import (
    average_weights,
    class_weights,
    collate,
    load_encoder,
    pooled,
    positions,
    sentence_loss,
    training_row,
)
from claimclf.optimization import log_prior, optimizer
from claimclf.resuming import last_whole_checkpoint, mark_run
from claimclf.rounding import keep_rounded, round_weights
from claimclf.splits import SplitSettings, in_share

with needs_extra("train"):
    import torch
    from transformers import EvalPrediction, PreTrainedModel, ProgressCallback, Trainer, TrainingArguments, set_seed

Rows = dict[str, list[dict[str, Any]]]  # windows by split, as the Trainer takes them


@dataclass(frozen=True)
class Trained:
    """Where the model is, what it scored on validation and test articles, the articles by split, and missing texts."""

    folder: Path
    scores: dict[str, dict[str, float]]
    articles: dict[str, list[Article]]
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
    parts["train"] = [a for a in parts["train"] if in_share(a.story, config.train_share, config.train_from)]
    if config.soft_labels:
        parts["train"] = _taught(config, parts["train"], say)

    tokenizer = _tokenizer(config)
    encoder = Encoder(tokenizer.backend_tokenizer, WindowSettings(config.max_tokens, config.context))
    pad_id = int(tokenizer.pad_token_id or 0)
    rows = {
        name: training_rows(encoder, articles, config.learn_context and name == "train")
        for name, articles in parts.items()
    }
    if not rows["train"]:
        hint = "give more articles, or a larger train_share"
        raise DataError([Problem("the training articles", "no labelled sentence among them", hint)])
    say(f"{len(rows['train']):,} training windows, {sum(len(r['input_ids']) for r in rows['train']):,} tokens")
    apart = {"output": "", "label_bias": {}, "processes": 1}  # nothing that a checkpoint depends on
    own = {"config": {**dataclasses.asdict(config), **apart}, "data_hash": data_hash(chain(*parts.values()))}
    mark_run(output, {**own, "encoder": encoder_digest(config.encoder), "splits": built.splits.of}, say)
    if config.processes > 1 and config.average > 1:
        _run_apart(config, rows, pad_id, say)
    models = [_run(config, number, rows, pad_id, say) for number in range(config.average)]

    windows = WindowSettings(config.max_tokens, config.predict_context)
    finish = Finish(config, parts, tokenizer, windows, pad_id, built.data_hash, say)
    if len(models) > 1:
        for number, model in enumerate(models, 1):
            say(f"run {number} alone")
            finish.write(model, output / f"run-{number}")
        say(f"the average of {len(models)} runs")
    scores = finish.write(average_weights(models), output / "model")
    return Trained(output / "model", scores, parts, len(built.corpus.missing))


def _tokenizer(config: TrainingConfig) -> Any:
    """The encoder's tokenizer, where the encoder has places for as many tokens as windows may have."""
    model, tokenizer = load_encoder(config.encoder)
    if (most := positions(model)) and config.max_tokens > most:
        raise ConfigError(f"max_tokens {config.max_tokens}: {config.encoder} takes {most} at most")
    return tokenizer


def _taught(config: TrainingConfig, articles: list[Article], say: Callable[[str], None]) -> list[Article]:
    soft = soft_labels.read(Path(config.soft_labels))
    unseen = soft_labels.missing(articles, soft)
    say(f"of {len(articles):,} training articles, {len(articles) - unseen:,} have soft labels in {config.soft_labels}")
    return soft_labels.taught(articles, soft, config.soft_weight, config.also_weight)


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
    write_whole(output / "splits.json", json.dumps(evidence, indent=1).encode("ascii"))


def training_rows(encoder: Encoder, articles: Sequence[Article], context: bool) -> list[dict[str, Any]]:
    """The labelled windows of articles, as the Trainer takes them; with `context`, context is learnt from, too."""
    rows = []
    for article in articles:
        for window in encoder.windows(article.text, [s.span for s in article.sentences]):
            row = training_row(window, article.sentences, context)
            rows += [row] if row else []
    return rows


def _run_apart(config: TrainingConfig, rows: Rows, pad_id: int, say: Callable[[str], None]) -> None:
    """Train the runs in processes that share the cores, which small models use better; they leave checkpoints.

    Raises:
        ModelError: a process was killed.
    """
    processes = min(config.processes, config.average)
    threads = max(1, torch.get_num_threads() // processes)
    say(f"{config.average} runs, {processes} at a time on {threads} of the cores each; the bar is the first one's")
    spawned = get_context("spawn")  # a fork of a process with threads may hang
    try:
        with ProcessPoolExecutor(processes, spawned, torch.set_num_threads, (threads,)) as executor:
            for run in [executor.submit(_leave_checkpoints, config, n, rows, pad_id) for n in range(config.average)]:
                run.result()
    except BrokenProcessPool as error:
        raise ModelError(
            "a process that trained was killed, perhaps for want of memory: start again, and it goes on from its last "
            "checkpoint; with --processes 1 less memory is needed"
        ) from error


def _leave_checkpoints(config: TrainingConfig, number: int, rows: Rows, pad_id: int) -> None:
    _run(config, number, rows, pad_id, lambda line: None, quiet=number > 0)


def _run(
    config: TrainingConfig, number: int, rows: Rows, pad_id: int, say: Callable[[str], None], quiet: bool = False
) -> PreTrainedModel:
    """The model of one of the runs to be averaged; all begin with the same new head. Where `quiet`, without a bar."""
    if config.bf16 and not has_bf16():
        say("this machine has no bfloat16 arithmetic: training in float32")
    set_seed(config.seed)
    model, _ = load_encoder(config.encoder)
    if config.freeze_embeddings:
        model.get_input_embeddings().requires_grad_(False)
    if config.weight_bits:
        round_weights(model, config.weight_bits)
    trainer = _trainer(config, number, model, rows, pad_id)
    if quiet:
        trainer.remove_callback(ProgressCallback)
    if config.average > 1:
        say(f"run {number + 1} of {config.average}")
    trainer.train(resume_from_checkpoint=last_whole_checkpoint(Path(str(trainer.args.output_dir))))
    keep_rounded(model)
    return model


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
        **device_arguments(config.bf16),
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
    )


def _window_scores(prediction: EvalPrediction) -> dict[str, float]:
    logits, true, *_ = pooled(torch.tensor(prediction.predictions), torch.tensor(prediction.label_ids))
    return {"macro_f1": macro_f1(statistics([(true.numpy(), logits.argmax(dim=1).numpy())]).sum(axis=0))}
