"""The manifest: what happened, where and with what, in one JSON file per run."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

from explorer.errors import ExplorerError, ReadError, Stopped
from explorer.experiments.runs.run_folder import MANIFEST
from explorer.files import (
    NUMBER,
    check_types,
    is_plain_name,
    path_within,
    read_json,
    sha256_of,
    write_json,
)
from explorer.processes import identity, is_running, may_be_running

SCHEMA = 1

TYPES = {  # of a manifest and of a point.json, for `read_log`
    **dict.fromkeys(("kind", "status", "started", "ended", "heartbeat", "host", "command"), str),
    **dict.fromkeys(("error", "traceback", "verdict", "sentence", "kernel", "precision", "spec_hash"), str),
    **dict.fromkeys(("seconds", "seconds_left", "born"), NUMBER),
    "process": int,
    "sessions": int,
    "audio": {"name": str, "sha256": str, "path": str},
    "device": {**dict.fromkeys(("name", "type", "note", "driver", "backend"), str), "lost_at_frame": int},
    "environment": {"packages": dict, "git": dict},
    "flash_limit": {"*": NUMBER},
    "performance": {
        **dict.fromkeys(("frames", "seconds", "fps", "megapixels_per_second"), NUMBER),
        **dict.fromkeys(("times_real_time", "peak_memory_mb"), NUMBER),
        "gpu": {"*": NUMBER},
    },
    "points": {"*": int},
    "specification": dict,
    "params": dict,
    "metrics": {"*": NUMBER},
    "moments": list,
    "artefacts": {"*": {"bytes": int, "sha256": str}},
}


def now() -> str:
    """The current time in UTC, ISO 8601, to the millisecond: two runs of a second keep their order."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def error_status(error: BaseException) -> dict[str, str]:
    """The status of what an error ended, stopped or failed, and the reason."""
    stopped = isinstance(error, KeyboardInterrupt | Stopped)
    reason = str(error) if isinstance(error, ExplorerError) else "".join(traceback.format_exception(error))
    return {"status": "stopped" if stopped else "failed", "error": reason or type(error).__name__}


@lru_cache(maxsize=1)
def environment() -> dict[str, Any]:
    """Versions and machine: what may change a result, never the whole environment."""
    import torch

    from explorer.rendering.devices import cpu_name

    packages = ("audio-feature-explorer", "torch", "numpy", "librosa", "soundfile", "numba")
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
        "git": _git_revision(),
        "os": platform.platform(),
        "cpu": cpu_name(),
        "cores": psutil.cpu_count(),
        "cuda": torch.version.cuda,
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def command() -> str:
    """The command line, or 'python' within a notebook or script."""
    name = Path(sys.argv[0]).name
    return (
        " ".join(["explorer", *sys.argv[1:]]) if name in ("explorer", "explorer.exe", "__main__.py") else name
    )


def write(folder: Path, manifest: dict[str, Any]) -> None:
    """Replace the manifest of a run."""
    write_json(folder / MANIFEST, manifest, durable=True)


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a run. Raises ReadError when it is missing or damaged."""
    return read_log(folder, MANIFEST)


def read_log(folder: Path, name: str) -> dict[str, Any]:
    """A manifest or point.json, what it holds of `TYPES` checked. Raises ReadError."""
    path = path_within(folder, name)
    log = read_json(path)
    check_types(log, TYPES, path)
    for artifact in log.get("artefacts") or ():
        if not is_plain_name(artifact):
            raise ReadError(path, f"{artifact[:40]!r} is no name of a file")
    return log


@contextmanager
def recording(folder: Path, log: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Keep the manifest of a run true: `log` at once, in the end done, stopped or failed with the reason."""
    write(folder, log)
    try:
        yield log
        log |= {"status": "done", "artefacts": artifacts(folder)}
    except BaseException as error:
        log |= error_status(error)
        raise
    finally:
        log["ended"] = now()
        _write_end(folder, log)


def _write_end(folder: Path, log: dict[str, Any]) -> None:
    """Write the final manifest; a full disk must not hide the error that filled it."""
    try:
        write(folder, log)
    except ExplorerError:
        if log["status"] == "done":
            raise


def is_training(folder: Path) -> bool:
    """Whether a folder is that of a training, by its manifest, and by its name where that is missing."""
    try:
        return bool(read(folder).get("kind") == "train")
    except ExplorerError:
        return folder.name.startswith("train_")


def process_facts() -> dict[str, Any]:
    """When and by which process, for what is being worked on."""
    return {"started": now(), "heartbeat": now(), **identity()}


def is_alive(log: dict[str, Any]) -> bool:
    """Whether the process that wrote a manifest still runs, and not another with its number."""
    process, born = log.get("process"), log.get("born")
    if not isinstance(process, int):
        return False
    if isinstance(born, NUMBER):
        return is_running(process, born)
    try:  # written by version 0.1
        return may_be_running(process, datetime.fromisoformat(log["started"]).timestamp())
    except (KeyError, TypeError, ValueError, OverflowError):
        return False


def artifacts(folder: Path, excluded: str = MANIFEST) -> dict[str, dict[str, Any]]:
    """Size in bytes and SHA-256 of every finished file of a run but the one that lists them, by name."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in files
        if path.name != excluded
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git_revision() -> dict[str, Any] | None:
    """Revision of the checkout that the package runs from, and whether it was changed; None elsewhere."""
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return None

    def git(*arguments: str) -> str:
        result = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10, check=True
        )
        return result.stdout.strip()

    try:
        return {"revision": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None
