"""Sketches that ship, by name: texts in the folder `shipped`, compiled when they are first drawn."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from explorer.fields.sketch.field import Sketch, sketch_of

FOLDER = Path(__file__).parent / "shipped"


@cache
def sketch_names() -> tuple[str, ...]:
    """Their names."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))


@lru_cache
def shipped_sketch(name: str) -> Sketch:
    """The sketch of a name."""
    return sketch_of((FOLDER / f"{name}.txt").read_text(encoding="utf-8"), name, f"{name}.txt")
