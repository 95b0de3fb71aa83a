"""Whether an adapter draws: tried once for each version of its driver, in a process of its own.

Drivers can crash while they compile a program, and a crash would end the notebook. The outcome is stored.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from explorer.audio.array_cache import cache_folder
from explorer.errors import OutputError
from explorer.files import read_json_or_empty, write_json
from explorer.rendering.gpu.adapters import Adapter, adapters

SECONDS = 120  # that a trial may take
MODULE = "explorer.rendering.gpu.trial_drawing"
HALF = " half"  # of trials in half precision
MAX_CHARACTERS = 160  # of what a driver says


@cache
def problem_of(adapter: Adapter, half: bool = False) -> str:
    """Why an adapter cannot be used, or, with `half`, not in half precision; empty where it draws."""
    key = f"{adapter} wgpu {version('wgpu')} explorer {version('audio-feature-explorer')}"
    key += HALF if half else ""
    path = _folder() / f"{sha256(key.encode()).hexdigest()[:16]}.json"
    entry = read_json_or_empty(path)
    if entry.get("adapter") == key:
        return str(entry.get("problem", ""))
    problem = _tried(adapters().index(adapter), half)
    with contextlib.suppress(OutputError, OSError):
        write_json(path, {"adapter": key, "is_fast": adapter.is_fast, "problem": problem})
    return problem


def has_tried_card() -> bool:
    """Whether a fast GPU has drawn here before: else nothing is loaded to find one unasked."""
    entries = map(read_json_or_empty, _folder().glob("*.json"))
    return any(entry.get("is_fast") and entry.get("problem") == "" for entry in entries)


def _folder() -> Path:
    return cache_folder().parent / "gpu"


def _tried(number: int, half: bool) -> str:
    """What goes wrong when the adapter of a number draws in another process; empty where nothing does."""
    command = [sys.executable, "-m", MODULE, str(number), *([HALF.strip()] if half else [])]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"a first small picture took more than {SECONDS} s"
    if result.returncode == 0:
        return ""
    lines = result.stderr.strip().splitlines() or ["no message"]
    return f"its driver failed in a trial ({lines[-1][:MAX_CHARACTERS]})"
