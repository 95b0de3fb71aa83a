"""Synthetic music: varied clips to train on where there is little music at hand.

Each kind moves different features: drums have onsets, sweeps move the centroid while the level stays, swells
move the level while the timbre stays, speech has both and pauses, a band has all at once in sections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.live import RATE

Wave = Float64[np.ndarray, " samples"]
Generator = Callable[[np.random.Generator, int], Wave]

CLIP_SECONDS = 20.0
MINOR_SCALE = (0, 3, 5, 7, 10, 12)  # semitones above the root


def synthetic_clips(
    count: int, seed: int = 0, seconds: float = CLIP_SECONDS
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield names and samples (float32, mono, 48 kHz) of `count` clips, the kinds in turn.

    The same seed gives the same clips. Their levels lie between -30 and -9 dBFS.
    """
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        kind = list(GENERATORS)[number % len(GENERATORS)]
        yield f"{kind} {number}", clip(kind, rng, seconds)


def clip(
    kind: str, rng: np.random.Generator, seconds: float = CLIP_SECONDS
) -> Float32[np.ndarray, " samples"]:
    """Samples (mono, 48 kHz) of one kind of clip, at a level between -30 and -9 dBFS."""
    samples = GENERATORS[kind](rng, round(seconds * RATE))
    level = 10 ** (rng.uniform(-30, -9) / 20)
    samples *= level / max(1e-9, float(np.sqrt(np.mean(samples**2))))
    result: Float32[np.ndarray, " samples"] = np.tanh(samples).astype(np.float32)
    return result


def drone(rng: np.random.Generator, samples: int) -> Wave:
    """A low chord whose overtones and level change slowly."""
    bright, level = wander(rng, samples, 0.3), wander(rng, samples, 0.5)
    notes = [tones(rng.uniform(50, 110) * ratio, samples, 1 + 15 * bright) for ratio in (1, 1.5, 2.01)]
    return np.asarray(np.sum(notes, axis=0) * (0.05 + level**2))


def arpeggio(rng: np.random.Generator, samples: int) -> Wave:
    """Plucked notes of a scale with wandering brightness and tempo."""
    root, step = rng.uniform(80, 330), rng.uniform(0.09, 0.35)
    bright = wander(rng, samples, 0.2)
    wave = np.zeros(samples)
    for start in _note_starts(samples, step):
        if rng.random() < 0.85:
            pitch = root * 2 ** (rng.choice(MINOR_SCALE) / 12 + rng.integers(0, 2))
            note = _pluck(rng, pitch, 1 + 12 * bright[start])
            _add(wave, note * rng.uniform(0.3, 1), start)
    return wave


