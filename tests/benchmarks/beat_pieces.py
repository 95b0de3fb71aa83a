"""Pieces whose beats and bars are known: meters, swing, changing tempo, silence, quiet music."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from tests.benchmarks import instruments as play
from tests.benchmarks.instruments import RATE, Samples, hertz, place

CHORDS = (("c3", "e3", "g3"), ("a2", "c3", "e3"), ("f2", "a2", "c3"), ("g2", "b2", "d3"))


@dataclass(frozen=True)
class BeatPiece:
    """A piece, and its beats and downbeats in seconds."""

    name: str
    samples: Samples
    beats: np.ndarray
    downbeats: np.ndarray
    tempo_hint: float | None = None


@dataclass
class _Score:
    """A piece while it is written. `beats` are its times, of which every `meter`-th begins a bar."""

    beats: np.ndarray
    meter: int = 4
    first: int = 0  # beat that begins the first bar
    silent: set[int] = field(default_factory=set)  # beats in which nothing sounds, and which do not count

    def __post_init__(self) -> None:
        self.out = np.zeros(round((self.beats[-1] + 2.0) * RATE))
        self.lengths = np.append(np.diff(self.beats), self.beats[-1] - self.beats[-2])

    def steps(self) -> Iterator[tuple[int, int, int, float, float]]:
        """Number, bar, place in the bar, time and length of each beat that sounds."""
        for n, (at, length) in enumerate(zip(self.beats, self.lengths, strict=True)):
            if n not in self.silent:
                yield n, (n - self.first) // self.meter, (n - self.first) % self.meter, at, length

    def piece(self, name: str, noise: float = 0.0, tempo_hint: float | None = None) -> BeatPiece:
        counts = np.array([n for n, *_ in self.steps()])
        downbeats = counts[(counts - self.first) % self.meter == 0]
        samples = self.out + noise * play.noise(len(self.out) / RATE, 11)[: len(self.out)]
        return BeatPiece(name, samples, self.beats[counts], self.beats[downbeats], tempo_hint)


def _times(bpm: np.ndarray, start: float = 0.5) -> np.ndarray:
    """The times of beats that have these tempos."""
    return start + np.concatenate([[0.0], np.cumsum(60 / bpm[:-1])])


def _steady(bpm: float, count: int) -> np.ndarray:
    return np.full(count, float(bpm))


def _drums(
    score: _Score, kicks: dict[int, float], snares: dict[int, float], hats: int = 2, swing: float = 0.5
) -> None:
    """Kick and snare at places of the bar (with their levels), and `hats` a beat."""
    for _, _, beat, at, length in score.steps():
        for sound, levels in ((play.kick(), kicks), (play.snare(), snares)):
            if beat in levels:
                place(score.out, sound, at, levels[beat])
        for n in range(hats):
            place(
                score.out,
                play.hat(0.03),
                at + (swing if n == 1 and hats == 2 else n / hats) * length,
                0.5 - 0.2 * (n % 2),
            )


def _bass(score: _Score, walking: bool = False) -> None:
    for _, bar, beat, at, length in score.steps():
        notes = CHORDS[bar % 4]
        if beat == 0 or walking:
            note = notes[beat % 3] if walking else notes[0]
            place(
                score.out,
                play.bass(hertz(note) / 2, round(min(length, 0.6) * (1 if walking else 2), 3)),
                at,
                0.7,
            )


def _chords(score: _Score, level: float = 0.5, each: bool = False) -> None:
    """The chord of each bar, struck when it begins or on each beat."""
    for _, bar, beat, at, _length in score.steps():
        if beat == 0 or each:
            for note in CHORDS[bar % 4]:
                place(score.out, play.pluck(2 * hertz(note), 1.2), at, level * (1.0 if beat == 0 else 0.6))


def _arpeggio(score: _Score, level: float = 0.5) -> None:
    for _, bar, beat, at, length in score.steps():
        for n in range(2):
            note = CHORDS[bar % 4][(2 * beat + n) % 3]
            place(score.out, play.pluck(2 * hertz(note), 1.0), at + n * length / 2, level)


ROCK = {0: 1.0, 2: 0.9}, {1: 0.9, 3: 0.9}


def _rock(bpm: np.ndarray, **score: object) -> _Score:
    made = _Score(_times(bpm), **score)  # type: ignore[arg-type]
    _drums(made, *ROCK)
    _bass(made)
    _chords(made)
    return made


def _rock_120() -> BeatPiece:
    return _rock(_steady(120, 56)).piece("rock 120")


def _slow() -> BeatPiece:
    return _rock(_steady(84, 44)).piece("slow 84")


def _fast() -> BeatPiece:
    return _rock(_steady(160, 72)).piece("fast 160")


def _breaks() -> BeatPiece:
    score = _Score(_times(_steady(174, 80)))
    for _, bar, beat, at, length in score.steps():
        for kick in {0: (0.0,), 2: (0.5,)}.get(beat, ()):
            place(score.out, play.kick(), at + kick * length)
        if beat in (1, 3):
            place(score.out, play.snare(), at, 0.9)
        for n in range(2):
            place(score.out, play.hat(0.02), at + n * length / 2, 0.4)
        if beat == 0 and bar % 2 == 0:
            place(score.out, play.pad(CHORDS[bar // 2 % 4], 2.7, 0.4, 0.1), at, 0.8)
    _bass(score)
    return score.piece("breakbeat 174", tempo_hint=174)


def _faster() -> BeatPiece:
    return _rock(np.linspace(95, 145, 64)).piece("from 95 to 145")


def _slower() -> BeatPiece:
    return _rock(np.linspace(140, 88, 60)).piece("from 140 to 88")


def _wander() -> BeatPiece:
    return _rock(115 * (1 + 0.08 * np.sin(np.arange(60) / 6))).piece("wandering 115")


def _jump() -> BeatPiece:
    return _rock(np.concatenate([_steady(100, 28), _steady(140, 40)])).piece("100, then 140")


def _human() -> BeatPiece:
    beats = _times(_steady(112, 56)) + np.random.default_rng(3).normal(0, 0.012, 56)
    score = _Score(beats)
    _drums(score, *ROCK)
    _bass(score)
    _chords(score)
    return score.piece("played by hand")


def _waltz(bpm: float, name: str, drums: bool) -> BeatPiece:
    score = _Score(_times(_steady(bpm, round(bpm * 0.5 / 3) * 3)), meter=3)
    if drums:
        _drums(score, {0: 1.0}, {1: 0.5, 2: 0.5}, hats=1)
    _bass(score)
    _chords(score, each=True)
    return score.piece(name)


def _five() -> BeatPiece:
    score = _Score(_times(_steady(132, 65)), meter=5)
    _drums(score, {0: 1.0, 3: 0.9}, {1: 0.3, 4: 0.9})
    _bass(score)
    _chords(score)
    return score.piece("5/4 at 132")


def _seven() -> BeatPiece:
    score = _Score(_times(_steady(140, 70)), meter=7)
    _drums(score, {0: 1.0, 4: 0.9}, {2: 0.9, 5: 0.9}, hats=1)
    _bass(score)
    _chords(score)
    return score.piece("7/4 at 140")


def _swing(bpm: float, name: str) -> BeatPiece:
    score = _Score(_times(_steady(bpm, round(bpm / 8) * 4)))
    _drums(score, {0: 0.7}, {1: 0.4, 3: 0.4}, swing=2 / 3)
    _bass(score, walking=True)
    _chords(score, 0.3)
    return score.piece(name)


def _silence() -> BeatPiece:
    return _rock(_steady(120, 72), silent=set(range(28, 44))).piece("8 s of silence")


def _half_time() -> BeatPiece:
    score = _Score(_times(_steady(140, 64)))
    _drums(score, {0: 1.0}, {2: 1.0})
    _bass(score)
    _chords(score, 0.4)
    return score.piece("half-time 140", tempo_hint=140)


def _half_time_part() -> BeatPiece:
    score = _Score(_times(_steady(126, 64)))
    for n, _, beat, at, length in score.steps():
        kicks, snares = ((0, 2), (1, 3)) if n < 32 else ((0,), (2,))
        if beat in kicks:
            place(score.out, play.kick(), at)
        if beat in snares:
            place(score.out, play.snare(), at, 0.9)
        for k in range(2):
            place(score.out, play.hat(0.03), at + k * length / 2, 0.5 - 0.2 * k)
    _bass(score)
    _chords(score)
    return score.piece("half-time from the middle")


def _sparse(quiet_beats: int = 64, band_beats: int = 28) -> BeatPiece:
    """Quiet clicks 0.67 s apart, for 44 s unless said, then a band."""
    beats = 0.7 + 0.67 * np.arange(quiet_beats + band_beats)
    score = _Score(beats)
    for n, bar, beat, at, length in score.steps():
        if n < quiet_beats:
            place(score.out, play.pluck(hertz("e3" if beat == 0 else "a3"), 0.3, 0.1), at, 4e-4)
            continue
        for sound, places in ((play.kick(), (0, 2)), (play.snare(), (1, 3))):
            if beat in places:
                place(score.out, sound, at)
        for k in range(2):
            place(score.out, play.hat(0.03), at + k * length / 2, 0.5)
        if beat == 0:
            place(score.out, play.bass(hertz(CHORDS[bar % 4][0]) / 2, 1.2), at, 0.8)
            place(score.out, play.pad(CHORDS[bar % 4], 2.6, 0.6, 0.05), at, 0.8)
    return score.piece("quiet and sparse, then a band")


def _piano() -> BeatPiece:
    score = _Score(_times(_steady(100, 48)))
    _chords(score, each=True)
    return score.piece("piano 100")


def _broken_chords() -> BeatPiece:
    score = _Score(_times(_steady(120, 56)))
    _arpeggio(score)
    _bass(score)
    return score.piece("broken chords 120")


def _off_beat() -> BeatPiece:
    score = _Score(_times(_steady(104, 52)))
    for _, bar, beat, at, length in score.steps():
        for kick in {0: (0.0,), 1: (0.5,), 2: (0.75,)}.get(beat, ()):
            place(score.out, play.kick(), at + kick * length)
        if beat in (1, 3):
            place(score.out, play.snare(), at, 0.9)
        for k in range(4):
            place(score.out, play.hat(0.02), at + k * length / 4, (0.5, 0.2, 0.35, 0.2)[k])
        for note in CHORDS[bar % 4]:
            place(score.out, play.pluck(2 * hertz(note), 0.4, 0.2), at + length / 2, 0.25)
    _bass(score)
    return score.piece("off the beat 104")


def _upbeat() -> BeatPiece:
    return _rock(_steady(118, 54), first=2).piece("with an upbeat")


def _rain() -> BeatPiece:
    score = _rock(_steady(108, 52))
    score.out *= 0.25
    return score.piece("in noise", noise=0.03)


def _metronome() -> BeatPiece:
    score = _Score(_times(_steady(96, 46)))
    for _, _, beat, at, _ in score.steps():
        place(
            score.out,
            play.pluck(hertz("c6" if beat == 0 else "g5"), 0.15, 0.05),
            at,
            1.0 if beat == 0 else 0.6,
        )
    return score.piece("metronome 96")


PIECES: dict[str, Callable[[], BeatPiece]] = {
    "rock": _rock_120,
    "slow": _slow,
    "fast": _fast,
    "breaks": _breaks,
    "faster": _faster,
    "slower": _slower,
    "wander": _wander,
    "jump": _jump,
    "human": _human,
    "waltz": lambda: _waltz(150, "3/4 at 150", True),
    "slow-waltz": lambda: _waltz(96, "3/4 at 96, no drums", False),
    "five": _five,
    "seven": _seven,
    "swing": lambda: _swing(132, "swing 132"),
    "fast-swing": lambda: _swing(168, "swing 168"),
    "silence": _silence,
    "half-time": _half_time,
    "half-time-part": _half_time_part,
    "sparse": _sparse,
    "piano": _piano,
    "arpeggio": _broken_chords,
    "off-beat": _off_beat,
    "upbeat": _upbeat,
    "rain": _rain,
    "metronome": _metronome,
}
"""All pieces by a short name, made when they are called."""
