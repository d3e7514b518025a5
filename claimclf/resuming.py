"""What a killed training run left: whether it is of the same settings and data, and its last whole checkpoint."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from claimclf.errors import needs_extra
from claimclf.files import write_whole

with needs_extra("train"):
    from transformers.trainer import TRAINER_STATE_NAME
    from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR


def mark_run(output: Path, own: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Start afresh where the folder holds checkpoints of other settings or other data than `own`."""
    mark, checkpoints, content = output / "run.json", output / "checkpoints", json.dumps(own).encode("ascii")
    same = mark.exists() and mark.read_bytes() == content
    if checkpoints.exists():
        if same:
            say("taking up the run that was cut off here")
        else:
            say("checkpoints of other settings or data are removed")
            shutil.rmtree(checkpoints)
    if not same:
        write_whole(mark, content)


def last_whole_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint that was written to its end: the trainer's state is the last file written."""
    found = [
        (int(path.name.rpartition("-")[2]), path)
        for path in folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*")
        if path.name.rpartition("-")[2].isdigit()
    ]
    for _, path in sorted(found, reverse=True):
        try:
            json.loads((path / TRAINER_STATE_NAME).read_text(encoding="utf-8"))
            return str(path)
        except (OSError, ValueError):
            shutil.rmtree(path)
    return None
