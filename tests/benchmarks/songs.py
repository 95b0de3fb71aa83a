"""The songs that looks are judged on: python -m tests.benchmarks.songs FOLDER

Three made pieces of 90 s with known sections (rock drums, a breakbeat, ambient) are the same on every
machine. With the 75 s song they are *the songs*. That song lies beside the checkout, in `shared/audio`, or
where `EXPLORER_SONG` says; without it there are three.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from explorer.audio.array_cache import cache_folder
from tests.benchmarks import instruments as play
from tests.benchmarks.instruments import RATE, Samples, hertz, place

SECONDS = 90.0
VERSION = 1  # raise it whenever the samples change
SONG = "song_75s_gpl2.ogg"
PEAK = 0.89


@dataclass(frozen=True)
class Piece:
    """A made piece: how it is made, and the seconds at which its sections begin, the first at 0."""

    make: Callable[[], Samples]
    sections: dict[str, float]

    @property
    def boundaries(self) -> list[float]:
        """Where one section ends and the next begins."""
        return list(self.sections.values())[1:]


@dataclass(frozen=True)
class Song:
    """A sound file, and where its sections change; None where that is not known."""

    path: Path
    boundaries: list[float] | None

    @property
    def name(self) -> str:
        """The name of the file, without its ending."""
        return self.path.stem


BEAT = 60 / 120  # of the rock piece
ROCK_SECTIONS = {
    "intro": 0.0,
    "verse": 16.0,
    "chorus": 32.0,
    "verse 2": 48.0,
    "break": 60.0,
    "chorus 2": 70.0,
}
VERSE, CHORUS = ("e2", "g2", "a2", "g2"), ("c3", "g2", "d3", "a2")


def rock() -> Samples:
    """120 beats a minute: a quiet guitar, then drums; verse and chorus, a break, chorus."""
    rng = np.random.default_rng(17)
    guitar, drums = np.zeros(round(SECONDS * RATE)), np.zeros(round(SECONDS * RATE))
    for start, end, level in ((0, 16, 0.5), (60, 70, 0.6)):
        _picking(guitar, start, end, level, rng)
    for start, end, loud in ((16, 32, False), (32, 48, True), (48, 60, False), (70, 88, True)):
        _rock_band(guitar, drums, start, end, loud, rng)
    for n in range(8):  # a fill into each chorus
        for start in (32, 70):
            place(drums, play.snare(), start - (8 - n) * BEAT / 4, 0.4 + 0.06 * n)
    place(guitar, play.power_chord(hertz("e2"), 2.0), 88.0, 0.5)
    return play.room(guitar, 0.8, 0.25) + play.room(drums, 0.5, 0.12)


def _picking(out: Samples, start: float, end: float, level: float, rng: np.random.Generator) -> None:
    """Broken chords on a clean guitar, an eighth each."""
    chords = (
        ("e3", "b3", "e4", "g4"),
        ("c3", "g3", "e4", "g4"),
        ("a2", "e3", "c4", "e4"),
        ("b2", "fs3", "d4", "fs4"),
    )
    for n in range(round((end - start) / (BEAT / 2))):
        note = chords[n // 8 % 4][(0, 1, 2, 3, 2, 1, 2, 3)[n % 8]]
        place(out, play.pluck(hertz(note), 1.4), start + n * BEAT / 2, level * rng.uniform(0.8, 1))


def _rock_band(
    guitar: Samples, drums: Samples, start: float, end: float, loud: bool, rng: np.random.Generator
) -> None:
    """Drums, bass and guitar: muted in a verse, open in a chorus."""
    roots = CHORUS if loud else VERSE
    place(drums, play.crash(), start, 0.9)
    for n in range(round((end - start) / (BEAT / 2))):  # eighths
        at, eighth = start + n * BEAT / 2, n % 8
        root = hertz(roots[n // 8 % 4])
        if eighth in ((0, 3, 4, 7) if loud else (0, 4, 5)):
            place(drums, play.kick(), at, 1.0)
        if eighth in (2, 6):
            place(drums, play.snare(), at, 1.0)
        place(drums, play.hat(0.08 if loud else 0.03), at, rng.uniform(0.5, 0.8) * (0.35 if loud else 0.6))
        place(guitar, play.bass(root / 2, BEAT / 2), at, 0.8)
        if loud and eighth % 4 == 0:
            place(guitar, play.power_chord(root, 2 * BEAT), at, 0.8)
        elif not loud:
            place(guitar, play.power_chord(root, BEAT / 2, mute=True), at, 0.5)
    if loud:
        for bar in range(round((end - start) / (4 * BEAT))):
            place(guitar, play.pad(("e4", "g4", "b4"), 4 * BEAT, 0.6, 0.1), start + bar * 4 * BEAT, 0.5)


BAR = 4 * 60 / 170  # of the breakbeat piece
BREAK_SECTIONS = {
    "intro": 0.0,
    "beat": 8 * BAR,
    "breakdown": 24 * BAR,
    "drop": 32 * BAR,
    "beat 2": 48 * BAR,
    "outro": 58 * BAR,
}


def breakbeat() -> Samples:
    """170 beats a minute: pads, a broken beat, a breakdown, a drop with a growling bass."""
    rng = np.random.default_rng(170)
    drums, tones = np.zeros(round(SECONDS * RATE)), np.zeros(round(SECONDS * RATE))
    chords = (("a3", "c4", "e4", "g4"), ("f3", "a3", "c4", "e4"))
    for n in range(16):  # a chord for four bars
        bar = 4 * n
        loud = 0.9 if bar < 8 or 24 <= bar < 32 or bar >= 56 else 0.4
        place(tones, play.pad(chords[n % 2], 4 * BAR, 0.35 + 0.3 * (24 <= bar < 32), 0.4), bar * BAR, loud)
    for n in range(24 * 4, 32 * 4):  # rising bells lead to the drop
        note = hertz(("a4", "c5", "e5", "g5")[n % 4])
        place(tones, play.pluck(note, 0.6, 0.3), n * BAR / 4, 0.15 + 0.35 * (n / 4 - 24) / 8)
    for bar in range(4, 8):
        for eighth in range(8):
            place(drums, play.hat(0.02), (bar + eighth / 8) * BAR, 0.5)
    for first, last, growl in ((8, 24, 0.0), (32, 48, 0.9), (48, 58, 0.3)):
        place(drums, play.crash(), first * BAR, 0.8)
        for bar in range(first, last):
            _broken_bar(drums, tones, bar, growl, rng)
    return play.room(tones, 1.2, 0.35) + play.room(drums, 0.3, 0.08)


def _broken_bar(drums: Samples, tones: Samples, bar: int, growl: float, rng: np.random.Generator) -> None:
    """One bar of sixteenths: kick and snare off the beat, ghost notes, hats, bass."""
    kicks, snares = ((0, 10), (4, 12)) if bar % 2 else ((0, 2, 10), (4, 7, 9, 12, 15))
    for step in range(16):
        at = (bar + step / 16) * BAR
        if step in kicks:
            place(drums, play.kick(), at)
        if step in snares:
            place(drums, play.snare(), at, 1.0 if step in (4, 12) else 0.35)
        if step % 2 == 0:
            place(drums, play.hat(0.06 if step % 4 == 2 else 0.02), at, rng.uniform(0.3, 0.5))
    root = hertz("a1" if bar // 4 % 2 == 0 else "f1")
    for start, length in ((0, 6), (6, 4), (10, 6)):
        place(tones, play.bass(root, length / 16 * BAR, growl), (bar + start / 16) * BAR, 1.0 + 0.3 * growl)


AMBIENT_SECTIONS = {"drone": 0.0, "bells": 24.0, "thin": 48.0, "full": 66.0}


def ambient() -> Samples:
    """Pads and bells without a drum: a low drone, bells, a thin passage, full and bright."""
    rng = np.random.default_rng(4)
    out = np.zeros(round(SECONDS * RATE))
    for start, notes in ((-2, ("d2", "a2", "d3")), (6, ("d2", "as2", "f3")), (14, ("c2", "g2", "e3"))):
        place(out, play.pad(notes, 12.0, 0.12, 4.0), max(0, start), 1.0)
    for start, notes in ((24, ("f3", "a3", "c4", "g4")), (32, ("g3", "b3", "d4")), (40, ("a3", "c4", "e4"))):
        place(out, play.pad(notes, 9.0, 0.4, 2.5), start, 1.0)
    for at in np.cumsum(rng.uniform(0.7, 2.2, 16)):
        if at < 24:
            place(out, play.pluck(hertz(rng.choice(("c5", "e5", "g5", "a5", "d6"))), 4.0, 2.0), 24 + at, 0.45)
    place(out, play.pad(("e5", "b5"), 19.0, 0.2, 5.0), 48.0, 0.5)
    chords = (("d3", "a3", "d4", "fs4", "a4"), ("b2", "fs3", "b3", "d4", "fs4"), ("g2", "d3", "b3", "g4"))
    for n, notes in enumerate(chords):
        place(out, play.pad(notes, 9.0, 0.9, 1.5), 66 + 8 * n, 1.5)
    return play.fade(play.room(out, 3.0, 0.8), 0.5, 4.0)


PIECES = {
    "rock": Piece(rock, ROCK_SECTIONS),
    "breakbeat": Piece(breakbeat, BREAK_SECTIONS),
    "ambient": Piece(ambient, AMBIENT_SECTIONS),
}


def write(name: str, folder: Path) -> Path:
    """A piece as FLAC in a folder; one that lies there already is left as it is."""
    path = folder / f"{name}_{VERSION}.flac"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        samples = PIECES[name].make()
        part = path.with_suffix(f".{os.getpid()}.part")
        soundfile.write(part, PEAK * samples / np.abs(samples).max(), RATE, "PCM_16", format="FLAC")
        part.replace(path)
    return path


def songs(folder: Path | None = None) -> list[Song]:
    """*The songs*: the three pieces, written where they are missing, and the 75 s song where there is one."""
    folder = folder or cache_folder().parent / "songs"
    made = [Song(write(name, folder), piece.boundaries) for name, piece in PIECES.items()]
    return [*made, *[Song(path, None) for path in _song_paths() if path.is_file()][:1]]


def _song_paths() -> list[Path]:
    checkout = Path(__file__).parents[2]
    beside = [root / "shared" / "audio" / SONG for root in (checkout, checkout.parent)]
    return [Path(os.environ["EXPLORER_SONG"])] if "EXPLORER_SONG" in os.environ else beside


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("name a folder: python -m tests.benchmarks.songs FOLDER")
    for song in songs(Path(sys.argv[1])):
        sys.stdout.write(f"{song.path}  sections change at {song.boundaries or 'unknown'} s\n")
