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
ASPECT_RATIO = 16 / 10  # of the whole sheet, aimed at when the columns are free

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
    """Thumbnails in rows on a dark neutral background; a label (say "0:07.5") is under each, `letters` high.

    Pictures of different shapes are fitted into cells of one size, never cropped or enlarged. Raises
    SettingsError without pictures or when the labels do not match them.
    """
    if not images:
        raise SettingsError("a contact sheet needs at least one picture")
    if labels is not None and len(labels) != len(images):
        raise SettingsError(f"got {len(labels)} labels for {len(images)} pictures; give one for each")
    if columns is not None and columns < 1:
        raise SettingsError(f"columns: got {columns}; allowed: 1 or more")
    thumbs = [thumbnail(image) for image in images]
    layout = _arrange(thumbs, columns, labels, title, letters)
    sheet = Image.new("RGB", (layout.width, layout.height), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    if title:
        line = fit_text(title, layout.title, layout.width - 2 * MARGIN)
        pen.text((MARGIN, MARGIN - 4), line, fill=TITLE_COLOR, font=font(layout.title))
    for index, thumb in enumerate(thumbs):
        x, y = layout.corner(index)
        left, above = (layout.cell - thumb.width) // 2, layout.picture - thumb.height  # its label is near
        sheet.paste(thumb, (x + left, y + above))
        if labels:
            line = fit_text(labels[index], letters, layout.cell)
            pen.text((x + 1, y + layout.picture + 5), line, fill=LABEL_COLOR, font=font(letters))
    return np.array(sheet)


@dataclass(frozen=True)
class _Layout:
    """Where the parts of a sheet are, in pixels."""

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

    def corner(self, index: int) -> tuple[int, int]:
        """The upper left corner of a cell."""
        row, column = divmod(index, self.columns)
        return MARGIN + column * (self.cell + GAP), self.top + row * (self.picture + self.label + GAP)


def _arrange(
    thumbs: list[Image.Image],
    columns: int | None,
    labels: Sequence[str] | None,
    title: str | None,
    letters: int,
) -> _Layout:
    """A layout that holds the thumbnails and their labels."""
    widths = [thumb.width for thumb in thumbs] + [
        min(text_width(label, letters), THUMB) for label in labels or ()
    ]
    picture = max(thumb.height for thumb in thumbs)
    label = letters + 12 if labels else 0
    columns = min(columns or _columns(len(thumbs), max(widths), picture + label), len(thumbs))
    size = max(TITLE, letters)
    top = MARGIN + (size + 18 if title else 0)
    return _Layout(columns, math.ceil(len(thumbs) / columns), top, max(widths), picture, label, size)


def thumbnail(image: np.ndarray) -> Image.Image:
    """The picture fitted into a square of THUMB pixels, never enlarged."""
    thumb = Image.fromarray(image)
    thumb.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    return thumb


def _columns(count: int, width: int, height: int) -> int:
    """The number of columns that brings the sheet closest to ASPECT_RATIO with the fewest empty cells."""

    def cost(columns: int) -> float:
        rows = math.ceil(count / columns)
        off = abs(math.log(columns * (width + GAP) / (rows * (height + GAP)) / ASPECT_RATIO))
        return off + (rows * columns - count) / count

    return min(range(1, count + 1), key=cost)


@functools.cache
def font(size: int) -> Any:
    """The font that comes with Pillow: the same on every machine."""
    return ImageFont.load_default(size)


def text_width(text: str, size: int) -> int:
    """Pixels that the text takes."""
    return math.ceil(float(font(size).getlength(text)))


def fit_text(text: str, size: int, room: int) -> str:
    """The text, or as much of it as fits into `room` pixels with three dots behind."""
    if text_width(text, size) <= room:
        return text
    cuts = (text[:n].rstrip() + "..." for n in range(len(text), 0, -1))
    return next((cut for cut in cuts if text_width(cut, size) <= room), "")
