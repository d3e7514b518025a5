"""A fine-tuned network → a model: calibrated on articles it was not trained on, and written with what shaped it."""

from __future__ import annotations

import dataclasses
import math
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import claimclf
from claimclf import calibration
from claimclf.articles import Article, data_hash
from claimclf.calibration import Calibration
from claimclf.checkpoint import Checkpoint
from claimclf.config import TrainingConfig
from claimclf.encoding import Encoder, WindowSettings
from claimclf.errors import ModelError, needs_extra
from claimclf.evaluation.conformal import Conformal
from claimclf.evaluation.scores import macro_f1, statistics
from claimclf.files import whole_folder
from claimclf.labels import GUIDELINES_VERSION
from claimclf.runtime import article_logits
from claimclf.runtime.torch import TorchRuntime

with needs_extra("train"):
    from transformers import PreTrainedModel

_VERSIONS = ("torch", "transformers", "tokenizers", "datasets", "numpy", "nupunkt")


@dataclass(frozen=True)
class Finish:
    """What the models of one training share: settings, articles by split, tokenizer, windows at prediction."""

    config: TrainingConfig
    parts: dict[str, list[Article]]
    tokenizer: Any
    windows: WindowSettings
    pad_id: int
    data_hash: str
    say: Callable[[str], None]

    def write(self, model: PreTrainedModel, folder: Path) -> dict[str, dict[str, float]]:
        """Write the model in the place of `folder`, once it is whole; its scores on validation and test articles.

        Raises:
            ModelError: training diverged; what is in `folder` stays.
        """
        encoder = Encoder(self.tokenizer.backend_tokenizer, self.windows)
        fitted, conformal, scores = self._calibrate(model, encoder)
        training = _provenance(self.config, self.data_hash, scores)
        if self.config.soft_labels:
            training["taught"] = data_hash(self.parts["train"])
        name = f"claimclf-{self.data_hash}"
        with whole_folder(folder) as new:
            model.save_pretrained(new)
            self.tokenizer.save_pretrained(new)
            Checkpoint(encoder.settings, fitted, self.pad_id, name, training, conformal).save(new)
        self.say(f"model written to {folder}")
        return scores

    def _calibrate(
        self, model: PreTrainedModel, encoder: Encoder
    ) -> tuple[Calibration, Conformal | None, dict[str, dict[str, float]]]:
        """Fit on validation articles; label sets on those and the test articles, which no weight was trained on."""
        runtime, parts = TorchRuntime(model), self.parts
        found = {name: article_logits(runtime, encoder, parts[name], self.pad_id) for name in ("validation", "test")}
        if not all(np.isfinite(logits).all() for logits, _, _ in found.values()):
            raise ModelError("training diverged: what the network gives is no number; try a lower learning_rate")
        logits, true, owner = found["validation"]
        fitted = calibration.fit(logits, true, owner) if len(true) else Calibration()
        how = "vector scaling" if fitted.scale else "temperature scaling"
        self.say(f"temperature {fitted.temperature:.3f}, {how}, fitted on the validation articles")
        fitted = fitted.shifted(self.config.label_bias)
        scores = {name: _scores(logits, true, fitted) for name, (logits, true, _) in found.items() if len(true)}
        for name, row in scores.items():
            self.say(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in row.items()))
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
