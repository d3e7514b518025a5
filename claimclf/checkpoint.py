"""What is ours in a model's folder: `claimclf.json`, the settings that shaped training, beside the standard files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from claimclf.calibration import Calibration
from claimclf.encoding import WindowSettings
from claimclf.errors import ModelError
from claimclf.evaluation.conformal import Conformal
from claimclf.files import write_whole
from claimclf.labels import LABELS

FILE = "claimclf.json"
FORMAT = 1
SHIPPED = "shipped"
_FOLDER = Path(__file__).parent / "shipped"
_HUB_FILES = [FILE, "tokenizer.json", "config.json", "*.onnx", "weights.bin", "*.safetensors"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The settings of a model: windows, calibration, the pad token's id, and where it came from.

    `training` holds the resolved config, seed, data hash, guideline version, versions and scores, as plain JSON;
    `conformal` what label sets with a coverage promise are made from.

    >>> Checkpoint(WindowSettings(), Calibration(1.2), pad_id=0).calibration.temperature
    1.2
    """

    windows: WindowSettings
    calibration: Calibration
    pad_id: int
    name: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    conformal: Conformal | None = None

    def save(self, folder: Path) -> None:
        """Write `claimclf.json` into a model's folder."""
        content = {
            "format": FORMAT,
            "name": self.name,
            "labels": [str(label) for label in LABELS],
            "windows": self.windows.to_dict(),
            "calibration": self.calibration.to_dict(),
            "conformal": self.conformal.to_dict() if self.conformal else None,
            "pad_id": self.pad_id,
            "training": dict(self.training),
        }
        conformal = json.dumps(content.pop("conformal"), separators=(",", ":"))  # long lists: on one line
        body = json.dumps(content, indent=1, ensure_ascii=False).removesuffix("\n}")
        write_whole(folder / FILE, f'{body},\n "conformal": {conformal}\n}}\n'.encode())

    @classmethod
    def load(cls, folder: Path) -> Checkpoint:
        """Read the settings of the model in `folder`.

        Raises:
            ModelError: the file is missing, damaged, of another format, or of other labels.
        """
        path = folder / FILE
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ModelError(f"{path}: format {content['format']}, this version reads {FORMAT}; update claimclf")
            if content["labels"] != [str(label) for label in LABELS]:
                raise ModelError(f"{path}: labels {content['labels']}, expected {', '.join(LABELS)} in this order")
            return cls(
                WindowSettings(**content["windows"]),
                Calibration.from_dict(content["calibration"]),
                int(content["pad_id"]),
                str(content.get("name") or folder.name),
                content["training"],
                Conformal.from_dict(content["conformal"]) if content.get("conformal") else None,
            )
        except (FileNotFoundError, NotADirectoryError):
            hint = "train one with `python scripts/train.py --config configs/default.yaml`"
            raise ModelError(f"{folder}: no {FILE}, so no claimclf model; {hint}") from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"{path}: damaged ({type(error).__name__}: {error}); export the model again") from error


def load_tokenizer(folder: Path) -> Tokenizer:
    """The Rust tokenizer of the model in `folder`.

    Raises:
        ModelError: `tokenizer.json` is missing or damaged.
    """
    path = folder / "tokenizer.json"
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the Rust side raises plain Exception
        raise ModelError(f"{path}: {error}; a model needs its tokenizer.json") from error


def locate(model: str) -> Path:
    """The folder of a model: the shipped one, a folder, or a snapshot of the hub.

    Raises:
        ModelError: there is none of that name.
    """
    if model == SHIPPED:
        return _FOLDER
    if Path(model).is_dir():
        return Path(model)
    if model.count("/") != 1 or model.startswith((".", "/", "~")):
        raise ModelError(f"no folder {model!r}; give 'shipped', a folder, or a hub id such as 'owner/name'")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, allow_patterns=_HUB_FILES))
    except Exception as error:  # the hub's client raises errors of several libraries
        raise ModelError(f"{model!r} is no folder, and the hub did not give it: {error}") from error


def fingerprint(folder: Path) -> str:
    """16 hex digits that tell this model from any other: of its weights, tokenizer and settings."""
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.suffix in (".onnx", ".safetensors") or file.name in (FILE, "tokenizer.json", "weights.bin"):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