def drums(rng: np.random.Generator, samples: int) -> Wave:
    """A pattern of kick, snare and hats with fills and breaks."""
    beat = 60 / rng.uniform(80, 150) / 4
    pattern = rng.random((3, 16)) < np.array([[0.3], [0.2], [0.6]])
    pattern[0, ::8] = pattern[1, 4::8] = True
    wave = np.zeros(samples)
    for n, start in enumerate(_note_starts(samples, beat)):
        if (n // 64) % 4 == 3 and rng.random() < 0.7:
            continue  # a break
        for hits, hit in zip(pattern, (_kick, _snare, _hat), strict=True):
            if hits[n % 16]:
                _add(wave, hit(rng) * rng.uniform(0.5, 1), start)
    return wave


def sweeps(rng: np.random.Generator, samples: int) -> Wave:
    """A band of noise that moves from dark to bright and back at a nearly constant level."""
    return band_of_noise(rng, wander(rng, samples, 0.4), 0.5 + 0.5 * wander(rng, samples, 1.0))


def swells(rng: np.random.Generator, samples: int) -> Wave:
    """Noise and a tone of constant timbre, from silence to loud and back."""
    level = np.clip(1.6 * wander(rng, samples, 0.5) - 0.3, 0, 1) ** 2
    timbre = np.full(samples, rng.uniform(0.2, 0.7))
    mix = band_of_noise(rng, timbre, np.ones(samples)) + tones(rng.uniform(80, 400), samples, 4)
    return np.asarray(mix * level)


def speech(rng: np.random.Generator, samples: int) -> Wave:
    """Syllables: a noise consonant, then a buzz through a moving formant; pauses between phrases."""
    wave = np.zeros(samples)
    pitch, start = rng.uniform(90, 220), 0
    while start < samples - RATE // 2:
        if rng.random() < 0.12:
            start += round(rng.uniform(0.3, 1.2) * RATE)
        hiss = round(rng.uniform(0.02, 0.12) * RATE)
        vowel = round(rng.uniform(0.08, 0.3) * RATE)
        consonant = _high_pass(rng.standard_normal(hiss)) * np.hanning(hiss) * rng.uniform(0.05, 0.5)
        formant = np.linspace(rng.uniform(3, 14), rng.uniform(3, 14), vowel)
        buzz = tones(pitch * rng.uniform(0.85, 1.2), vowel, formant) * np.hanning(vowel)
        _add(wave, consonant, start)
        _add(wave, buzz, start + hiss)
        start += hiss + vowel
    return wave


def band(rng: np.random.Generator, samples: int) -> Wave:
    """Drums, a drone, an arpeggio and noise, each entering and pausing by sections."""
    from scipy.signal import lfilter  # slow to load

    wave = np.zeros(samples)
    for generate, volume in ((drums, 1.0), (drone, 0.6), (arpeggio, 0.7), (sweeps, 0.25)):
        part = generate(rng, samples)
        sections = np.repeat(rng.random(5) < 0.7, -(-samples // 5))[:samples]
        gate = lfilter([1e-3], [1, -(1 - 1e-3)], sections.astype(float))
        wave += volume * gate * part / max(1e-9, float(np.sqrt(np.mean(part**2))))
    return wave


def sparse(rng: np.random.Generator, samples: int) -> Wave:
    """Single hits and bells in silence."""
    wave = np.zeros(samples)
    start = 0.2
    while start < samples / RATE - 1:
        hit = _pluck(rng, rng.uniform(100, 2500), rng.uniform(1, 8)) if rng.random() < 0.6 else None
        _add(wave, (_snare(rng) if hit is None else hit) * rng.uniform(0.2, 1), round(start * RATE))
        start += rng.exponential(0.8) + 0.05
    return wave


GENERATORS: dict[str, Generator] = {
    generate.__name__: generate for generate in (band, drums, arpeggio, sweeps, drone, speech, swells, sparse)
}


def wander(rng: np.random.Generator, samples: int, rate: float) -> Wave:
    """A smooth random curve over [0, 1] that turns about `rate` times a second."""
    knots = max(4, round(samples / RATE * 2 * rate) + 4)
    values = rng.permutation(np.linspace(0, 1, knots))
    t = np.linspace(0, knots - 1.001, samples)
    k = t.astype(int)
    weight = (1 - np.cos(np.pi * (t - k))) / 2
    return np.asarray(values[k] * (1 - weight) + values[k + 1] * weight)


def tones(pitch: float, samples: int, overtones: float | Wave) -> Wave:
    """Harmonics of `pitch` Hz whose amplitude 1/n fades out around `overtones`, which may change in time."""
    phase = np.arange(samples) * (2 * np.pi * pitch / RATE)
    wave: Wave = np.zeros(samples)
    for n in range(1, min(24, int(RATE / 2 / pitch))):
        wave += np.sin(n * phase) / n / (1 + (n / np.asarray(overtones)) ** 4)
    return wave


def band_of_noise(rng: np.random.Generator, position: Wave, level: Wave) -> Wave:
    """Noise an octave wide around a frequency from 100 Hz (position 0) to 12 kHz (1), at `level`."""
    from scipy.signal import istft  # slow to load

    hop = 512
    frames = len(position) // hop + 2
    frame_starts = np.minimum(np.arange(frames) * hop, len(position) - 1)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(1024, 1 / RATE), 20))[:, None]
    center = np.log2(100) + np.log2(120) * position[frame_starts]
    shape = np.exp(-((octaves - center) ** 2)) * 2 ** (-0.5 * center)  # about the same power everywhere
    spectrum = shape * level[frame_starts] * np.exp(2j * np.pi * rng.random(shape.shape))
    return np.asarray(istft(spectrum, RATE, nperseg=1024, noverlap=1024 - hop)[1][: len(position)])


def _note_starts(samples: int, seconds: float) -> range:
    return range(0, samples, max(1, round(seconds * RATE)))


def _add(wave: Wave, note: Float64[np.ndarray, " note"], start: int) -> None:
    wave[start : start + len(note)] += note[: max(0, len(wave) - start)]


def _decay(seconds: float, length: float = 6) -> Wave:
    return np.asarray(np.exp(-np.arange(round(seconds * length * RATE)) / (seconds * RATE)))


def _pluck(rng: np.random.Generator, pitch: float, overtones: float) -> Wave:
    fade = _decay(rng.uniform(0.04, 0.2))
    return np.asarray(tones(pitch, len(fade), overtones) * fade)


def _kick(rng: np.random.Generator) -> Wave:
    fade = _decay(0.06)
    return np.asarray(2 * fade * np.sin(2 * np.pi * np.cumsum(45 + 160 * fade**4) / RATE))


def _snare(rng: np.random.Generator) -> Wave:
    fade = _decay(rng.uniform(0.03, 0.07))
    return np.asarray(fade * (0.6 * rng.standard_normal(len(fade)) + tones(190, len(fade), 1)))


def _hat(rng: np.random.Generator) -> Wave:
    fade = _decay(rng.uniform(0.01, 0.04))
    return np.asarray(0.4 * fade * _high_pass(rng.standard_normal(len(fade))))


def _high_pass(noise: Wave) -> Wave:
    return np.asarray(np.diff(noise, n=2, prepend=(0, 0)) / 2)
