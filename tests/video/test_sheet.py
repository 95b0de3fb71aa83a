"""The layout of contact sheets, found again in their pixels."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.video import contact_sheet


def pictures(count: int, width: int = 320, height: int = 180) -> list[np.ndarray]:
    """Even pictures; number n has the blue value 100 + n, which nothing else on a sheet has with red 255."""
    return [np.full((height, width, 3), (255, 0, 100 + n), np.uint8) for n in range(count)]


def corners(sheet: np.ndarray, count: int) -> list[tuple[int, int]]:
    """Row and column of each picture's first pixel, checking that none is cut or covered."""
    found = []
    for n in range(count):
        rows, columns = np.nonzero((sheet[:, :, 0] == 255) & (sheet[:, :, 2] == 100 + n))
        assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        found.append((int(rows.min()), int(columns.min())))
    return found


def test_pictures_stand_in_even_rows():
    sheet = contact_sheet(pictures(7), columns=3, labels=[f"0:0{n}.5" for n in range(7)], title="song.ogg")
    at = corners(sheet, 7)
    assert at == sorted(at)
    rows, columns = (sorted({place[axis] for place in at}) for axis in (0, 1))
    assert (len(rows), len(columns)) == (3, 3)
    assert len(set(np.diff(rows))) == len(set(np.diff(columns))) == 1


def test_labels_and_title_are_written():
    plain = contact_sheet(pictures(2), columns=2)
    labeled = contact_sheet(pictures(2), columns=2, labels=["0:01", "0:02"], title="song")
    bright = [((sheet.min(axis=2) > 90).sum()) for sheet in (plain, labeled)]
    assert bright[0] == 0
    assert bright[1] > 50
    assert labeled.shape[0] > plain.shape[0]
    assert labeled.shape[1] == plain.shape[1]


def test_large_letters_have_their_room():
    sheets = [contact_sheet(pictures(4), 2, ["a song"] * 4, "song", **size) for size in ({}, {"letters": 40})]
    assert all(len(corners(sheet, 4)) == 4 for sheet in sheets)  # no picture is covered
    small, large = (np.count_nonzero(sheet[:, :, 1] > 100) for sheet in sheets)
    assert large > 2 * small


@pytest.mark.parametrize("count", [1, 2, 12, 16, 64])
def test_free_columns_make_a_wide_sheet_without_gaps(count):
    sheet = contact_sheet(pictures(count, 64, 36))
    assert len(corners(sheet, count)) == count
    if count > 2:
        assert 1.0 < sheet.shape[1] / sheet.shape[0] < 2.5


def test_large_pictures_shrink_and_small_ones_do_not_grow():
    assert contact_sheet(pictures(1, 1920, 1080)).shape[1] < 400
    (row, column), *_ = corners(sheet := contact_sheet(pictures(1, 10, 8)), 1)
    assert (sheet[row : row + 8, column : column + 10, 0] == 255).all()


def test_shapes_may_differ():
    mixed = [np.full((180, 320, 3), (255, 0, 100), np.uint8), np.full((320, 180, 3), (255, 0, 101), np.uint8)]
    assert len(corners(contact_sheet(mixed), 2)) == 2


def test_long_title_does_not_leave_the_sheet():
    sheet = contact_sheet(pictures(1), title="a very long name " * 9)
    assert sheet.shape[1] < 400
    assert (sheet[:, -20:].min(axis=2) < 90).all()


def test_wrong_labels_are_refused():
    with pytest.raises(SettingsError, match="2 labels for 3"):
        contact_sheet(pictures(3), labels=["a", "b"])


def test_no_pictures():
    with pytest.raises(SettingsError, match="at least one"):
        contact_sheet([])
