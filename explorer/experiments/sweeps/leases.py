"""Claims: of all processes and machines that work on a folder, one at a time has it.

A claim is a file `.claim.<n>` made with O_EXCL that tells who holds it and is touched every few seconds.
One whose process is gone, or that was not touched for a minute, is stale: whoever makes the next number,
again with O_EXCL, has the folder. Nobody removes a claim that may be alive, so two can never both hold it:
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

from explorer.files import read_json, write_error

PREFIX = ".claim."
BEAT = 5.0  # seconds between two touches
STALE = 60.0  # seconds without a touch after which its holder is taken for dead
BEING_WRITTEN = 5.0  # seconds for which a claim that does not tell its holder yet is believed
SAME_BIRTH = 2.0  # seconds; a process born at another time has only the same number


class Claim:
    """The right to work in a folder, kept alive by a thread until `release`; a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="explorer-claim", daemon=True)
        self._thread.start()

    @classmethod
    def take(cls, folder: Path) -> Self | None:
        """Claim the folder; None when somebody else has it. Raises OutputError when it cannot."""
        there = _claims(folder)
        if any(is_alive(path) for path in there):
            return None
        mine = folder / f"{PREFIX}{_number(there[-1]) + 1 if there else 0}"
        if not _make(mine):
            return None
        if any(is_alive(path) for path in _claims(folder) if path != mine):
            mine.unlink(missing_ok=True)
            return None
        for stale in there:
            with suppress(OSError):
                stale.unlink(missing_ok=True)
        return cls(mine)

    @property
    def held(self) -> bool:
        """False once it was taken for dead (the machine slept, say) and somebody else works here."""
        return self.path.exists()

    def release(self) -> None:
        """Let others have the folder."""
        self._ended.set()
        self._thread.join()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.release()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            with suppress(OSError):
                os.utime(self.path)


def is_claimed(folder: Path) -> bool:
    """Whether somebody works in the folder now."""
    return any(is_alive(path) for path in _claims(folder))


def is_alive(path: Path) -> bool:
    """Whether the holder of a claim may still be at work."""
    try:
        age = time.time() - path.stat().st_mtime
        holder = read_json(path)
        process, host, born = int(holder["process"]), str(holder["host"]), float(holder["born"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error.__cause__ or error, FileNotFoundError | PermissionError):
            return False  # gone, or on its way out (Windows)
        return age < BEING_WRITTEN
    if age > STALE:
        return False
    return host != platform.node() or _runs(process, born)


def _runs(process: int, born: float) -> bool:
    """Whether the very process that made the claim runs, and not another with its number."""
    try:
        found = psutil.Process(process)
        zombie = found.status() == psutil.STATUS_ZOMBIE
        return not zombie and abs(found.create_time() - born) < SAME_BIRTH
    except psutil.AccessDenied:  # it is there, and somebody else's
        return True
    except psutil.Error:
        return False


def _claims(folder: Path) -> list[Path]:
    return sorted(
        (path for path in folder.glob(f"{PREFIX}*") if path.name[len(PREFIX) :].isdigit()), key=_number
    )


def _number(path: Path) -> int:
    return int(path.name[len(PREFIX) :])


def _make(path: Path) -> bool:
    """Make the claim's file; False when another process was faster."""
    holder = {
        "process": os.getpid(),
        "host": platform.node(),
        "born": psutil.Process().create_time(),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    except OSError as error:
        raise write_error(path, error) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(holder, file)
    return True
