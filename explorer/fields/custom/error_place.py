"""Where in the user's code an error arose, in words."""

from __future__ import annotations

import linecache
import traceback

CELL_MARKS = ("ipykernel_", "<ipython-input", "<string>", "<stdin>")  # in the names of what is no file


def place_of(error: Exception, module: str) -> str:
    """`, line 7 of ripples.py (x = 1 / z)`: the innermost line of the user's module."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == module:
            name = frame.f_code.co_filename
            file = (
                "its cell"
                if any(mark in name for mark in CELL_MARKS)
                else name.replace("\\", "/").rpartition("/")[2]
            )
            text = linecache.getline(name, line, frame.f_globals).strip()
            place = f", line {line} of {file}" + (f" ({text:.100})" if text else "")
    return place
