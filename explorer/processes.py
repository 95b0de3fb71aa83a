"""Child processes that Ctrl-C in the terminal does not reach: how to start them."""

from __future__ import annotations

import subprocess
from typing import Any

NEW_PROCESS_GROUP: dict[str, Any] = {
    "start_new_session": True,  # ignored on Windows, where the flags do the same
    "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    | getattr(subprocess, "CREATE_NO_WINDOW", 0),
}
"""For `subprocess.Popen`: Ctrl-C and a kernel's interrupt reach only the parent, which stops the child."""
