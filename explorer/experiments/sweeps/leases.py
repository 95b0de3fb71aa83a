"""Leases: of all processes and machines that work on a folder, one at a time has it.

A lease is a file `.claim.<n>` made with O_EXCL that names its holder and is touched every few seconds.
One whose process is gone, or that was not touched for a minute, is stale: whoever makes the next number,
again with O_EXCL, has the folder. Nobody removes a lease that may be alive, so two can never both hold it:
each makes its file first and looks for others afterwards.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from explorer.experiments.runs.run_folder import LEASE_PREFIX
from explorer.files import create_file, read_json

TOUCH_SECONDS = 5.0  # between two touches
STALE_SECONDS = 60.0  # without a touch, after which the holder is considered dead
WRITING_SECONDS = 5.0  # for which a lease that does not name its holder yet is considered alive
CREATION_TOLERANCE = 2.0  # seconds; a process created at another time has only the same number


class Lease:
    """The right to work in a folder, kept alive by a thread until `release`; a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._touch, name="explorer-lease", daemon=True)
        self._thread.start()

    @classmethod
    def acquire(cls, folder: Path) -> Self | None:
        """Lease the folder; None when somebody else has it. Raises OutputError when it cannot be written."""
        earlier = _leases(folder)
        if any(is_alive(path) for path in earlier):
            return None
        own = folder / f"{LEASE_PREFIX}{_number(earlier[-1]) + 1 if earlier else 0}"
        if not _make(own):
            return None
        if any(is_alive(path) for path in _leases(folder) if path != own):
            own.unlink(missing_ok=True)
            return None
        for stale in earlier:
            with suppress(OSError):
                stale.unlink(missing_ok=True)
        return cls(own)

    @property
    def is_valid(self) -> bool:
        """False once it was considered stale (the machine slept, say) and somebody else works here."""
        return self.path.exists()

    def release(self) -> None:
        """Let others have the folder."""
        self._end.set()
        self._thread.join()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.release()

    def _touch(self) -> None:
        while not self._end.wait(TOUCH_SECONDS):
            with suppress(OSError):
                os.utime(self.path)


def is_leased(folder: Path) -> bool:
    """Whether somebody works in the folder now."""
    return any(is_alive(path) for path in _leases(folder))


def is_alive(path: Path) -> bool:
    """Whether the holder of a lease may still be at work."""
    try:
        age = time.time() - path.stat().st_mtime
        holder = read_json(path)
        process, host, born = int(holder["process"]), str(holder["host"]), float(holder["born"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error.__cause__ or error, FileNotFoundError | PermissionError):
            return False  # gone, or on its way out (Windows)
        return age < WRITING_SECONDS
    if age > STALE_SECONDS:
        return False
    return host != platform.node() or _is_running(process, born)


def _is_running(process: int, born: float) -> bool:
    """Whether the very process that made the lease runs, and not another with its number."""
    try:
        holder = psutil.Process(process)
        zombie = holder.status() == psutil.STATUS_ZOMBIE
        return not zombie and abs(holder.create_time() - born) < CREATION_TOLERANCE
    except psutil.AccessDenied:  # it runs, and is somebody else's
        return True
    except psutil.Error:
        return False


def _leases(folder: Path) -> list[Path]:
    return sorted(
        (path for path in folder.glob(f"{LEASE_PREFIX}*") if path.name[len(LEASE_PREFIX) :].isdigit()),
        key=_number,
    )


def _number(path: Path) -> int:
    return int(path.name[len(LEASE_PREFIX) :])


def _make(path: Path) -> bool:
    """Make the file of a lease; False when another process was faster."""
    holder = {
        "process": os.getpid(),
        "host": platform.node(),
        "born": psutil.Process().create_time(),
    }
    return create_file(path, json.dumps(holder).encode("utf-8"))
