"""Which frames there are, and when exactly."""

from fractions import Fraction

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.rendering import FrameSettings, parse_fps, parse_size


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ("720p", (1280, 720)),
        ("2160p", (3840, 2160)),
        ("360P", (640, 360)),
        ("480p", (854, 480)),
        ("180p", (320, 180)),
        ("100p", (178, 100)),
        ("641x361", (641, 361)),
        ((64, 48), (64, 48)),
    ],
)
def test_sizes(given, size):
    assert parse_size(given) == size


@pytest.mark.parametrize(
    "given", ["720", "0p", "8p", "8000p", "0x0", "x", "", "100000x100", "640x", "-640x360", (8, 8)]
)
def test_sizes_that_are_refused_name_what_is_allowed(given):
    with pytest.raises(SettingsError, match=r"resolution: got .*180p.*2160p.*WIDTHxHEIGHT"):
        parse_size(given)


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        (30, Fraction(30)),
        ("23.976", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        (12.5, Fraction(25, 2)),
        (1, Fraction(1)),
    ],
)
def test_rates(given, rate):
    assert parse_fps(given) == rate


@pytest.mark.parametrize("given", [0, 10_000, -5, "fast", float("nan"), "1/0", None])
def test_rates_that_are_refused(given):
    with pytest.raises(SettingsError, match=r"fps: got .*allowed: 1 to 240"):
        parse_fps(given)


def test_every_frame_is_at_exactly_its_number_over_the_rate():
    times = FrameSettings(fps="23.976").times(3600.0)
    n = np.arange(len(times))
    assert len(times) == round(3600 * 24000 / 1001)
    np.testing.assert_array_equal(times, n * 1001 / 24000)


def test_an_excerpt_is_a_part_of_the_whole():
    whole = FrameSettings(fps=30).times(60.0)
    part = FrameSettings(fps=30, start=10.01, duration=5).times(60.0)
    np.testing.assert_array_equal(part, whole[300:450])


def test_an_excerpt_ends_with_the_sound():
    assert len(FrameSettings(fps=30, start=59, duration=100).times(60.0)) == 30


def test_a_sound_shorter_than_a_frame_has_one_frame():
    assert FrameSettings(fps=30).times(1 / 44100).tolist() == [0.0]


def test_a_start_after_the_end_is_refused():
    with pytest.raises(SettingsError, match=r"start: got 61 s; the sound is 60\.00 s long"):
        FrameSettings(start=61).times(60.0)


def test_frame_settings_survive_json():
    settings = FrameSettings(width=640, height=360, fps="23.976", start=1.5)
    assert FrameSettings.model_validate_json(settings.model_dump_json()) == settings
    assert '"24000/1001"' in settings.model_dump_json()
