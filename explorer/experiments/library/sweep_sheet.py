"""The contact sheet of a sweep: rows and columns with labelled axes, or thumbnails with captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.experiments.sweeps.parameter_paths import caption, said
from explorer.experiments.sweeps.point_folder import folder_of
from explorer.experiments.sweeps.specification import Specification
from explorer.video import contact_sheet, draw_labeled_grid

MOST_CELLS = 4  # cells of a table for every point: beyond it is mostly gaps, and captions read better
EMPTY = (38, 40, 45)  # where there is no picture


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


def chosen_sheet(folder: Path, keys: Sequence[str], labels: Sequence[str], title: str) -> np.ndarray:
    """Some points on one picture, with captions."""
    return contact_sheet(_pictures(folder, keys), labels=labels, title=title)


def _table(folder: Path, spec: Specification, statuses: Mapping[str, str], title: str) -> np.ndarray:
    (down, rows), (across, columns) = spec.vary.items()
    places = {(repr(params[down]), repr(params[across])): key for key, params in spec.points}
    keys = [[places.get((repr(row), repr(column))) for column in columns] for row in rows]
    pictures = {key: _picture(folder, key) for key in spec.keys}
    return draw_labeled_grid(
        [[pictures[key] if key else None for key in row] for row in keys],
        rows=[said(value) for value in rows],
        columns=[said(value) for value in columns],
        row_name=down,
        column_name=across,
        notes=[
            ["" if key is None or statuses[key] == "done" else statuses[key] for key in row] for row in keys
        ],
        title=title,
    )


def _fills_a_table(spec: Specification) -> bool:
    rows, columns = (len(values) for values in spec.vary.values())
    return rows * columns <= MOST_CELLS * len(spec.points)


def _label(params: Mapping[str, Any], status: str) -> str:
    words = caption(params)
    return words if status == "done" else f"{status}: {words}"


def _pictures(folder: Path, keys: Sequence[str]) -> list[np.ndarray]:
    """The thumbnails, plain ones of the same shape where there is none."""
    found = [_picture(folder, key) for key in keys]
    shape = next((picture.shape for picture in found if picture is not None), (90, 160, 3))
    return [np.full(shape, EMPTY, np.uint8) if picture is None else picture for picture in found]


def _picture(folder: Path, key: str) -> np.ndarray | None:
    try:
        with Image.open(folder_of(folder, key) / "thumb.jpg") as picture:
            return np.array(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None
