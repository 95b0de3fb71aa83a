"""What a timeline shows of a sound: its outline, single samples, and its spectrum as a picture."""

from __future__ import annotations

import io
from contextlib import closing
from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Int8, Int16, UInt8
from matplotlib import colormaps
from PIL import Image

from explorer.audio import Sound
from explorer.audio.extras.mono import RATE, read_mono
from explorer.audio.plot import sound_envelope
from explorer.compilation import librosa

OUTLINE_RATE, MAX_OUTLINE_COLUMNS = 400, 400_000  # columns a second, and of a sound
SPECTRUM_RATE, MAX_SPECTRUM_COLUMNS = 43, 8192  # likewise; a picture is at most so wide
SPECTRUM_ROWS, WINDOW = 96, 2048
SPECTRUM_HERTZ = (40.0, 11000.0)
RANGE_DECIBELS = 70.0  # from the brightest to the darkest color
MAX_SAMPLES = 480_000  # in one answer


def outline(sound: Sound, duration: float) -> tuple[Int8[np.ndarray, "columns 2"], float]:
    """Lowest and highest sample of each column, as whole numbers; and the loudest sample, which is 127."""
    envelope = sound_envelope(
        sound, duration, min(MAX_OUTLINE_COLUMNS, max(1, round(duration * OUTLINE_RATE)))
    )
    peak = max(float(np.abs(envelope).max()), 1e-6)
    return np.rint(envelope * (127 / peak)).astype(np.int8), peak


def samples(sound: Sound, start: float, end: float) -> Int16[np.ndarray, " samples"]:
    """The samples of a stretch of seconds, channels averaged, at the rate of the sound."""
    first = max(0, round(start * sound.sample_rate))
    last = min(first + MAX_SAMPLES, round(end * sound.sample_rate))
    parts, position = [np.zeros(0, np.float32)], 0
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            if position + len(block) > first:
                parts.append(block[max(0, first - position) : last - position].mean(axis=1))
            position += len(block)
            if position >= last:
                break
    return np.asarray(np.rint(np.concatenate(parts).clip(-1, 1) * 32767).astype(np.int16))


def spectrogram(sound: Sound, duration: float) -> bytes:
    """A PNG of the whole sound: time to the right, mel frequency upwards, `RANGE_DECIBELS` of brightness."""
    mono = read_mono(sound)
    columns = min(MAX_SPECTRUM_COLUMNS, max(2, round(duration * SPECTRUM_RATE)))
    centers = np.rint((np.arange(columns) + 0.5) / columns * duration * RATE).astype(np.int64)
    padded = np.pad(mono, WINDOW)
    bands = librosa.filters.mel(
        sr=RATE, n_fft=WINDOW, n_mels=SPECTRUM_ROWS, fmin=SPECTRUM_HERTZ[0], fmax=SPECTRUM_HERTZ[1]
    )
    window = np.hanning(WINDOW).astype(np.float32)
    rows = []
    for first in range(0, columns, 512):
        starts = centers[first : first + 512].clip(0, len(mono)) + WINDOW // 2
        frames = padded[starts[:, None] + np.arange(WINDOW)] * window
        rows.append(np.square(np.abs(np.fft.rfft(frames))).astype(np.float32) @ bands.T)
    power: Float32[np.ndarray, "columns rows"] = np.concatenate(rows)
    decibels = 10 * np.log10(np.maximum(power, 1e-10))
    level = (decibels - decibels.max()) / RANGE_DECIBELS + 1
    indexes: UInt8[np.ndarray, "rows columns"] = np.rint(level.clip(0, 1).T[::-1] * 255).astype(np.uint8)
    image = Image.fromarray(indexes)
    image.putpalette(_palette())
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@lru_cache(maxsize=1)
def _palette() -> list[int]:
    """Red, green and blue of 256 colors."""
    colors = np.rint(colormaps["magma"](np.arange(256))[:, :3] * 255).astype(int)
    return [int(level) for level in colors.ravel()]
