"""Pieces whose form is known: sections that return, varied, in many kinds of music.

A return has the chords, the instruments and the pattern of its first time; the hits are as strong and as
early as people play them, the last bar of a section may have a fill, and a voice may be added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tests.benchmarks import instruments as play
from tests.benchmarks.instruments import RATE, Samples, hertz, place


class Part(NamedTuple):
    """How a section sounds: chords of a bar each, who plays them, and the pattern of the drums."""

    chords: tuple[tuple[str, ...], ...]
    harmony: str = "pad"  # pad, pluck, guitar, muted, organ or none
    drums: str = ""  # rock, half, dance, brushes, hats
    bass: float = 0.0  # level
    bright: float = 0.5
    level: float = 1.0


@dataclass(frozen=True)
class FormPiece:
    """A piece, and where each of its sections begins; the letters of the sections in order."""

    name: str
    samples: Samples
    starts: np.ndarray
    letters: str

    @property
    def intervals(self) -> np.ndarray:
        """Begin and end of each section in seconds, (sections, 2)."""
        return np.column_stack([self.starts, [*self.starts[1:], len(self.samples) / RATE]])


class Form(NamedTuple):
    """The plan of a piece: letters in order, bars of each, and how each letter sounds."""

    name: str
    letters: str
    bars: dict[str, int]
    parts: dict[str, Part]
    bpm: float
    beats: int = 4  # of a bar
    seed: int = 0

    def __call__(self) -> FormPiece:
        """The piece, made."""
        rng = np.random.default_rng(self.seed)
        bar = self.beats * 60 / self.bpm
        lengths = np.array([self.bars[letter] * bar for letter in self.letters])
        starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        out = np.zeros(round((lengths.sum() + 0.5) * RATE))
        for n, (letter, start) in enumerate(zip(self.letters, starts, strict=True)):
            is_return = letter in self.letters[:n]
            _play(out, self.parts[letter], start, self.bars[letter], bar, self.beats, is_return, rng)
        return FormPiece(self.name, play.room(out, 0.8, 0.15), starts, self.letters)


def _play(
    out: Samples,
    part: Part,
    start: float,
    bars: int,
    bar: float,
    beats: int,
    is_return: bool,
    rng: np.random.Generator,
) -> None:
    """One section."""
    beat = bar / beats
    for n in range(bars):
        at, chord = start + n * bar, part.chords[n % len(part.chords)]
        _harmony(out, part, chord, at, bar, beats, rng)
        if part.bass:
            for k in (0, beats // 2):
                root = hertz(chord[0])
                note = root / 2 if root > 100 else root
                place(out, play.bass(note, 0.9 * beats / 2 * beat), at + k * beat, part.bass)
        if part.drums:
            _drums(out, part.drums, at, beat, beats, is_fill=n == bars - 1 and rng.random() < 0.6, rng=rng)
        if is_return and n % 2 and part.harmony != "none":  # a voice that the first time did not have
            for k in range(2):
                note = hertz(chord[-1 - k]) * 2
                place(out, play.pluck(note, 0.8, 0.4), at + (1 + k) * beat, 0.12 * part.level)


def _harmony(
    out: Samples,
    part: Part,
    chord: tuple[str, ...],
    at: float,
    bar: float,
    beats: int,
    rng: np.random.Generator,
) -> None:
    level = part.level * rng.uniform(0.85, 1.1)
    if part.harmony == "pad":
        place(out, play.pad(chord, bar * 1.05, part.bright, 0.08), at, level)
    elif part.harmony == "organ":
        for k in range(beats):
            place(out, play.pad(chord, 0.7 * bar / beats, part.bright, 0.02), at + k * bar / beats, level)
    elif part.harmony == "pluck":
        for k in range(2 * beats):
            note = hertz(chord[(0, 1, 2, 1)[k % 4] % len(chord)])
            late = rng.normal(0, 0.006)
            place(
                out, play.pluck(note, 1.0, 0.3 + part.bright), at + max(0, k * bar / beats / 2 + late), level
            )
    elif part.harmony in ("guitar", "muted"):
        is_muted = part.harmony == "muted"
        for k in range(2 * beats if is_muted else 2):
            step = bar / (2 * beats) if is_muted else bar / 2
            place(out, play.power_chord(hertz(chord[0]), step, mute=is_muted), at + k * step, 0.6 * level)


def _drums(
    out: Samples, style: str, at: float, beat: float, beats: int, is_fill: bool, rng: np.random.Generator
) -> None:
    def hit(sound: Samples, place_in_bar: float, level: float) -> None:
        late = rng.normal(0, 0.005)
        place(out, sound, max(0.0, at + place_in_bar * beat + late), level * rng.uniform(0.8, 1.1))

    kicks, snares, hats = {
        "rock": ((0, 2), (1, 3), 2),
        "half": ((0,), (2,), 2),
        "dance": (tuple(range(beats)), (), 2),
        "brushes": ((0,), (1, 3), 2),
        "hats": ((), (), 2),
        "waltz": ((0,), (1, 2), 1),
    }[style]
    last = beats - 1 if is_fill else beats
    for k in kicks:
        if k < last:
            hit(play.kick(), k, 0.3 if style == "brushes" else 0.9)
    for k in snares:
        if k < last:
            hit(play.snare(), k, 0.25 if style in ("brushes", "waltz") else 0.8)
    for k in range(hats * beats):
        hit(play.hat(0.02 if style in ("brushes", "hats") else 0.04), k / hats, 0.35)
    if is_fill:
        for k in range(4):
            hit(play.snare(), beats - 1 + k / 4, 0.4 + 0.1 * k)


C, AM, F, G = ("c3", "e3", "g3"), ("a2", "c3", "e3"), ("f2", "a2", "c3"), ("g2", "b2", "d3")
DM, EM, E7, BB = ("d3", "f3", "a3"), ("e2", "g3", "b3"), ("e2", "gs3", "d4"), ("as2", "d3", "f3")
D, A, B, FSM = ("d3", "fs3", "a3"), ("a2", "cs3", "e3"), ("b2", "ds3", "fs3"), ("fs2", "a2", "cs3")
EB, AB = ("ds3", "g3", "as3"), ("gs2", "c3", "ds3")

FORMS = {
    form.name.replace(" ", "-"): form
    for form in (
        Form(
            "verse and chorus",
            "ABABCB",
            {"A": 8, "B": 8, "C": 6},
            {
                "A": Part((AM, AM, F, G), "muted", "rock", 0.8),
                "B": Part((C, G, AM, F), "guitar", "rock", 0.8, level=1.1),
                "C": Part((DM, BB), "pad", "", 0.0, 0.4),
            },
            120,
            seed=1,
        ),
        Form(
            "standard",
            "AABA",
            {"A": 8, "B": 8},
            {
                "A": Part((C, AM, DM, G, EM, A, DM, G), "pluck", "brushes", 0.8),
                "B": Part((E7, E7, A, A, D, D, B, B), "pluck", "brushes", 0.8),
            },
            132,
            seed=2,
        ),
        Form(
            "rondo",
            "ABACA",
            {"A": 8, "B": 6, "C": 8},
            {
                "A": Part((C, F, G, C), "pluck", "", 0.0),
                "B": Part((AM, EM), "pad", "", 0.0, 0.3),
                "C": Part((EB, AB), "organ", "", 0.0, 0.7),
            },
            96,
            seed=3,
        ),
        Form(
            "dance",
            "ABCBCA",
            {"A": 8, "B": 8, "C": 8},
            {
                "A": Part((AM, F), "pad", "hats", 0.0, 0.2),
                "B": Part((AM, F), "pluck", "dance", 0.0, 0.6),
                "C": Part((AM, F), "organ", "dance", 1.0, 0.9),
            },
            126,
            seed=4,
        ),
        Form(
            "ballad",
            "ABABCB",
            {"A": 6, "B": 6, "C": 4},
            {
                "A": Part((D, A, G, D), "pluck", "", 0.0, 0.5),
                "B": Part((FSM, G, D, A), "pad", "half", 0.9, 0.7),
                "C": Part((BB, F), "organ", "", 0.7, 0.2),
            },
            76,
            seed=5,
        ),
        Form(
            "waltz",
            "ABAB",
            {"A": 12, "B": 12},
            {
                "A": Part((C, C, G, G), "organ", "waltz", 0.7, 0.4),
                "B": Part((DM, A, EM, B), "organ", "waltz", 0.7, 0.4),
            },
            144,
            beats=3,
            seed=6,
        ),
        Form(
            "without return",
            "ABCDE",
            {"A": 6, "B": 8, "C": 6, "D": 8, "E": 6},
            {
                "A": Part((C, F), "pluck", "", 0.0),
                "B": Part((AM, DM), "muted", "rock", 0.8),
                "C": Part((EB, AB), "pad", "hats", 0.0, 0.8),
                "D": Part((G, D), "organ", "dance", 1.0, 0.6),
                "E": Part((FSM, B), "pad", "", 0.0, 0.1),
            },
            110,
            seed=7,
        ),
        Form(
            "drums come and go",
            "ABABA",
            {"A": 8, "B": 8},
            {
                "A": Part((AM, F, C, G), "pluck", "", 0.6, 0.4),
                "B": Part((AM, F, C, G), "pluck", "rock", 0.9, 0.4),
            },
            112,
            seed=8,
        ),
        Form(
            "quiet and loud",
            "ABABAC",
            {"A": 8, "B": 8, "C": 6},
            {
                "A": Part((EM, C, G, D), "muted", "half", 0.6, level=0.5),
                "B": Part((EM, C, G, D), "guitar", "rock", 0.9, level=1.2),
                "C": Part((EM,), "pad", "", 0.0, 0.3, level=0.8),
            },
            138,
            seed=9,
        ),
        Form(
            "slow pads",
            "ABACB",
            {"A": 5, "B": 5, "C": 5},
            {
                "A": Part((C, G), "pad", "", 0.0, 0.2),
                "B": Part((FSM, B), "pad", "", 0.0, 0.2),
                "C": Part((DM, BB), "pad", "", 0.0, 0.9),
            },
            64,
            seed=10,
        ),
    )
}
"""All pieces by a short name, made when they are called."""
