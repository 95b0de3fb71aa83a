"""Flashes are counted as WCAG defines them: bright enough, large enough, in any second."""

from fractions import Fraction

import numpy as np
import pytest

from explorer.rendering.flashes import FlashCounter, relative_luminance
from tests.video.material import flicker, gray


def counted(frames, fps=Fraction(30)):
    counter = FlashCounter(fps)
    for frame in frames:
        counter.take(frame)
    return counter.result()


@pytest.mark.parametrize(
    ("case", "kept"),
    [
        ({"low": 0, "high": 80}, 0),  # a relative luminance of 0.08
        ({"low": 232, "high": 255}, 0),  # the darker image is at 0.81
        ({"low": 220, "high": 255}, 5),  # and here at 0.72
        ({"cut": np.s_[:16, :16]}, 0),  # 1/5 of the field's side each way
        ({"cut": np.s_[30:80, 30:80]}, 5),
        ({"cut": np.s_[30:80, 30:80], "low": 100, "high": 255, "ground": 255}, 5),
    ],
)
def test_what_is_too_dim_too_bright_or_too_small_does_not_count(case, kept):
    assert counted(flicker(5, **case)).worst == kept


def test_an_even_ramp_is_one_change_however_fast(tmp_path):
    ramps = [gray(level) for level in [*range(0, 256, 5), *range(255, 0, -5)]]
    assert counted(ramps).worst <= 1


def test_flashes_may_be_out_of_step_across_the_field():
    frames = [gray(0, (160, 120)) for _ in range(60)]
    for n, frame in enumerate(frames):
        frame[:, (0 if n // 3 % 2 else 80) : (80 if n // 3 % 2 else 160)] = 255
    assert counted(frames).worst == 5


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(60000, 1001)])
def test_the_second_is_one_at_any_rate(fps):
    assert counted(flicker(4, fps=float(fps)), fps).worst == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize("size", [(2, 2), (33, 21), (1280, 720), (90, 160), (1000, 100)])
def test_any_size_and_shape_of_frame(size):
    assert counted(flicker(4, 1.2, size=size)).worst == 4


def test_a_strip_too_thin_to_cover_a_quarter_of_a_field_of_view_does_not_count():
    assert counted(flicker(4, 1.2, size=(2000, 100))).worst == 0


def red_flicker(hertz, low, high, seconds=2):
    """Frames of one color that jumps between two."""
    frames = []
    for n in range(30 * seconds):
        frames.append(np.full((48, 64, 3), high if n * hertz / 30 % 1 < 0.5 else low, np.uint8))
    return frames


@pytest.mark.parametrize(
    ("low", "high", "is_red"),
    [
        ((0, 0, 0), (120, 0, 0), True),  # 0.19 of linear red, a luminance of 0.04
        ((0, 0, 0), (60, 0, 0), False),  # 0.045: less than 20 / 320
        ((0, 0, 0), (120, 48, 48), False),  # three quarters of it red: not saturated
        ((120, 0, 0), (0, 0, 120), True),  # one of the two states is enough
        ((0, 0, 0), (0, 100, 0), False),
    ],
)
def test_saturated_red_is_counted_apart(low, high, is_red):
    result = counted(red_flicker(5, low, high))
    assert result.worst == 0
    assert result.red == pytest.approx(5 if is_red else 0, abs=0.5)
    assert result.passed is not is_red
    assert counted(red_flicker(3, low, high)).passed


def test_relative_luminance_of_known_colors():
    colors = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [119, 119, 119]]], np.uint8)
    assert relative_luminance(colors)[0] == pytest.approx([0, 1, 0.2126, 0.7152, 0.1845], abs=1e-4)
