"""Stars: a mark on a run or point, kept as an empty file in its folder."""

from __future__ import annotations

from pathlib import Path

from explorer import files

STAR = ".star"


def is_starred(folder: Path) -> bool:
    """Whether a run or point has a star."""
    return (folder / STAR).exists()


def set_star(folder: Path, starred: bool = True) -> None:
    """Give a run or point a star, or take it away."""
    if starred:
        files.write_bytes(folder / STAR, b"")
    else:
        (folder / STAR).unlink(missing_ok=True)
