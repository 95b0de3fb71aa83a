"""Leases: of all processes and machines that work on a folder, one at a time has it.

A lease is a file `.claim.<n>` made with O_EXCL that names its holder and is written to every few seconds.
One whose process is gone, or that was not written to for a minute, is stale: whoever makes the next number,
again with O_EXCL, has the folder. Nobody removes a lease that may be alive, so two can never both hold it:
each makes its file first and looks for others afterwards. Its age is by the clock of the file server, which
gives the time to whatever is written there: clocks of machines differ.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from explorer.experiments.runs.run_folder import LEASE_PREFIX
from explorer.files import create_file, read_json
from explorer.processes import identity, is_running

TOUCH_SECONDS = 5.0  # between two writes
STALE_SECONDS = 60.0  # without a write, after which the holder is considered dead
WRITING_SECONDS = 5.0  # for which a lease that does not name its holder yet is considered alive


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
            with suppress(OSError), self.path.open("r+b") as file:
                file.write(b"{")  # the byte that is there: a write, unlike a touch, has the server's time


def is_leased(folder: Path) -> bool:
    """Whether somebody works in the folder now."""
    return any(is_alive(path) for path in _leases(folder))


def is_alive(path: Path) -> bool:
    """Whether the holder of a lease may still be at work.

    One from the future (a clock was put back, or the file copied) is as stale as one from the past.
    """
    try:
        age = abs(_server_time(path.parent) - path.stat().st_mtime)
        holder = read_json(path)
        process, host, born = int(holder["process"]), str(holder["host"]), float(holder["born"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error.__cause__ or error, FileNotFoundError | PermissionError):
            return False  # gone, or on its way out (Windows)
        return age < WRITING_SECONDS
    if age > STALE_SECONDS:
        return False
    return host != platform.node() or is_running(process, born)


def _server_time(folder: Path) -> float:
    """The time by which a file server dates what is written into a folder, in seconds since 1970.

    Own time where nothing can be written: then nobody can work there either.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"{")
            file.flush()
            return os.fstat(file.fileno()).st_mtime
    except OSError:
        return time.time()


def _leases(folder: Path) -> list[Path]:
    return sorted(
        (path for path in folder.glob(f"{LEASE_PREFIX}*") if path.name[len(LEASE_PREFIX) :].isdigit()),
        key=_number,
    )


def _number(path: Path) -> int:
    return int(path.name[len(LEASE_PREFIX) :])


def _make(path: Path) -> bool:
    """Make the file of a lease; False when another process was faster."""
    return create_file(path, json.dumps(identity()).encode("utf-8"))
