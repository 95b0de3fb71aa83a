"""Measures of looks: pictures whose answers are known, all in [0, 1]."""

import numpy as np
import pytest

from explorer.diagnostics.look_measures import (
    LOOK_MEASURES,
    audio_share,
    colorfulness,
    contrast,
    fineness,
    motion,
    quality,
    symmetry,
)
from explorer.diagnostics.verdict import Facts

GOOD = Facts(space=0.04, time=0.03, audio=0.01, neighbor=0.9, frame=0.95, saturated=0.1, speed=64.0)
SIZE = (48, 96)


def facts(**changes):
    return Facts(**{**vars(GOOD), **changes})


def picture(values):
    """Gray levels in [0, 1] as pixels."""
    return np.repeat(np.round(np.broadcast_to(values, SIZE) * 255).astype(np.uint8)[..., None], 3, axis=2)


def stripes(cycles):
    return picture(0.5 + 0.4 * np.sin(2 * np.pi * cycles * np.arange(SIZE[1]) / SIZE[1]))


def test_motion_counts_octaves_of_speed():
    assert motion(facts(speed=0.0)) == motion(facts(speed=2.0)) == 0
    assert motion(facts(speed=1024.0)) == motion(facts(speed=9000.0)) == 1
    assert motion(facts(speed=2.0 * 2**4.5)) == pytest.approx(0.5)


def test_audio_share_is_that_of_the_music():
    assert audio_share(GOOD) == pytest.approx(0.25)
    assert audio_share(facts(time=0.0, audio=0.0)) == 0
    assert audio_share(facts(time=0.0)) == 1


def test_gray_has_no_color_and_strong_colors_have_all():
    assert colorfulness(GOOD, [stripes(3)]) == pytest.approx(0, abs=1e-4)
    red = np.zeros((*SIZE, 3), np.uint8)
    red[..., 0] = 255
    assert colorfulness(GOOD, [red]) == 1
    assert 0.2 < colorfulness(GOOD, [red // 2 + 64]) < 0.8


def test_symmetry_finds_each_mirror():
    rng = np.random.default_rng(0)
    noise = rng.random(SIZE)
    for mirrored in (noise[:, ::-1], noise[::-1], noise[::-1, ::-1]):
        assert symmetry(GOOD, [picture((noise + mirrored) / 2)]) == pytest.approx(1, abs=1e-3)
    assert symmetry(GOOD, [picture(noise)]) < 0.1
    assert symmetry(GOOD, [picture(0.3)]) == 1


def test_fineness_counts_octaves_of_stripes():
    one, eight, finest = (fineness(GOOD, [stripes(cycles)]) for cycles in (1, 8, 40))
    assert one < 0.15
    assert eight == pytest.approx(np.log(8) / np.log(SIZE[1] / 2), abs=0.05)
    assert 0.9 < finest <= 1
    assert fineness(GOOD, [picture(0.5)]) == 0


def test_contrast_is_one_for_half_black_and_half_white():
    assert contrast(GOOD, [picture(np.arange(SIZE[1]) % 2)]) == pytest.approx(1, abs=1e-6)
    assert contrast(GOOD, [picture(0.5)]) == 0


def test_quality_is_structure_without_noise_flicker_and_glare():
    assert quality(GOOD) == pytest.approx(2 * 0.04**0.5 * 0.9**2)
    assert quality(facts(frame=0.6)) == pytest.approx(2 * 0.04**0.5 * (0.9 * 0.6 / 0.8) ** 2)
    assert quality(facts(saturated=0.75)) == pytest.approx(0.75 * quality(GOOD))
    assert quality(facts(speed=1.0)) == 0  # static
    assert quality(facts(neighbor=0.5)) == 0  # noisy
    assert quality(facts(time=0.2, audio=0.0)) == quality(GOOD)  # motion and music are axes


@pytest.mark.parametrize("name", LOOK_MEASURES)
def test_everything_stays_between_0_and_1(name):
    rng = np.random.default_rng(1)
    extreme = facts(time=0.0, audio=0.0, speed=1e9)
    for pixels in (rng.integers(0, 256, (*SIZE, 3)), np.zeros((*SIZE, 3)), np.full((1, 1, 3), 255)):
        for each in (GOOD, extreme):
            assert 0 <= LOOK_MEASURES[name](each, [pixels.astype(np.uint8)]) <= 1
