"""Training runs that differ in one choice each → a table of what each is worth, or a learning curve.

A plan is a YAML file: `config` (the settings all share), `settings` (on top of them) and `runs` (name → what differs).
Each run is scored on the held-out articles of its own splits, and on articles given apart; one that is done, with the
same settings and on the same articles, is not run again.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from claimclf import config as configs
from claimclf.articles import Article, data_hash
from claimclf.config import TrainingConfig
from claimclf.errors import ConfigError
from claimclf.evaluate import sample_of
from claimclf.evaluation.measures import difference, measure
from claimclf.evaluation.sample import Sample
from claimclf.files import write_whole
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus
from claimclf.training import train

SHOWN = ("macro_f1", "f1/official_denial", "f1/speculation")
_KEYS = {"config", "settings", "runs"}


@dataclass(frozen=True)
class Run:
    """A run that is done: its name, settings, training sentences and minutes, and what it said of both sets.

    `held_out` are the validation and test articles of its own splits; `apart` those that were given. `hashes` of the
    `training` data and the articles `apart`: older results have none.
    """

    name: str
    config: dict[str, Any]
    sentences: int
    minutes: float
    held_out: Sample
    apart: Sample
    hashes: dict[str, str] = field(default_factory=dict)


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
        texts = {key: ",".join(map(str, v)) if isinstance(v, list) else _text(v) for key, v in given.items()}
        try:
            place = re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-")
            found[str(name)] = replace(configs.load(Path(content["config"]), texts), output=str(folder / place))
        except ConfigError as error:
            problems.append(f"{path}: run {name!r}: {error}")
    if problems:
        raise ConfigError("\n".join(problems))
    return found


def _text(value: Any) -> str:
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
    held_out = sample_of(classifier, [*parts["validation"], *parts["test"]])[0]
    sentences = sum(len(a.labelled) for a in parts["train"])
    hashes = {"training": classifier.checkpoint.training["data_hash"], "apart": data_hash(apart)}
    result = Run(name, _settings(config), sentences, minutes, held_out, sample_of(classifier, apart)[0], hashes)
    content = {**asdict(result), "held_out": held_out.to_dict(), "apart": result.apart.to_dict()}
    write_whole(_stored(config), json.dumps(content).encode("ascii"))
    return result


def taken_up(name: str, config: TrainingConfig, apart: Sequence[Article], known: dict[str, str]) -> Run | None:
    """The run as an earlier call stored it, where its settings, training data and articles apart are the same.

    `known` takes the hashes of the training data that are read for it, so that the runs of a plan read them once.

    Raises:
        DataError: the training data cannot be read.
    """
    if not _stored(config).is_file():
        return None
    done = json.loads(_stored(config).read_text(encoding="utf-8"))
    if done["config"] != _settings(config):
        return None
    given, hashes = Sample.from_dict(done["apart"]), done.get("hashes", {})
    if not hashes and given.true.tolist() != [s.label.position for a in apart for s in a.labelled if s.label]:
        return None
    if hashes and hashes != {"training": _training_hash(config, known), "apart": data_hash(apart)}:
        return None
    held_out = Sample.from_dict(done["held_out"])
    return Run(name, done["config"], done["sentences"], done["minutes"], held_out, given, hashes)


def _stored(config: TrainingConfig) -> Path:
    return Path(config.output) / "result.json"


def _settings(config: TrainingConfig) -> dict[str, Any]:
    return {key: value for key, value in asdict(config).items() if key != "output"}


def _training_hash(config: TrainingConfig, known: dict[str, str]) -> str:
    key = repr((config.data, config.reading(), config.format))
    if key not in known:
        corpus = read_corpus([Path(path) for path in config.data], config.reading(), config.format or None)
        known[key] = data_hash(corpus.articles)
    return known[key]


def table(runs: Sequence[Run]) -> str:
    """A Markdown table of the runs: scores with 95% intervals by stories, and what each gains on the first, paired.

    Where a run has other data or splits, its held-out articles are others, too, and no gain is given on them.
    """
    lines = [
        "| run | minutes | macro-F1, held out | gain | macro-F1, apart | gain | denial | speculation |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in runs:
        apart = measure(one.apart)
        cells = [one.name, f"{one.minutes:.1f}", str(measure(one.held_out)["macro_f1"]), gain(one, runs[0], "held_out")]
        cells += [str(apart["macro_f1"]), gain(one, runs[0], "apart")]
        cells += [f"{apart[name].value:.3f}".replace("0.", ".", 1) for name in SHOWN[1:]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def gain(one: Run, base: Run, part: str) -> str:
    """The difference in macro-F1 on `held_out` or `apart`, with its interval; a dash where sentences are others."""
    ours, other = getattr(one, part), getattr(base, part)
    if one is base or (one.config["data"] != base.config["data"] and part == "held_out"):
        return "–"
    if not (np.array_equal(ours.true, other.true) and np.array_equal(ours.groups, other.groups)):
        return "–"
    return difference(ours, other)["macro_f1"].signed()


def spread(runs: Sequence[Run]) -> str:
    """A line on how far apart the scores lie of the first run and those that differ from it in the seed alone.

    Largest less smallest on the articles apart; an empty string where there are no such runs.
    """
    alike = [one for one in runs if {**one.config, "seed": 0} == {**runs[0].config, "seed": 0}] if runs else []
    if len(alike) < 2:
        return ""
    scores = [measure(one.apart, repeats=1) for one in alike]
    widest = {name: max(s[name].value for s in scores) - min(s[name].value for s in scores) for name in SHOWN}
    said = ", ".join(f"{name} {width:.3f}" for name, width in widest.items())
    return f"{len(alike)} seeds of {runs[0].name!r} lie within, apart: {said}"
