"""Child processes that are not the terminal's: how to start them."""

from __future__ import annotations

import subprocess
from typing import Any

NEW_PROCESS_GROUP: dict[str, Any] = {
    "start_new_session": True,  # means nothing on Windows, where the next line does the same
    "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    | getattr(subprocess, "CREATE_NO_WINDOW", 0),
}
"""For `subprocess.Popen`: Ctrl-C, and a kernel's interrupt, are for us alone, who ask the child to stop."""
