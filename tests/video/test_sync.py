"""Sound and pictures meet: clicks and white frames at the same times, measured on the decoded file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from explorer.video import VideoWriter, read_frames
from tests.video.material import SIZE, Samples, ffmpeg_output, gray, read_sound

RATE = 44_100
CLICK = np.sin(2 * np.pi * 2_000 * np.arange(220) / RATE) * np.hanning(220)  # 5 ms


def write_flashes(path: Path, fps: Fraction, frames: int, white: list[int]) -> None:
    """White frames at the given numbers and a click that begins at exactly the same time."""
    sound = np.zeros(round(frames / fps * RATE) + RATE)
    for n in white:
        first = round(n / fps * RATE)
        sound[first : first + len(CLICK)] += CLICK
    with VideoWriter(path, size=SIZE, fps=fps, frames=frames, sound=Samples(sound)) as video:
        black, flash = gray(0), gray(255)
        for n in range(frames):
            video.write(flash if n in white else black)


def presented(path: Path, stream: str) -> np.ndarray:
    """Presentation times of a stream's decoded pieces in seconds: what a player goes by."""
    text = ffmpeg_output(
        path, "-map", stream, "-copyts", "-fps_mode", "passthrough", "-f", "framecrc"
    ).decode()
    lines = text.splitlines()
    base = next(Fraction(line.split(": ")[1]) for line in lines if line.startswith("#tb 0"))
    ticks = [int(line.split(",")[2]) for line in lines if not line.startswith("#")]
    return np.array([float(tick * base) for tick in ticks])


def offsets(path: Path, white: list[int]) -> list[float]:
    """Seconds by which each click is later than its flash."""
    bright = [n for n, frame in enumerate(read_frames(path)) if frame.mean() > 128]
    assert bright == white
    flashes = presented(path, "0:v")[bright]
    began, sound = presented(path, "0:a")[0], read_sound(path)[:, 0]
    return [float(began + _click_near(sound, time - began) - time) for time in flashes]


def _click_near(sound: np.ndarray, time: float) -> float:
    """When the click within a quarter second of `time` begins, by cross-correlation."""
    first = max(0, round((time - 0.25) * RATE))
    likeness = np.correlate(sound[first : first + RATE // 2], CLICK, "valid")
    return float((first + likeness.argmax()) / RATE)


@pytest.mark.parametrize("fps", [Fraction(30), Fraction(24_000, 1001), Fraction(60)], ids=str)
def test_clicks_and_flashes_meet(tmp_path, fps):
    white = [0, 31, 59, 85]
    write_flashes(tmp_path / "a.mp4", fps, 90, white)
    assert np.abs(offsets(tmp_path / "a.mp4", white)).max() < 0.002


@pytest.mark.slow
def test_they_still_meet_after_ten_minutes(tmp_path):
    fps = Fraction(24_000, 1001)
    frames = round(601 * fps)
    white = [0, frames // 2, round(600 * fps)]
    write_flashes(tmp_path / "a.mp4", fps, frames, white)
    assert np.abs(offsets(tmp_path / "a.mp4", white)).max() < 0.020
