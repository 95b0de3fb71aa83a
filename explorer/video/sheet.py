"""Contact sheets: many pictures on one, evenly laid out, each with a small label."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
) -> UInt8[np.ndarray, "height width 3"]:
    """Thumbnails in rows on a dark neutral ground; a label (say "0:07.5") stands under each.

    Pictures of different shapes are fitted into cells of one size, never cropped or enlarged. Raises
    SettingsError without pictures or when the labels do not match them.
    """
    if not images:
        raise SettingsError("a contact sheet needs at least one picture")
    if labels is not None and len(labels) != len(images):
        raise SettingsError(f"got {len(labels)} labels for {len(images)} pictures; give one for each")
    thumbs = [_thumbnail(image) for image in images]
    cell_width = max(thumb.width for thumb in thumbs)
    thumb_height = max(thumb.height for thumb in thumbs)
    cell_height = thumb_height + (LABEL + 12 if labels else 0)
    columns = min(columns or _columns(len(thumbs), cell_width, cell_height), len(thumbs))
    rows = math.ceil(len(thumbs) / columns)
    top = MARGIN + (TITLE + 18 if title else 0)
    width = 2 * MARGIN + columns * (cell_width + GAP) - GAP
    height = top + rows * (cell_height + GAP) - GAP + (MARGIN if not labels else MARGIN - 6)

    sheet = Image.new("RGB", (width, height), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    if title:
        _write(pen, (MARGIN, MARGIN - 4), title, TITLE, TITLE_COLOR, width - 2 * MARGIN)
    for index, thumb in enumerate(thumbs):
        row, column = divmod(index, columns)
        x = MARGIN + column * (cell_width + GAP)
        y = top + row * (cell_height + GAP)
        sheet.paste(thumb, (x + (cell_width - thumb.width) // 2, y + (thumb_height - thumb.height) // 2))
        if labels:
            _write(pen, (x + 1, y + thumb_height + 5), labels[index], LABEL, LABEL_COLOR, cell_width)
    return np.asarray(sheet)


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


def _write(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    color: tuple[int, int, int],
    room: int,
) -> None:
    """Text on one line; what exceeds `room` pixels is cut and ends in three dots."""
    font = ImageFont.load_default(size)
    shown = text
    while shown and pen.textlength(shown, font) > room:
        shown = shown.removesuffix("...")[:-1].rstrip() + "..." if len(shown) > 4 else ""
    pen.text(at, shown, fill=color, font=font)
