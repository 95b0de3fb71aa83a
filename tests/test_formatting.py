"""Durations, times, sizes, counts and shares in words."""

import pytest

from explorer import formatting


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.42, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (12.4, "12 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (3720, "1 h 02 min"),
        (360_000, "100 h 00 min"),
    ],
)
def test_durations(seconds, text):
    assert formatting.duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (123.4, "2:03"), (3723, "1:02:03")]
)
def test_times_on_a_clock(seconds, text):
    assert formatting.clock_text(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00.0"), (59.99, "0:59.9"), (123.45, "2:03.4")])
def test_times_of_frames_are_cut_off(seconds, text):
    assert formatting.frame_time_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "1 kB"),
        (310_000, "310 kB"),
        (999_499, "999 kB"),
        (999_600, "1 MB"),
        (12.4e6, "12 MB"),
        (999.6e6, "1.0 GB"),
        (4.2e9, "4.2 GB"),
    ],
)
def test_sizes(size, text):
    assert formatting.size_text(size) == text


def test_counts():
    assert [formatting.count_text(n, "point") for n in (0, 1, 2)] == ["0 points", "1 point", "2 points"]
    assert formatting.count_text(3, "stretch", "stretches") == "3 stretches"


def test_shares():
    assert [formatting.percent_text(share) for share in (0, 0.418, 1)] == ["0%", "42%", "100%"]
