"""Music made by arithmetic: varied clips to train on where there is no music at hand.

Each kind moves other features: drums have onsets, sweeps move the centroid while the level stays, swells move
the level while the timbre stays, speech has both and pauses, a band has all at once in sections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float64
from scipy.signal import istft, lfilter

from explorer.audio.live import RATE

Wave = Float64[np.ndarray, " samples"]
Maker = Callable[[np.random.Generator, int], Wave]

SECONDS = 20.0
MINOR = (0, 3, 5, 7, 10, 12)  # semitones above the root


def clips(count: int, seed: int = 0, seconds: float = SECONDS) -> Iterator[tuple[str, np.ndarray]]:
    """Names and samples (float32, mono, 48 kHz) of `count` clips, the kinds in turn; the same for a seed.

    Their levels lie between -30 and -9 dBFS.
    """
    for number in range(count):
        chance = np.random.default_rng([seed, number])
        kind = list(MAKERS)[number % len(MAKERS)]
        samples = MAKERS[kind](chance, round(seconds * RATE))
        level = 10 ** (chance.uniform(-30, -9) / 20)
        samples *= level / max(1e-9, float(np.sqrt(np.mean(samples**2))))
        yield f"{kind} {number}", np.tanh(samples).astype(np.float32)


def drone(chance: np.random.Generator, samples: int) -> Wave:
    """A low chord whose overtones and level come and go slowly."""
    bright, level = wander(chance, samples, 0.3), wander(chance, samples, 0.5)
    notes = [tones(chance.uniform(50, 110) * ratio, samples, 1 + 15 * bright) for ratio in (1, 1.5, 2.01)]
    return np.asarray(np.sum(notes, axis=0) * (0.05 + level**2))


def arpeggio(chance: np.random.Generator, samples: int) -> Wave:
    """Plucked notes of a scale, their brightness and tempo wandering."""
    root, step = chance.uniform(80, 330), chance.uniform(0.09, 0.35)
    bright = wander(chance, samples, 0.2)
    made = np.zeros(samples)
    for start in _steps(samples, step):
        if chance.random() < 0.85:
            pitch = root * 2 ** (chance.choice(MINOR) / 12 + chance.integers(0, 2))
            note = _pluck(chance, pitch, 1 + 12 * bright[start])
            _add(made, note * chance.uniform(0.3, 1), start)
    return made


def drums(chance: np.random.Generator, samples: int) -> Wave:
    """A pattern of kick, snare and hats with fills and breaks."""
    beat = 60 / chance.uniform(80, 150) / 4
    pattern = chance.random((3, 16)) < np.array([[0.3], [0.2], [0.6]])
    pattern[0, ::8] = pattern[1, 4::8] = True
    made = np.zeros(samples)
    for n, start in enumerate(_steps(samples, beat)):
        if (n // 64) % 4 == 3 and chance.random() < 0.7:
            continue  # a break
        for hits, hit in zip(pattern, (_kick, _snare, _hat), strict=True):
            if hits[n % 16]:
                _add(made, hit(chance) * chance.uniform(0.5, 1), start)
    return made


def sweeps(chance: np.random.Generator, samples: int) -> Wave:
    """A band of noise that travels from dark to bright and back, at nearly one level."""
    return band_of_noise(chance, wander(chance, samples, 0.4), 0.5 + 0.5 * wander(chance, samples, 1.0))


def swells(chance: np.random.Generator, samples: int) -> Wave:
    """Noise and a tone of one colour, from silence to loud and back."""
    level = np.clip(1.6 * wander(chance, samples, 0.5) - 0.3, 0, 1) ** 2
    colour = np.full(samples, chance.uniform(0.2, 0.7))
    both = band_of_noise(chance, colour, np.ones(samples)) + tones(chance.uniform(80, 400), samples, 4)
    return np.asarray(both * level)


def speech(chance: np.random.Generator, samples: int) -> Wave:
    """Syllables: a hiss or a stop, then a buzz through a moving formant; pauses between phrases."""
    made = np.zeros(samples)
    pitch, at = chance.uniform(90, 220), 0
    while at < samples - RATE // 2:
        if chance.random() < 0.12:
            at += round(chance.uniform(0.3, 1.2) * RATE)
        hiss = round(chance.uniform(0.02, 0.12) * RATE)
        vowel = round(chance.uniform(0.08, 0.3) * RATE)
        consonant = _bright(chance.standard_normal(hiss)) * np.hanning(hiss) * chance.uniform(0.05, 0.5)
        formant = np.linspace(chance.uniform(3, 14), chance.uniform(3, 14), vowel)
        buzz = tones(pitch * chance.uniform(0.85, 1.2), vowel, formant) * np.hanning(vowel)
        _add(made, consonant, at)
        _add(made, buzz, at + hiss)
        at += hiss + vowel
    return made


def band(chance: np.random.Generator, samples: int) -> Wave:
    """Drums, a drone, an arpeggio and noise, each coming in and falling silent by sections."""
    made = np.zeros(samples)
    for maker, share in ((drums, 1.0), (drone, 0.6), (arpeggio, 0.7), (sweeps, 0.25)):
        part = maker(chance, samples)
        sections = np.repeat(chance.random(5) < 0.7, -(-samples // 5))[:samples]
        gate = lfilter([1e-3], [1, -(1 - 1e-3)], sections.astype(float))
        made += share * gate * part / max(1e-9, float(np.sqrt(np.mean(part**2))))
    return made


def sparse(chance: np.random.Generator, samples: int) -> Wave:
    """Single hits and bells in silence."""
    made = np.zeros(samples)
    at = 0.2
    while at < samples / RATE - 1:
        hit = (
            _pluck(chance, chance.uniform(100, 2500), chance.uniform(1, 8)) if chance.random() < 0.6 else None
        )
        _add(made, (_snare(chance) if hit is None else hit) * chance.uniform(0.2, 1), round(at * RATE))
        at += chance.exponential(0.8) + 0.05
    return made


MAKERS: dict[str, Maker] = {
    made.__name__: made for made in (band, drums, arpeggio, sweeps, drone, speech, swells, sparse)
}


def wander(chance: np.random.Generator, samples: int, rate: float) -> Wave:
    """A smooth random curve over [0, 1] that turns about `rate` times a second."""
    knots = max(4, round(samples / RATE * 2 * rate) + 4)
    values = chance.permutation(np.linspace(0, 1, knots))
    t = np.linspace(0, knots - 1.001, samples)
    k = t.astype(int)
    share = (1 - np.cos(np.pi * (t - k))) / 2
    return np.asarray(values[k] * (1 - share) + values[k + 1] * share)


def tones(pitch: float, samples: int, overtones: float | Wave) -> Wave:
    """Harmonics of `pitch` Hz whose amplitude 1/n fades out around `overtones`, which may change in time."""
    phase = np.arange(samples) * (2 * np.pi * pitch / RATE)
    made: Wave = np.zeros(samples)
    for n in range(1, min(24, int(RATE / 2 / pitch))):
        made += np.sin(n * phase) / n / (1 + (n / np.asarray(overtones)) ** 4)
    return made


def band_of_noise(chance: np.random.Generator, position: Wave, level: Wave) -> Wave:
    """Noise around a frequency from 100 Hz (position 0) to 12 kHz (1), an octave wide, at `level`."""
    hop = 512
    frames = len(position) // hop + 2
    at = np.minimum(np.arange(frames) * hop, len(position) - 1)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(1024, 1 / RATE), 20))[:, None]
    centre = np.log2(100) + np.log2(120) * position[at]
    shape = np.exp(-((octaves - centre) ** 2)) * 2 ** (-0.5 * centre)  # about the same power everywhere
    spectrum = shape * level[at] * np.exp(2j * np.pi * chance.random(shape.shape))
    return np.asarray(istft(spectrum, RATE, nperseg=1024, noverlap=1024 - hop)[1][: len(position)])


def _steps(samples: int, seconds: float) -> range:
    return range(0, samples, max(1, round(seconds * RATE)))


def _add(made: Wave, note: Float64[np.ndarray, " note"], start: int) -> None:
    made[start : start + len(note)] += note[: max(0, len(made) - start)]


def _decay(seconds: float, length: float = 6) -> Wave:
    return np.asarray(np.exp(-np.arange(round(seconds * length * RATE)) / (seconds * RATE)))


def _pluck(chance: np.random.Generator, pitch: float, overtones: float) -> Wave:
    fade = _decay(chance.uniform(0.04, 0.2))
    return np.asarray(tones(pitch, len(fade), overtones) * fade)


def _kick(chance: np.random.Generator) -> Wave:
    fade = _decay(0.06)
    return np.asarray(2 * fade * np.sin(2 * np.pi * np.cumsum(45 + 160 * fade**4) / RATE))


def _snare(chance: np.random.Generator) -> Wave:
    fade = _decay(chance.uniform(0.03, 0.07))
    return np.asarray(fade * (0.6 * chance.standard_normal(len(fade)) + tones(190, len(fade), 1)))


def _hat(chance: np.random.Generator) -> Wave:
    fade = _decay(chance.uniform(0.01, 0.04))
    return np.asarray(0.4 * fade * _bright(chance.standard_normal(len(fade))))


def _bright(noise: Wave) -> Wave:
    return np.asarray(np.diff(noise, n=2, prepend=(0, 0)) / 2)
