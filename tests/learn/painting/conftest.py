"""One small painting for all tests: 24x16 pixels, a few steps."""

import numpy as np
import pytest

from explorer.learn.painting.paint import paint

STEPS = 80


def picture(width=24, height=16):
    """A disc on a ramp of colors, uint8."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    disc = np.hypot(x, y) < 0.6
    colors = np.stack(((x + 1) / 2, (y + 1) / 2, np.where(disc, 0.9, 0.2)), -1)
    return np.uint8(255 * colors)


@pytest.fixture(scope="session")
def painting(tmp_path_factory):
    """A finished painting of `picture`, 8 neurons wide."""
    root = tmp_path_factory.mktemp("explorations")
    return paint(picture(), explorations=root, hidden=8, layers=3, steps=STEPS, seconds=600)
