"""Terminal output: ASCII only (Windows consoles print cp1252), progress on stderr."""

from __future__ import annotations

import sys
from typing import Any

from explorer.errors import ExplorerWarning


def print_line(text: object = "") -> None:
    """Print a line; whatever is not ASCII is escaped."""
    print(to_ascii(text), flush=True)


def print_error(text: str) -> None:
    """Print one line on stderr."""
    print("explorer: " + to_ascii(text).replace("\n", " "), file=sys.stderr, flush=True)


def show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Print each warning of explorer once, as one line; warnings of libraries are not for users."""
    if issubclass(category, ExplorerWarning) and str(message) not in _printed_warnings:
        _printed_warnings.add(str(message))  # analyzing and encoding both read the sound
        print_error(f"warning: {message}")


def to_ascii(text: object) -> str:
    """The text in ASCII, everything else escaped."""
    return str(text).encode("ascii", "backslashreplace").decode("ascii")


_printed_warnings: set[str] = set()
