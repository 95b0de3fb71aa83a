"""Sound as a model takes it: mono, at its rate and one loudness, in windows whose rows lie at exact times."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from explorer.audio.extras.mono import mono_blocks
from explorer.audio.sound_file import Sound

LEVEL_SECONDS = 0.05  # over which a root mean square is taken
LEVEL_PERCENTILE = 98  # of these, which is brought to LOUDNESS_DBFS
LOUDNESS_DBFS = -12.0

Window = Float32[np.ndarray, " samples"]


@dataclass(frozen=True)
class Framing:
    """Row n of a model lies at n hop / rate seconds; a window of `samples` gives `rows` of them.

    The first of them lies `before` samples after the window's start. What lies outside the sound is silence.
    """

    rate: int
    hop: int
    rows: int
    before: int
    samples: int

    @property
    def step(self) -> int:
        """Samples from one window to the next."""
        return self.rows * self.hop


def windows(sound: Sound, framing: Framing) -> Generator[tuple[Window, int], None, None]:
    """The windows of a sound, one after another, and how many of their rows lie in it, its end included."""
    gain = loudness_gain(sound)
    buffer = np.zeros(framing.before, np.float32)
    total = emitted = 0
    with closing(mono_blocks(sound, framing.rate)) as blocks:
        for block in blocks:
            total += len(block)
            buffer = np.concatenate([buffer, gain * block])
            while len(buffer) >= framing.samples:
                yield buffer[: framing.samples], framing.rows
                buffer = buffer[framing.step :]
                emitted += framing.rows
    while (missing := total // framing.hop + 1 - emitted) > 0:
        rest = buffer[: framing.samples]
        yield np.pad(rest, (0, framing.samples - len(rest))), min(missing, framing.rows)
        buffer = buffer[framing.step :]
        emitted += framing.rows


def loudness_gain(sound: Sound) -> np.float32:
    """What brings the loud passages of a sound to `LOUDNESS_DBFS`; 1 for a noise floor."""
    from explorer.audio.normalize import NOISE_FLOOR_DBFS, decibels  # SciPy is slow to load

    size = max(1, round(LEVEL_SECONDS * sound.sample_rate))
    rest, squares = np.zeros(0, np.float32), [np.zeros(0)]
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            samples = np.concatenate([rest, block.mean(axis=1, dtype=np.float32)])
            whole = len(samples) // size * size
            squares.append(np.square(samples[:whole].reshape(-1, size), dtype=np.float64).mean(axis=1))
            rest = samples[whole:]
    if len(rest) and not any(map(len, squares)):
        squares.append(np.array([np.square(rest, dtype=np.float64).mean()]))
    loud = float(decibels(np.sqrt(np.percentile(np.concatenate(squares), LEVEL_PERCENTILE))))
    return np.float32(10 ** ((LOUDNESS_DBFS - loud) / 20) if loud > NOISE_FLOOR_DBFS else 1.0)
