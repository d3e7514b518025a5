"""Arrays → logits, behind one Protocol: ONNX Runtime for exported models, torch for training checkpoints."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article
from claimclf.encoding import Encoder, Window, pad, sentence_means
from claimclf.errors import ModelError, needs_extra
from claimclf.labels import LABELS

ONNX_FILE = "model.onnx"
_TOKENS_A_BATCH = 4096


class Runtime(Protocol):
    """What runs a network: token ids in, token logits out."""

    name: str

    def logits(self, input_ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (windows, tokens, labels) of ids and attention mask (windows, tokens)."""

    def close(self) -> None:
        """Give memory and threads back."""


class OnnxRuntime:
    """Runs `model.onnx` on the CPU with ONNX Runtime; `threads` defaults to the cores this process may use."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        import onnxruntime

        self.name = f"onnxruntime {onnxruntime.__version__}"
        self._path, self._threads, self._lock = folder / ONNX_FILE, threads or _cores(), threading.Lock()
        self._session: Any = self._open()
        self._inherited: Any = None
        self._process = os.getpid()

    def _open(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Weights are stored in int8 and computed in float32: unfolded, they would be unpacked at every call.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            return onnxruntime.InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own classes, none of them public
            raise ModelError(f"{self._path}: {error}; export the model again") from error

    def logits(self, input_ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (windows, tokens, labels) of ids and attention mask (windows, tokens).

        Threads may share a runtime. In a forked process the session's threads are gone: it is opened anew there.

        Raises:
            ModelError: the runtime was closed.
        """
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._inherited = self._session  # kept: to free it would wait for threads that are not here
                    self._session, self._process = self._open(), os.getpid()
        if self._session is None:
            raise ModelError("the classifier was closed; load it again: ClaimClassifier.load()")
        output: Any = self._session.run(["logits"], {"input_ids": input_ids, "attention_mask": mask})[0]
        return np.asarray(output, dtype=np.float32)

    def close(self) -> None:
        """Give memory and threads back; a closed runtime cannot run."""
        self._session, self._process = None, os.getpid()


class TorchRuntime:
    """Runs a token classifier of transformers where it lies: the CPU, or the device it was moved to."""

    def __init__(self, model: Any) -> None:
        with needs_extra("train"):
            import torch

        self._torch, self._model = torch, model
        self.name = f"torch {torch.__version__}"

    @classmethod
    def load(cls, folder: Path, threads: int | None = None) -> TorchRuntime:
        """The checkpoint in `folder`, in float32.

        Raises:
            ModelError: it cannot be loaded.
        """
        with needs_extra("train"):
            import torch
            from transformers import AutoModelForTokenClassification
        if threads:
            torch.set_num_threads(threads)
        try:
            model = AutoModelForTokenClassification.from_pretrained(str(folder), dtype=torch.float32)
        except (OSError, ValueError) as error:
            raise ModelError(f"{folder}: {error}") from error
        return cls(model)

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


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def window_logits(runtime: Runtime, windows: Sequence[Window], pad_id: int) -> list[NDArray[np.float32]]:
    """Logits of each window's tokens, (tokens, labels), in order; batches are alike in length and bounded in tokens."""
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].input_ids))
    found: dict[int, NDArray[np.float32]] = {}
    at = 0
    while at < len(order):
        end = at + 1
        while end < len(order) and (end + 1 - at) * len(windows[order[end]].input_ids) <= _TOKENS_A_BATCH:
            end += 1
        part = order[at:end]
        logits = runtime.logits(*pad([windows[i] for i in part], pad_id))
        found.update({i: logits[row, : len(windows[i].input_ids)] for row, i in enumerate(part)})
        at = end
    return [found[i] for i in range(len(windows))]


def article_logits(
    runtime: Runtime, encoder: Encoder, articles: Sequence[Article], pad_id: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Of all labelled sentences: logits (sentences, labels), label indexes and article numbers (sentences,)."""
    logits, true = [np.zeros((0, len(LABELS)), np.float32)], [np.zeros(0, np.int64)]
    owner = [np.zeros(0, np.int64)]
    for number, article in enumerate(articles):
        windows = encoder.windows(article.text, [s.span for s in article.sentences])
        means, _ = sentence_means(windows, window_logits(runtime, windows, pad_id), len(article.sentences))
        labels = np.array([-1 if s.label is None else s.label.position for s in article.sentences])
        logits.append(means[labels >= 0])
        true.append(labels[labels >= 0])
        owner.append(np.full(len(true[-1]), number))
    return np.concatenate(logits), np.concatenate(true), np.concatenate(owner)
