"""Sketches in files, which are read as text and never executed."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import ReadError, SettingsError
from explorer.fields import registry
from explorer.fields.sketch.field import Sketch, sketch_class
from explorer.fields.sketch.language import SketchText
from explorer.files import read_text


def load_sketch(name: str) -> Sketch:
    """The sketch of `FILE.py` or `FILE.py:NAME`; lists offer it from then on. Raises SettingsError."""
    file, mark, function = name.rpartition(":")
    if not mark or not file.endswith(".py"):  # the colon of a drive
        file, function = name, ""
    path = Path(file).expanduser()
    try:
        text = read_text(path)
    except ReadError as error:
        raise SettingsError(f"--sketch {name}: {error.reason}; give a file with @ex.sketch in it") from None
    cls = sketch_class(SketchText(text, path.name), function or None)
    sketch = cls()
    registry.register(sketch.kind, cls)
    return sketch
