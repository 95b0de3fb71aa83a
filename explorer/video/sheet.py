"""Contact sheets: many pictures on one, evenly laid out, each with a small label."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from explorer.errors import SettingsError

THUMB = 320  # pixels, the longer side of a thumbnail
GAP = 10  # pixels between thumbnails
MARGIN = 24  # pixels around everything
LABEL, TITLE = 15, 22  # pixels, sizes of the letters
PROPORTION = 16 / 10  # of the whole sheet, aimed at when the columns are free

BACKGROUND = (22, 23, 26)
LABEL_COLOR = (172, 175, 182)
TITLE_COLOR = (232, 233, 236)


def contact_sheet(
    images: Sequence[UInt8[np.ndarray, "_ _ 3"]],
    columns: int | None = None,
    labels: Sequence[str] | None = None,
    title: str | None = None,
    letters: int = LABEL,
) -> UInt8[np.ndarray, "height width 3"]:
    """Thumbnails in rows on a dark neutral ground; a label (say "0:07.5") stands under each, `letters` high.

    Pictures of different shapes are fitted into cells of one size, never cropped or enlarged. Raises
    SettingsError without pictures or when the labels do not match them.
    """
    if not images:
        raise SettingsError("a contact sheet needs at least one picture")
    if labels is not None and len(labels) != len(images):
        raise SettingsError(f"got {len(labels)} labels for {len(images)} pictures; give one for each")
    if columns is not None and columns < 1:
        raise SettingsError(f"columns: got {columns}; allowed: 1 or more")
    thumbs = [_thumbnail(image) for image in images]
    grid = _grid(thumbs, columns, labels, title, letters)
    sheet = Image.new("RGB", (grid.width, grid.height), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    if title:
        line = _fit(title, grid.title, grid.width - 2 * MARGIN)
        pen.text((MARGIN, MARGIN - 4), line, fill=TITLE_COLOR, font=_font(grid.title))
    for index, thumb in enumerate(thumbs):
        x, y = grid.place(index)
        left, above = (grid.cell - thumb.width) // 2, (grid.picture - thumb.height) // 2
        sheet.paste(thumb, (x + left, y + above))
        if labels:
            line = _fit(labels[index], letters, grid.cell)
            pen.text((x + 1, y + grid.picture + 5), line, fill=LABEL_COLOR, font=_font(letters))
    return np.array(sheet)


@dataclass(frozen=True)
class _Grid:
    """Where things stand on a sheet, in pixels."""

    columns: int
    rows: int
    top: int  # above the first row
    cell: int  # width of a cell
    picture: int  # height of the tallest thumbnail
    label: int  # height of the line under it
    title: int  # size of its letters

    @property
    def width(self) -> int:
        return 2 * MARGIN + self.columns * (self.cell + GAP) - GAP

    @property
    def height(self) -> int:
        return self.top + self.rows * (self.picture + self.label + GAP) - GAP + MARGIN - self.label // 4

    def place(self, index: int) -> tuple[int, int]:
        """The upper left corner of a cell."""
        row, column = divmod(index, self.columns)
        return MARGIN + column * (self.cell + GAP), self.top + row * (self.picture + self.label + GAP)


def _grid(
    thumbs: list[Image.Image],
    columns: int | None,
    labels: Sequence[str] | None,
    title: str | None,
    letters: int,
) -> _Grid:
    """A grid that holds the thumbnails and their labels."""
    widths = [thumb.width for thumb in thumbs] + [
        min(_width(label, letters), THUMB) for label in labels or ()
    ]
    picture = max(thumb.height for thumb in thumbs)
    label = letters + 12 if labels else 0
    columns = min(columns or _columns(len(thumbs), max(widths), picture + label), len(thumbs))
    size = max(TITLE, letters)
    top = MARGIN + (size + 18 if title else 0)
    return _Grid(columns, math.ceil(len(thumbs) / columns), top, max(widths), picture, label, size)


def _thumbnail(image: np.ndarray) -> Image.Image:
    thumb = Image.fromarray(image)
    thumb.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    return thumb


def _columns(count: int, width: int, height: int) -> int:
    """The number of columns that brings the sheet closest to PROPORTION with the fewest empty cells."""

    def cost(columns: int) -> float:
        rows = math.ceil(count / columns)
        off = abs(math.log(columns * (width + GAP) / (rows * (height + GAP)) / PROPORTION))
        return off + (rows * columns - count) / count

    return min(range(1, count + 1), key=cost)


@functools.cache
def _font(size: int) -> Any:
    """The font that comes with Pillow: the same on every machine."""
    return ImageFont.load_default(size)


def _width(text: str, size: int) -> int:
    return math.ceil(float(_font(size).getlength(text)))


def _fit(text: str, size: int, room: int) -> str:
    """The text, or as much of it as fits into `room` pixels with three dots behind."""
    if _width(text, size) <= room:
        return text
    fits = (kept for n in range(len(text), 0, -1) if _width(kept := text[:n].rstrip() + "...", size) <= room)
    return next(fits, "")
