"""What a training runs on: a GPU where there is one, in bfloat16 where the hardware has it."""

from __future__ import annotations

from typing import Any

from claimclf.errors import needs_extra

with needs_extra("train"):
    import torch


def has_bf16() -> bool:
    """Does what a training runs on compute in bfloat16, rather than play it?"""
    return bool(torch.cuda.is_bf16_supported()) if torch.cuda.is_available() else cpu_has_bf16()


def cpu_has_bf16() -> bool:
    """Does the processor compute in bfloat16, rather than play it?"""
    found: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(found.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16"))


def device_arguments(bf16: bool) -> dict[str, Any]:
    """The settings of `TrainingArguments` that depend on the machine; `bf16` is taken where it has it.

    >>> sorted(device_arguments(bf16=False))
    ['bf16', 'dataloader_pin_memory', 'use_cpu']
    """
    return {
        "bf16": bf16 and has_bf16(),
        "use_cpu": not (torch.cuda.is_available() or torch.backends.mps.is_available()),
        "dataloader_pin_memory": torch.cuda.is_available(),
    }
