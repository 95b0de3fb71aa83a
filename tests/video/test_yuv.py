"""The planes of a frame, against the equations of BT.709 in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.video.yuv import yuv420
from tests.video.material import gray


def planes(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Luma (height, width) and chroma (2, height / 2, width / 2)."""
    height, width, _ = frame.shape
    values = yuv420(frame)
    luma, chroma = values[: height * width], values[height * width :]
    return luma.reshape(height, width), chroma.reshape(2, height // 2, width // 2)


def expected(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same unrounded; chroma on even columns, between rows."""
    colors = frame / 255
    y = colors @ [0.2126, 0.7152, 0.0722]
    full = np.stack([(colors[..., 2] - y) / 1.8556, (colors[..., 0] - y) / 1.5748])
    rows = (full[:, ::2] + full[:, 1::2]) / 2
    rows = np.pad(rows, ((0, 0), (0, 0), (1, 0)), mode="edge")
    chroma = (rows[..., :-2:2] + 2 * rows[..., 1:-1:2] + rows[..., 2::2]) / 4
    return 16 + 219 * y, 128 + 224 * chroma


@pytest.mark.parametrize("size", [(2, 2), (16, 18), (854, 480)])
def test_planes_are_the_equations_rounded(size):
    frame = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    for stored, exact in zip(planes(frame), expected(frame), strict=True):
        assert np.abs(stored - exact).max() < 0.52


def test_extreme_colors_stay_in_range():
    corners = np.array(np.meshgrid([0, 255], [0, 255], [0, 255]), np.uint8).reshape(3, 8).T
    luma, chroma = planes(corners.repeat(2, axis=0)[None].repeat(2, axis=0))
    assert (luma.min(), luma.max()) == (16, 235)
    assert chroma.min() >= 16
    assert chroma.max() <= 240


@pytest.mark.parametrize("level", range(0, 256, 5))
def test_grays_have_no_color(level):
    luma, chroma = planes(gray(level))
    assert (chroma == 128).all()
    assert (luma == round(16 + 219 * level / 255)).all()


def test_frames_that_are_views_are_read_rightly():
    frame = np.random.default_rng(2).integers(0, 256, (8, 32, 3), np.uint8)
    np.testing.assert_array_equal(yuv420(frame[:, ::2]), yuv420(frame[:, ::2].copy()))
