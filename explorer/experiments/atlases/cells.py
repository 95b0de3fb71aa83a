"""The cells of an atlas: which look is the best of each, and all of them as one picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps

EMPTY_COLOR = (38, 40, 45)  # of a cell without a look
MAX_SIDE = 1600  # pixels of the longer side of the picture
MAX_TILE, GAP = 96, 1  # pixels: the longer side of a look, and between two of them

Cell = tuple[int, int]  # column and row, from the lowest values


def cell_of(measures: tuple[float, float], cells: int) -> Cell:
    """The cell that two measures in [0, 1] fall into."""
    column, row = (min(cells - 1, max(0, int(value * cells))) for value in measures)
    return column, row


def elite_keys(looks: Iterable[tuple[str, float, tuple[float, float]]], cells: int) -> dict[Cell, str]:
    """The best look of each cell by its key, the earlier of equal ones: of (key, quality, measures).

    Looks of quality 0, which are static or noise, have no cell.
    """
    best: dict[Cell, tuple[float, str]] = {}
    for key, quality, measures in looks:
        cell = cell_of(measures, cells)
        if quality > 0 and (cell not in best or quality > best[cell][0]):
            best[cell] = quality, key
    return {cell: key for cell, (_, key) in best.items()}


def map_tile(cells: int, shape: tuple[int, int]) -> tuple[int, int]:
    """The size of a look on the map, in the shape of a picture, so that the whole is not too large."""
    side = max(2, min(MAX_TILE, MAX_SIDE // cells - GAP))
    scale = side / max(shape)
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))


def map_picture(
    pictures: Mapping[Cell, Path], cells: int, shape: tuple[int, int]
) -> UInt8[np.ndarray, "height width 3"]:
    """The looks in their cells, the first axis to the right, the second upwards."""
    width, height = map_tile(cells, shape)
    whole = Image.new("RGB", (cells * (width + GAP) - GAP, cells * (height + GAP) - GAP), EMPTY_COLOR)
    for (column, row), path in pictures.items():
        if tile := load_tile(path, (width, height)):
            whole.paste(tile, (column * (width + GAP), (cells - 1 - row) * (height + GAP)))
    return np.asarray(whole)


def load_tile(path: Path, size: tuple[int, int]) -> Image.Image | None:
    """A picture in a size; None where it cannot be decoded."""
    try:
        with Image.open(path) as picture:
            return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
