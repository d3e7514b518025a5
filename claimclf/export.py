"""A checkpoint → ONNX models that run anywhere: weights stored once in int8, computed in float32 or in int8.

Weights have a scale a channel. `model.onnx` unpacks them to float32 when it is loaded: the same arithmetic on every
CPU. `model.int8.onnx` multiplies them with activations in int8. Both read `weights.bin`. Each is proved against
the checkpoint before it is kept.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from claimclf.attention import fuse_attention
from claimclf.checkpoint import FILE, Checkpoint, load_tokenizer
from claimclf.encoding import Encoder
from claimclf.errors import DataError, ModelError, Problem, needs_extra
from claimclf.quantisation import int8_activations, int8_weights, widen
from claimclf.readers import read_corpus
from claimclf.runtime import Runtime, article_logits
from claimclf.runtime.onnx import FILES, OnnxRuntime
from claimclf.runtime.processor import cores
from claimclf.runtime.torch import TorchRuntime
from claimclf.terminal import progress

with needs_extra("train"):
    import onnx
    import torch
    from transformers import AutoModelForTokenClassification

Precision = Literal["int8", "fp32"]
_LARGEST_SHARE = {"fp32": 0.01, "int8": 0.015}  # of labels that may differ from the checkpoint, as computed
_OPSET = 21  # the first with int4; Gelu is one kernel from 20 on
_WEIGHTS = "weights.bin"


@dataclass(frozen=True, slots=True)
class Exported:
    """What the export did: size, and how far each graph is from the checkpoint on the articles compared.

    `differing` labels of `sentences`, and the `largest` difference of a probability, by precision of the arithmetic.
    """

    megabytes: float
    sentences: int
    differing: dict[str, int]
    largest: dict[str, float]


def export(
    checkpoint: Path, out: Path, precision: Precision = "int8", compare: Path = Path("seeds/written")
) -> Exported:
    """Write the model, its tokenizer and settings to `out`, proved on the articles of `compare`.

    `precision` "int8" stores weights in int8, and adds a graph that computes in int8; "fp32" keeps float32.

    Raises:
        DataError: no sentence of `compare` has a label.
        ModelError: the checkpoint cannot be loaded, or too many labels differ from it; `out` is untouched.
    """
    settings = Checkpoint.load(checkpoint)
    articles = read_corpus([compare]).articles
    if not any(article.labelled for article in articles):
        raise DataError([Problem(str(compare), "no labelled sentence to prove the model on", "give labelled articles")])
    encoder = Encoder(load_tokenizer(checkpoint), settings.windows)

    def said(runtime: Runtime) -> NDArray[np.floating]:
        shown = progress(f"comparing, {runtime.name}", articles)
        logits = [article_logits(runtime, encoder, [article], settings.pad_id)[0] for article in shown]
        return settings.calibration.probabilities(np.concatenate(logits))

    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        _save(_to_onnx(checkpoint, Path(scratch)), made, precision)
        for name in (FILE, "tokenizer.json", "config.json"):
            shutil.copy(checkpoint / name, made / name)
        before = said(TorchRuntime.load(checkpoint))
        after = {
            kind: said(OnnxRuntime(made, cores(), kind)) for kind, file in FILES.items() if (made / file).is_file()
        }
        differing = {kind: int((before.argmax(axis=1) != p.argmax(axis=1)).sum()) for kind, p in after.items()}
        _refuse_bad(differing, len(before), checkpoint, out)
        _publish(made, out)
        size = sum(file.stat().st_size for file in made.iterdir()) / 1e6
    largest = {kind: float(np.abs(before - p).max()) for kind, p in after.items()}
    return Exported(size, len(before), differing, largest)


def _refuse_bad(differing: dict[str, int], sentences: int, checkpoint: Path, out: Path) -> None:
    for kind, count in differing.items():
        if count > _LARGEST_SHARE[kind] * sentences:
            raise ModelError(
                f"{count} of {sentences} labels differ from {checkpoint} in {kind}: {out} is left as it was; "
                "try --precision fp32"
            )


def _publish(made: Path, out: Path) -> None:
    """Copy the model into `out` under other names first: a full disk leaves what is there, and readers keep theirs."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as scratch:
        new = {file.name: shutil.copyfile(file, Path(scratch) / file.name) for file in sorted(made.iterdir())}
        for name in {*FILES.values(), _WEIGHTS} - set(new):
            (out / name).unlink(missing_ok=True)
        for name, file in new.items():
            file.replace(out / name)


def _save(model: onnx.ModelProto, folder: Path, precision: Precision) -> None:
    path = str(folder / FILES["fp32"])
    if precision == "fp32":
        onnx.save(model, path)
        return
    onnx.save(int8_weights(model), path, save_as_external_data=True, location=_WEIGHTS, size_threshold=1024)
    whole = int8_activations(fuse_attention(widen(onnx.load(path, load_external_data=False))))
    onnx.save(whole, str(folder / FILES["int8"]))


class _Logits(torch.nn.Module):
    """The network with plain arguments and a plain result, as the exporter wants it."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        return logits


def _to_onnx(checkpoint: Path, scratch: Path) -> onnx.ModelProto:
    try:
        model = AutoModelForTokenClassification.from_pretrained(
            str(checkpoint), dtype=torch.float32, attn_implementation="eager"
        ).eval()
    except (OSError, ValueError) as error:
        raise ModelError(f"{checkpoint}: {error}") from error
    batch, tokens = torch.export.Dim("windows", min=1, max=4096), torch.export.Dim("tokens", min=2, max=8192)
    shape = {0: batch, 1: tokens}
    example = (torch.ones(2, 16, dtype=torch.int64), torch.ones(2, 16, dtype=torch.int64))
    path = scratch / "fp32.onnx"
    torch.onnx.export(
        _Logits(model).eval(),
        example,
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        opset_version=_OPSET,
        dynamo=True,
        dynamic_shapes=(shape, shape),
        external_data=False,
        verbose=False,
    )
    model = onnx.load(str(path))
    for node in model.graph.node:  # where it came from in this machine's source: most of the file
        del node.metadata_props[:]
    del model.graph.value_info[:]
    return model
