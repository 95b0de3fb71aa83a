"""The text of a function that was just defined, with the functions and constants of its own that it uses."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import FunctionType
from typing import Any

from explorer.fields.custom.error_place import CELL_MARKS
from explorer.fields.sketch.language import SketchError, SketchText

MAX_FUNCTIONS = 64
PACKAGE = __name__.partition(".")[0]  # whose functions are no one's own


def text_of(function: Any) -> SketchText:
    """The text of a sketch. Raises SketchError where there is none, or for what it cannot use."""
    if not isinstance(function, FunctionType):
        raise SketchError(f"sketch: got {function!r:.60}; write @ex.sketch above a function")
    parts: dict[str, tuple[str, int]] = {}
    constants: dict[str, float] = {}
    waiting = [function]
    while waiting and len(parts) < MAX_FUNCTIONS:
        current = waiting.pop()
        text, line = _text_and_line(current)
        parts[current.__name__] = text, line
        for name in _names(text):
            value = _value_of(current, name)
            if isinstance(value, FunctionType) and value.__module__.partition(".")[0] != PACKAGE:
                waiting += [value] if value.__name__ not in parts and value is not function else []
            elif isinstance(value, int | float) and not isinstance(value, bool):
                constants[name] = float(value)
    own = parts.pop(function.__name__)
    lines = [f"{name} = {value!r}" for name, value in sorted(constants.items())]
    origins: list[tuple[int, int]] = [(1, own[1])]
    for text, line in [*parts.values(), own]:
        lines += [""] if lines else []
        origins.append((len(lines) + 1, line))
        lines += text.splitlines()
    file = function.__code__.co_filename
    is_cell = any(mark in file for mark in CELL_MARKS)
    place = "its cell" if is_cell else file.replace("\\", "/").rpartition("/")[2]
    return SketchText("\n".join(lines) + "\n", place, tuple(origins))


def _text_and_line(function: FunctionType) -> tuple[str, int]:
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        raise SketchError(
            f"{function.__name__}: the text of a sketch is read from its cell or file; define it there"
        ) from None
    return textwrap.dedent("".join(lines)), max(first, 1)


def _names(text: str) -> list[str]:
    """The names that a text reads, in order."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return list(dict.fromkeys(names))


def _value_of(function: FunctionType, name: str) -> Any:
    """What a name stands for where a function was defined."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    enclosed = {each: cell for each, cell in cells if each == name}
    try:
        return enclosed[name].cell_contents if name in enclosed else function.__globals__.get(name)
    except ValueError:  # not assigned yet
        return None
