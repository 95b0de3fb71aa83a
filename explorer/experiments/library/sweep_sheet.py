"""The contact sheet of a sweep: rows and columns with labeled axes, or thumbnails with captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.experiments.runs.run_folder import THUMBNAIL, point_folder
from explorer.experiments.sweeps.parameter_paths import caption, value_text
from explorer.experiments.sweeps.specification import Specification
from explorer.files import file_within
from explorer.video import contact_sheet, draw_labeled_grid

MAX_CELLS_PER_POINT = 4  # of a table: beyond it is mostly gaps, and captions read better
EMPTY_COLOR = (38, 40, 45)  # where there is no picture


def sweep_sheet(folder: Path, spec: Specification, statuses: Mapping[str, str]) -> np.ndarray:
    """All points on one picture: the first of two varied settings downwards, the second across.

    With one setting, or more than two, or scattered values, thumbnails follow one another with captions.
    Points without a picture say why.
    """
    title = " x ".join(spec.vary)
    if len(spec.vary) == 2 and _fills_a_table(spec):
        return _table(folder, spec, statuses, title)
    keys = list(spec.keys)
    labels = [_label(spec.by_key[key], statuses[key]) for key in keys]
    return contact_sheet(_pictures(folder, keys), labels=labels, title=title)


def points_sheet(folder: Path, keys: Sequence[str], labels: Sequence[str], title: str) -> np.ndarray:
    """Some points on one picture, with captions."""
    return contact_sheet(_pictures(folder, keys), labels=labels, title=title)


def _table(folder: Path, spec: Specification, statuses: Mapping[str, str], title: str) -> np.ndarray:
    (down, rows), (across, columns) = spec.vary.items()
    by_values = {(repr(params[down]), repr(params[across])): key for key, params in spec.points}
    keys = [[by_values.get((repr(row), repr(column))) for column in columns] for row in rows]
    pictures = {key: _picture(folder, key) for key in spec.keys}
    return draw_labeled_grid(
        [[pictures[key] if key else None for key in row] for row in keys],
        rows=[value_text(value) for value in rows],
        columns=[value_text(value) for value in columns],
        row_name=down,
        column_name=across,
        notes=[
            ["" if key is None or statuses[key] == "done" else statuses[key] for key in row] for row in keys
        ],
        title=title,
    )


def _fills_a_table(spec: Specification) -> bool:
    rows, columns = (len(values) for values in spec.vary.values())
    return rows * columns <= MAX_CELLS_PER_POINT * len(spec.points)


def _label(params: Mapping[str, Any], status: str) -> str:
    text = caption(params)
    return text if status == "done" else f"{status}: {text}"


def _pictures(folder: Path, keys: Sequence[str]) -> list[np.ndarray]:
    """The thumbnails, plain ones of the same shape where there is none."""
    pictures = [_picture(folder, key) for key in keys]
    shape = next((picture.shape for picture in pictures if picture is not None), (90, 160, 3))
    return [np.full(shape, EMPTY_COLOR, np.uint8) if picture is None else picture for picture in pictures]


def _picture(folder: Path, key: str) -> np.ndarray | None:
    try:
        path = file_within(point_folder(folder, key), THUMBNAIL)
        if path is None:
            return None
        with Image.open(path) as picture:
            return np.array(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
