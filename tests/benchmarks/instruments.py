"""Instruments for the songs of the benchmarks: drums and notes made of sines and noise."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from scipy import signal

from explorer.audio.features import NOTES

RATE = 44100
Samples = np.ndarray  # float64, (samples,)

SCALE = {name: n for n, name in enumerate(NOTES)}


def hertz(note: str) -> float:
    """Frequency of a note such as `e2` or `fs3`; a4 has 440 Hz."""
    return float(440 * 2 ** ((SCALE[note[:-1]] - 9) / 12 + int(note[-1]) - 4))


def time(seconds: float) -> Samples:
    """The times of the samples of a note."""
    return np.arange(round(seconds * RATE)) / RATE


def noise(seconds: float, seed: int) -> Samples:
    """White noise."""
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def band(samples: Samples, low: float | None, high: float | None) -> Samples:
    """What lies between two frequencies."""
    if low and high:
        filters = signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos")
    else:
        filters = signal.butter(2, low or high, "highpass" if low else "lowpass", fs=RATE, output="sos")
    return signal.sosfilt(filters, samples)


def fade(samples: Samples, attack: float, release: float) -> Samples:
    """Straight ramps at both ends."""
    n = np.arange(len(samples))
    rise = np.minimum(1, n / max(1, attack * RATE))
    return samples * rise * np.minimum(1, (len(samples) - n) / max(1, release * RATE))


@cache
def kick() -> Samples:
    """A falling sine with a click."""
    t = time(0.35)
    phase = 2 * np.pi * (48 * t + 90 * 0.03 * (1 - np.exp(-t / 0.03)))
    return 0.95 * np.sin(phase) * np.exp(-t / 0.11) + 0.25 * band(noise(0.35, 1), 2000, 6000) * np.exp(
        -t / 0.004
    )


@cache
def snare() -> Samples:
    """A short tone under a burst of noise."""
    t = time(0.3)
    tone = np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05) + 0.6 * np.sin(2 * np.pi * 330 * t) * np.exp(
        -t / 0.03
    )
    return 0.4 * tone + 0.45 * band(noise(0.3, 2), 900, 9000) * np.exp(-t / 0.07)


@lru_cache
def hat(decay: float) -> Samples:
    """High noise; open with a long decay."""
    t = time(6 * decay)
    return 0.3 * band(noise(6 * decay, 3), 7000, None)[: len(t)] * np.exp(-t / decay)


@cache
def crash() -> Samples:
    """A cymbal."""
    t = time(2.5)
    return 0.35 * band(noise(2.5, 4), 3500, None) * np.exp(-t / 0.7)


def saw(frequency: float, seconds: float, harmonics: int, detune: float = 0.0) -> Samples:
    """Harmonics that fall as 1 / n, below half of the rate; two voices with `detune`, in octaves."""
    t, total = time(seconds), np.zeros(round(seconds * RATE))
    for pitch in [frequency, frequency * 2**detune][: 1 + (detune > 0)]:
        for n in range(1, harmonics + 1):
            if n * pitch < RATE / 2.2:
                total += np.sin(2 * np.pi * n * pitch * t + n * n) / n
    return total


@lru_cache
def bass(frequency: float, seconds: float, growl: float = 0.0) -> Samples:
    """A plucked string bass; `growl` opens and closes its filter four times a second."""
    t = time(seconds)
    dull, bright = saw(frequency, seconds, 4), saw(frequency, seconds, 16, 0.008 * (growl > 0))
    share = 0.25 * np.exp(-t / 0.12) + growl * (0.5 - 0.5 * np.cos(2 * np.pi * 4 * t))
    return fade(0.32 * (dull * (1 - share) + bright * share) * np.exp(-t / 1.2), 0.004, 0.03)


@lru_cache
def pluck(frequency: float, seconds: float, decay: float = 0.6) -> Samples:
    """A clean string or a bell: harmonics that decay the faster the higher they are."""
    t, total = time(seconds), np.zeros(round(seconds * RATE))
    for n in range(1, 9):
        if n * frequency < RATE / 2.2:
            total += np.sin(2 * np.pi * n * frequency * (1 + 0.0004 * n * n) * t) * np.exp(-t * n / decay) / n
    return fade(0.3 * total, 0.002, 0.05)


@lru_cache
def power_chord(root: float, seconds: float, mute: bool = False) -> Samples:
    """Root, fifth and octave of a distorted guitar; muted with the palm it stops at once."""
    clean = sum(saw(root * ratio, seconds, 14, 0.004) for ratio in (1, 1.5, 2))
    driven = band(np.tanh(2.2 * clean), 80, 4200)
    return fade(0.28 * driven * np.exp(-time(seconds) / (0.09 if mute else 2.0)), 0.004, 0.04)


@lru_cache
def pad(notes: tuple[str, ...], seconds: float, brightness: float = 0.5, attack: float = 1.5) -> Samples:
    """Slow strings on a chord; `brightness`, 0 to 1, is how high their harmonics reach."""
    t, total = time(seconds), np.zeros(round(seconds * RATE))
    for n, note in enumerate(notes):
        voice = saw(hertz(note), seconds, 3 + round(14 * brightness), 0.006)
        total += voice * (1 + 0.15 * np.sin(2 * np.pi * (0.13 + 0.05 * n) * t + n))
    return fade(0.09 * band(total, None, 400 + 5200 * brightness), attack, min(attack, seconds / 3))


def room(samples: Samples, seconds: float, share: float, seed: int = 9) -> Samples:
    """Reverberation: noise that decays over `seconds`."""
    impulse = band(noise(seconds, seed), 200, 6000) * np.exp(-time(seconds) / (seconds / 5))
    wet = signal.oaconvolve(samples, impulse / np.sqrt(np.square(impulse).sum()))[: len(samples)]
    return samples + share * wet


def place(samples: Samples, sound: Samples, seconds: float, level: float = 1.0) -> None:
    """Add a sound from a time on, in place; what lies beyond the end is cut."""
    start = round(seconds * RATE)
    part = sound[: max(0, len(samples) - start)]
    samples[start : start + len(part)] += level * part
