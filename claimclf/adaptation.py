"""Unlabelled text → an encoder that knows its language better: masked-language-model training before any label.

Source: Gururangan et al., "Don't Stop Pretraining: Adapt Language Models to Domains and Tasks", ACL 2020.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from claimclf.devices import device_arguments
from claimclf.encoders import encoder_digest, encoder_path
from claimclf.encoding import no_surrogates
from claimclf.errors import ConfigError, DataError, ModelError, Problem, needs_extra
from claimclf.files import write_whole
from claimclf.resuming import last_whole_checkpoint, mark_run

with needs_extra("train"):
    import torch
    from transformers import (
        AutoModelForMaskedLM,
        AutoTokenizer,
        DataCollatorForLanguageModeling,
        PreTrainedModel,
        Trainer,
        TrainingArguments,
        set_seed,
    )

Windows = list[dict[str, list[int]]]
_APART = 50  # one window in so many is not trained on, and says how well masked words are guessed


@dataclass(frozen=True)
class Adaptation:
    """How an encoder is adapted: `masked` is the share of the tokens to be guessed; rates and lengths as in training.

    >>> Adaptation(epochs=1.0).problems()
    []
    """

    epochs: float = 5.0
    learning_rate: float = 3e-4
    masked: float = 0.15
    max_tokens: int = 128
    batch_size: int = 8
    seed: int = 13
    bf16: bool = False

    def problems(self) -> list[str]:
        """What is out of range, a line each."""
        checks = {
            "epochs": 0 < self.epochs < math.inf,
            "learning_rate": 0 < self.learning_rate < 1,
            "masked": 0 < self.masked < 1,
            "max_tokens": self.max_tokens >= 8,
            "batch_size": self.batch_size > 0,
            "seed": 0 <= self.seed < 2**32,
        }
        return [f"{key}: {getattr(self, key)!r} is out of range" for key, fine in checks.items() if not fine]


@dataclass(frozen=True)
class Adapted:
    """Where the encoder is, and the mean log loss of masked tokens of the windows apart, before and after."""

    folder: Path
    before: float
    after: float


def adapt(
    encoder: str,
    texts: Sequence[str],
    output: Path,
    settings: Adaptation | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Adapted:
    """Train `encoder` to guess masked words of `texts`; write it to `output`/encoder, for `encoder:` in a config.

    A run that was cut off goes on where its last whole checkpoint was.

    Raises:
        ConfigError, DataError, ModelError: settings out of range, too little text, or an encoder without a mask token.
    """
    settings = settings or Adaptation()
    if problems := settings.problems():
        raise ConfigError("\n".join(problems))
    model, tokenizer = _load(encoder)
    windows = _windows(texts, tokenizer, settings.max_tokens)
    apart, train = windows[::_APART], [w for i, w in enumerate(windows) if i % _APART]
    if not train:
        raise DataError([Problem("the texts", f"{len(texts)} texts, {len(windows)} windows", "give more text")])
    say(f"{len(train):,} windows to learn from, {len(apart):,} apart; {sum(map(_length, windows)):,} tokens")
    output.mkdir(parents=True, exist_ok=True)
    digest = sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    mark_run(
        output, {"encoder": [encoder, encoder_digest(encoder)], "settings": asdict(settings), "texts": digest}, say
    )
    set_seed(settings.seed)
    trainer = _trainer(model, tokenizer, {"train": train, "apart": apart}, output, settings)
    before = _loss(trainer, settings.seed)
    trainer.train(resume_from_checkpoint=last_whole_checkpoint(output / "checkpoints"))
    adapted = Adapted(output / "encoder", before, _loss(trainer, settings.seed))
    inner: Any = model.base_model
    inner.save_pretrained(adapted.folder)
    tokenizer.save_pretrained(adapted.folder)
    evidence = {"encoder": encoder, **asdict(settings), "texts": len(texts), "before": before, "after": adapted.after}
    write_whole(adapted.folder / "adaptation.json", json.dumps(evidence, indent=1).encode("ascii"))
    return adapted


def _load(encoder: str) -> tuple[PreTrainedModel, Any]:
    path = encoder_path(encoder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model = AutoModelForMaskedLM.from_pretrained(path, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise ModelError(f"the encoder {encoder!r} cannot be adapted: {error}") from error
    if tokenizer.mask_token_id is None:
        raise ModelError(f"the encoder {encoder!r} has no mask token: it cannot be adapted by guessing words")
    return model, tokenizer


def _windows(texts: Sequence[str], tokenizer: Any, max_tokens: int) -> Windows:
    """Every text in pieces of `max_tokens`, special tokens included; the last piece of a text may be shorter."""
    found: Windows = []
    for text in texts:
        pieces = tokenizer(no_surrogates(text), truncation=True, max_length=max_tokens, return_overflowing_tokens=True)
        found += [{"input_ids": ids} for ids in pieces["input_ids"]]
    return found


def _length(window: dict[str, list[int]]) -> int:
    return len(window["input_ids"])


def _trainer(
    model: PreTrainedModel, tokenizer: Any, windows: dict[str, Windows], output: Path, settings: Adaptation
) -> Trainer:
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, fused=True)
    arguments = TrainingArguments(
        output_dir=str(output / "checkpoints"),
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.batch_size,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        warmup_steps=0.1,
        **device_arguments(settings.bf16),
        seed=settings.seed,
        save_strategy="epoch",
        save_total_limit=1,
        logging_steps=20,
        report_to=["tensorboard"],
    )
    return Trainer(
        model=model,
        args=arguments,
        data_collator=DataCollatorForLanguageModeling(tokenizer, mlm_probability=settings.masked),
        train_dataset=windows["train"],
        eval_dataset=windows["apart"],
        optimizers=(optimizer, None),
    )


def _loss(trainer: Trainer, seed: int) -> float:
    """The loss on the windows apart, with the same words masked each time."""
    set_seed(seed)
    return float(trainer.evaluate()["eval_loss"])
