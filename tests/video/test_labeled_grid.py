"""Contact sheets with axes: every picture in its cell, gaps and labels where they belong."""

from itertools import pairwise

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.video import draw_labeled_grid
from explorer.video.labeled_grid import EMPTY

NAMES = {"row_name": "gain", "column_name": "layers"}


def plain(level):
    return np.full((18, 32, 3), level, np.uint8)


def test_every_picture_is_in_its_row_and_column():
    levels = [[50, 100], [150, 200], [220, 250]]
    sheet = draw_labeled_grid(
        [[plain(level) for level in row] for row in levels], rows=["1", "2", "3"], columns=["2", "4"], **NAMES
    )
    places = {}
    for level in (level for row in levels for level in row):
        rows, columns = np.nonzero((sheet == level).all(axis=-1))
        places[level] = (np.median(rows), np.median(columns))
        assert len(rows) >= 18 * 32
    for above, below in pairwise(levels):
        assert places[above[0]][0] < places[below[0]][0]
        assert places[above[0]][1] == places[below[0]][1]
    for left, right in levels:
        assert places[left][1] < places[right][1]
        assert places[left][0] == places[right][0]


def test_labels_stand_above_the_columns_and_before_the_rows():
    bare = draw_labeled_grid([[plain(9)]], rows=[" "], columns=[" "], row_name=" ", column_name=" ")
    assert len(np.unique(bare.reshape(-1, 3), axis=0)) == 2  # the ground and the picture
    labeled = draw_labeled_grid([[plain(9)]], rows=["1"], columns=["2"], **NAMES)
    rows, columns = np.nonzero((labeled == 9).all(axis=-1))
    bright = labeled.max(axis=-1) > 100
    assert bright[: rows.min()].any()
    assert bright[rows.min() : rows.max(), : columns.min()].any()


def test_a_cell_without_a_picture_is_empty_and_says_why():
    sheet = draw_labeled_grid(
        [[plain(9), None]], rows=["1"], columns=["2", "3"], notes=[["", "failed"]], **NAMES
    )
    assert (sheet == EMPTY).all(axis=-1).sum() > 100
    assert draw_labeled_grid([[None]], rows=["1"], columns=["2"], **NAMES).size


def test_labels_that_do_not_match_are_refused():
    for images, rows, columns in (([], [], []), ([[plain(1)]], ["1"], []), ([[plain(1)]], [], ["1"])):
        with pytest.raises(SettingsError, match="as many pictures"):
            draw_labeled_grid(images, rows=rows, columns=columns, **NAMES)
