"""Training runs that differ in one choice each, and what each run said of articles that it had not seen.

A plan is a YAML file: `config` (the settings all share), `settings` (on top of them) and `runs` (name → what differs).
Each run is scored on the held-out articles of its own splits, and on articles given apart; one that is done, with the
same settings and on the same articles, is not run again. What is kept of a run are confusion counts a story: `gains.py`
makes tables and intervals of them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from claimclf import config as configs
from claimclf.articles import Article, data_hash
from claimclf.config import TrainingConfig
from claimclf.errors import ConfigError
from claimclf.evaluate import sample_of
from claimclf.evaluation.confusion import Confusion
from claimclf.files import write_whole
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus
from claimclf.training import train

_KEYS = {"config", "settings", "runs"}


@dataclass(frozen=True)
class Run:
    """A run that is done: its name, settings, training sentences and minutes, and confusion counts on both sets.

    `held_out` are the validation and test articles of its own splits; `apart` those that were given. `hashes` are
    those of the `training` data, of the articles `apart` and of the file of `soft_labels`, if there is one. `minutes`
    is null where other work shared the cores.

    >>> one = Confusion.from_list([[1] * 16])
    >>> Run.from_json(Run("as it is", {}, 9, 1.5, one, one, {}).to_json()).sentences
    9
    """

    name: str
    config: dict[str, Any]
    sentences: int
    minutes: float | None
    held_out: Confusion
    apart: Confusion
    hashes: dict[str, str]

    def to_json(self) -> str:
        """The run as one line of JSON."""
        counts = {"held_out": self.held_out.to_list(), "apart": self.apart.to_list()}
        return json.dumps({**vars(self), **counts}, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> Run:
        """The inverse of `to_json`.

        Raises:
            ValueError: this is no line that `to_json` wrote.
        """
        try:
            content = json.loads(line)
            held_out, apart = (Confusion.from_list(content.pop(name)) for name in ("held_out", "apart"))
            return cls(**content, held_out=held_out, apart=apart)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not a stored run: {error}") from error


def plan(path: Path, folder: Path) -> dict[str, TrainingConfig]:
    """The settings of every run of a plan, by name; each writes to a folder of its name in `folder`.

    Raises:
        ConfigError: the plan is none, or a run has wrong settings.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if not isinstance(content, dict) or set(content) != _KEYS or not isinstance(content["runs"], dict):
        raise ConfigError(f"{path}: its keys are {', '.join(sorted(_KEYS))}, as in configs/experiments/choices.yaml")
    found, problems = {}, []
    for name, differs in content["runs"].items():
        given = {**(content["settings"] or {}), **(differs or {})}
        texts = {key: _text(value) for key, value in given.items()}
        try:
            place = re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-")
            found[str(name)] = replace(configs.load(Path(content["config"]), texts), output=str(folder / place))
        except ConfigError as error:
            problems.append(f"{path}: run {name!r}: {error}")
    if problems:
        raise ConfigError("\n".join(problems))
    return found


def _text(value: Any) -> str:
    """A setting as it is written on the command line."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        return ",".join(f"{name}={number}" for name, number in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def run(
    name: str,
    config: TrainingConfig,
    apart: Sequence[Article],
    say: Callable[[str], None],
    known: dict[str, str] | None = None,
) -> Run:
    """Train and score one run, or take up what an earlier call stored in its folder: see `taken_up`."""
    if earlier := taken_up(name, config, apart, {} if known is None else known):
        return earlier
    say(f"== {name}")
    start = time.monotonic()
    trained = train(config, say)
    minutes = (time.monotonic() - start) / 60
    classifier, parts = ClaimClassifier.load(str(trained.folder)), trained.articles
    held_out, given = (
        Confusion.of(sample_of(classifier, articles)[0]) for articles in ([*parts["validation"], *parts["test"]], apart)
    )
    sentences = sum(len(a.labelled) for a in parts["train"])
    hashes = _hashes(classifier.checkpoint.training["data_hash"], apart, config)
    result = Run(name, _settings(config), sentences, minutes, held_out, given, hashes)
    write_whole(_stored(config), result.to_json().encode("ascii"))
    return result


def taken_up(name: str, config: TrainingConfig, apart: Sequence[Article], known: dict[str, str]) -> Run | None:
    """The run as an earlier call stored it, where its settings, training data and articles apart are the same.

    `known` takes the hashes of the training data that are read for it, so that the runs of a plan read them once.

    Raises:
        DataError: the training data cannot be read.
    """
    try:
        done = Run.from_json(_stored(config).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if done.config != _settings(config):
        return None
    if done.hashes != _hashes(_training_hash(config, known), apart, config):
        return None
    return replace(done, name=name)


def _stored(config: TrainingConfig) -> Path:
    return Path(config.output) / "result.json"


def _settings(config: TrainingConfig) -> dict[str, Any]:
    return {key: value for key, value in asdict(config).items() if key != "output"}


def _hashes(training: str, apart: Sequence[Article], config: TrainingConfig) -> dict[str, str]:
    soft = Path(config.soft_labels)
    taught = {"soft_labels": sha256(soft.read_bytes()).hexdigest()[:16]} if config.soft_labels and soft.exists() else {}
    return {"training": training, "apart": data_hash(apart), **taught}


def _training_hash(config: TrainingConfig, known: dict[str, str]) -> str:
    key = repr((config.data, config.reading(), config.format))
    if key not in known:
        corpus = read_corpus([Path(path) for path in config.data], config.reading(), config.format or None)
        known[key] = data_hash(corpus.articles)
    return known[key]
