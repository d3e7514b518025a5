"""What the CPU can do, as far as it decides how a network is computed."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import lru_cache
from pathlib import Path

KNOWN = (
    "avx2",
    "avx512f",
    "avx_vnni",
    "avx512_vnni",
    "avx512_bf16",
    "amx_bf16",
    "amx_int8",
    "asimd",
    "asimddp",
    "bf16",
)


@lru_cache(maxsize=1)
def features() -> frozenset[str]:
    """The features of `KNOWN` that this CPU has, by their names in /proc/cpuinfo; empty where they cannot be told.

    >>> features() <= set(KNOWN)
    True
    """
    return frozenset(KNOWN) & frozenset(_flags().lower().replace(".", "_").split())


def told() -> bool:
    """Whether the CPU's features can be told here: not on Windows, nor on a Mac with ARM.

    >>> told() or not features()
    True
    """
    return bool(_flags().strip())


def _flags() -> str:
    if line := _cpuinfo("flags", "features"):
        return line
    if platform.system() != "Darwin":
        return ""
    asked = ["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False).stdout
    except OSError:
        return ""


def _cpuinfo(*names: str) -> str:
    """The first line of /proc/cpuinfo that begins with one of the names, in any case; empty where there is none."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.lower().startswith(names)), "")


def model_name() -> str:
    """The CPU's name, as it calls itself.

    >>> model_name() != ""
    True
    """
    found = _cpuinfo("model name").partition(":")[2].strip()
    return found or platform.processor() or platform.machine() or "unknown"


def cores() -> int:
    """How many cores this process may use.

    >>> cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
