"""Processes: how to start children that Ctrl-C does not reach, and whether the one that wrote a file runs."""

from __future__ import annotations

import os
import platform
import subprocess
from typing import Any

import psutil

CREATION_TOLERANCE = 2.0  # seconds; a process created at another time has only the same number

NEW_PROCESS_GROUP: dict[str, Any] = {
    "start_new_session": True,  # ignored on Windows, where the flags do the same
    "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    | getattr(subprocess, "CREATE_NO_WINDOW", 0),
}
"""For `subprocess.Popen`: Ctrl-C and a kernel's interrupt reach only the parent, which stops the child."""


def identity() -> dict[str, Any]:
    """This process for a file that others read: `process`, its number; `host`; `born`, seconds since 1970."""
    return {"process": os.getpid(), "host": platform.node(), "born": psutil.Process().create_time()}


def is_running(process: int, born: float) -> bool:
    """Whether the very process that was created at `born` runs here, and not another with its number."""
    try:
        candidate = psutil.Process(process)
        zombie = candidate.status() == psutil.STATUS_ZOMBIE
        return not zombie and abs(candidate.create_time() - born) < CREATION_TOLERANCE
    except psutil.AccessDenied:  # it runs, and is somebody else's
        return True
    except (psutil.Error, ValueError, OverflowError):  # gone, or no number of a process
        return False


def may_be_running(process: int, started: float) -> bool:
    """The same for files of version 0.1, without `born`: a Python process created before `started`."""
    try:
        candidate = psutil.Process(process)
        is_python = "python" in candidate.exe().lower()
        return is_python and candidate.create_time() < started + CREATION_TOLERANCE
    except (psutil.Error, ValueError, OverflowError):
        return False
