"""Contact sheets with labeled axes: pictures in a table of two settings' values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from explorer.errors import SettingsError
from explorer.video.sheet import (
    BACKGROUND,
    GAP,
    LABEL,
    LABEL_COLOR,
    MARGIN,
    TITLE,
    TITLE_COLOR,
    fit_text,
    font,
    text_width,
    thumbnail,
)

EMPTY = (38, 40, 45)  # a cell without a picture
MAX_LABEL_WIDTH = 160  # pixels beside the rows
LINE = LABEL + 10  # pixels, height of a line of labels

Picture = UInt8[np.ndarray, "_ _ 3"]


def draw_labeled_grid(
    images: Sequence[Sequence[Picture | None]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    row_name: str,
    column_name: str,
    notes: Sequence[Sequence[str]] | None = None,
    title: str | None = None,
) -> UInt8[np.ndarray, "height width 3"]:
    """Thumbnails in a table: values of `column_name` above the columns, of `row_name` before the rows.

    A cell without a picture stays empty; `notes` (say "failed") are written into their cells. Raises
    SettingsError when the labels do not match the pictures.
    """
    if not images or len(images) != len(rows) or any(len(row) != len(columns) for row in images):
        raise SettingsError(f"a table of {len(rows)} x {len(columns)} labels needs as many pictures")
    thumbs = [[None if image is None else thumbnail(image) for image in row] for row in images]
    present = [thumb for row in thumbs for thumb in row if thumb]
    cell = (
        max((thumb.width for thumb in present), default=160),
        max((thumb.height for thumb in present), default=90),
    )
    label_width = min(MAX_LABEL_WIDTH, max(text_width(text, LABEL) for text in (row_name, *rows)))
    left, top = MARGIN + label_width + GAP, MARGIN + (TITLE + 18 if title else 0) + 2 * LINE
    size = (
        left + len(columns) * (cell[0] + GAP) - GAP + MARGIN,
        top + len(rows) * (cell[1] + GAP) - GAP + MARGIN,
    )
    sheet = Image.new("RGB", size, BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    if title:
        pen.text((MARGIN, MARGIN - 4), fit_text(title, TITLE, size[0] - 2 * MARGIN), TITLE_COLOR, font(TITLE))
    pen.text((left, top - 2 * LINE), fit_text(column_name, LABEL, size[0] - left), TITLE_COLOR, font(LABEL))
    pen.text((MARGIN, top - LINE), fit_text(row_name, LABEL, label_width), TITLE_COLOR, font(LABEL))
    for column, text in enumerate(columns):
        x = left + column * (cell[0] + GAP)
        pen.text((x, top - LINE), fit_text(text, LABEL, cell[0]), LABEL_COLOR, font(LABEL))
    for row, text in enumerate(rows):
        y = top + row * (cell[1] + GAP)
        middle = y + (cell[1] - LABEL) // 2
        pen.text((MARGIN, middle), fit_text(text, LABEL, label_width), LABEL_COLOR, font(LABEL))
        for column, thumb in enumerate(thumbs[row]):
            x = left + column * (cell[0] + GAP)
            note = notes[row][column] if notes else ""
            _cell(sheet, pen, (x, y), cell, thumb, note)
    return np.array(sheet)


def _cell(
    sheet: Image.Image,
    pen: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    cell: tuple[int, int],
    thumb: Image.Image | None,
    note: str,
) -> None:
    """One picture in the middle of its cell, or an empty cell; its note in the corner."""
    x, y = corner
    if thumb is None:
        pen.rectangle((x, y, x + cell[0] - 1, y + cell[1] - 1), fill=EMPTY)
    else:
        sheet.paste(thumb, (x + (cell[0] - thumb.width) // 2, y + (cell[1] - thumb.height) // 2))
    if note:
        pen.text((x + 6, y + 4), fit_text(note, LABEL, cell[0] - 12), TITLE_COLOR, font(LABEL))
