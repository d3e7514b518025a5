"""Training checkpoints on torch: the CPU, or a GPU where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import ModelError, needs_extra


class TorchRuntime:
    """Runs a token classifier of transformers where it lies: the CPU, or the device it was moved to."""

    batch_tokens = 4096
    step = 0
    threads = 1  # torch has its own

    def __init__(self, model: Any, why: str = "it was asked for") -> None:
        with needs_extra("train"):
            import torch

        self._torch, self._model, self.why = torch, model, why
        kind = str(next(model.parameters()).dtype).rpartition(".")[2]
        self.name = f"torch {torch.__version__} {kind} {model.device.type}"

    @classmethod
    def load(
        cls, folder: Path, threads: int | None = None, precision: str = "auto", why: str = "it was asked for"
    ) -> TorchRuntime:
        """The checkpoint in `folder`, on a GPU of CUDA where there is one; "auto" is bf16 there, and fp32 on the CPU.

        Raises:
            ModelError: it cannot be loaded.
        """
        with needs_extra("train"):
            import torch
            from transformers import AutoModelForTokenClassification
        if threads:
            torch.set_num_threads(threads)
        cuda = torch.cuda.is_available()
        half = precision == "bf16" or (precision == "auto" and cuda and torch.cuda.is_bf16_supported())
        try:
            model = AutoModelForTokenClassification.from_pretrained(
                str(folder), dtype=torch.bfloat16 if half else torch.float32
            )
        except (OSError, ValueError) as error:
            raise ModelError(f"{folder}: {error}") from error
        return cls(model.to("cuda" if cuda else "cpu"), why)

    def logits(self, input_ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (windows, tokens, labels) of ids and attention mask (windows, tokens)."""
        torch, device = self._torch, self._model.device
        self._model.eval()
        with torch.inference_mode():
            ids = torch.as_tensor(input_ids, device=device)
            output = self._model(input_ids=ids, attention_mask=torch.as_tensor(mask, device=device))
        return np.asarray(output.logits.float().cpu().numpy())

    def close(self) -> None:
        """Nothing to give back that the garbage collector would not."""
