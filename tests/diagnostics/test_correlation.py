"""Correlations of neighbors have known values for straight slopes, noise and flat pictures."""

import numpy as np
import pytest

from explorer.diagnostics import correlation, diagnose
from explorer.fields import CPPN
from explorer.rendering import FrameSettings
from tests.diagnostics.linear import POWER, Linear, T, X, half_and_half
from tests.tracks import made_up_track

WIDE = FrameSettings(width=64, height=36)


def means(colors):
    return correlation.pair_moments(np.asarray(colors, np.float64))


def test_a_slope_has_its_exact_correlation_of_neighbors():
    found = diagnose(Linear(t=0.0, a=0.0), half_and_half(), frames=WIDE)
    variance = (63**2 - 1) / 12  # of columns that have a right neighbor
    expected = 1 - 0.5 / (2 * variance)  # right neighbors differ by a pixel, lower ones not at all
    assert float(found.neighbour_correlation) == pytest.approx(expected, abs=2e-5)


def test_a_change_over_time_has_its_exact_frame_variance_and_correlation():
    found = diagnose(Linear(a=0.0), half_and_half())
    step = T * 2 / 300  # 10 s at 30 frames a second
    assert float(found.frame_variance) == pytest.approx(POWER * (255 * step) ** 2, rel=1e-3)
    assert found.speed == pytest.approx(30 * 255 * step * POWER**0.5, rel=1e-3)
    spread = X**2 * (640**2 - 1) / 12 * (2 / 360) ** 2 + T**2 / 3
    assert float(found.frame_correlation) == pytest.approx(1 - step**2 / (2 * spread), rel=1e-4)


def test_flicker_that_all_pixels_share_is_no_correlation_of_frames():
    alternating = np.tile([0.0, 1.0], 10)[:, None, None, None]
    colors = np.stack([alternating, 1 - alternating], axis=1) * np.ones((20, 2, 30, 3, 3))
    assert correlation.frame_correlation(means(colors)) == pytest.approx(-1, abs=1e-3)
    assert correlation.neighbour_correlation(means(colors)) == 1


def test_noise_has_no_correlation_and_one_color_a_full_one():
    noise = np.random.default_rng(0).uniform(size=(40, 2, 500, 3, 3))
    assert correlation.neighbour_correlation(means(noise)) == pytest.approx(0, abs=0.02)
    assert correlation.frame_correlation(means(noise)) == pytest.approx(0, abs=0.02)
    flat = means(np.full((4, 2, 8, 3, 3), 0.3) + 1e-7 * noise[:4, :, :8])
    assert correlation.neighbour_correlation(flat) == pytest.approx(1, abs=1e-6)
    assert correlation.frame_correlation(flat) == pytest.approx(1, abs=1e-6)


def test_the_share_of_saturated_values():
    colors = np.full((2, 2, 4, 3, 3), 0.5)
    colors[:, :, :2] = [0.0, 1.0, 0.5]
    assert correlation.saturated(means(colors)) == pytest.approx(1 / 3)


@pytest.mark.slow
def test_correlation_grows_with_the_resolution():
    """The second table of what is known: 256 x 6 at gain 5 is noise at 32 rows and a picture at 720."""
    track = made_up_track(20.0)
    found = []
    for rows in (32, 96, 270, 720):
        frames = FrameSettings(width=rows * 16 // 9, height=rows)
        of_seeds = [
            float(
                diagnose(
                    CPPN(layers=6, seed=seed), track, frames=frames, budget="draft"
                ).neighbour_correlation
            )
            for seed in range(4)
        ]
        found.append(np.mean(of_seeds))
    assert np.all(np.diff(found) > 0)
    assert found == pytest.approx([0.01, 0.50, 0.89, 0.98], abs=0.12)
