"""Numbers for looks, as the median over the songs: python -m tests.benchmarks.looks [--looks A,B] [--json]

Lines are printed as looks are measured. `--songs rock,75s` leaves the other songs out; with `--flash-limit
dim` the limiter is that of version 0.1. With `--loss` the shares are measured that calming and dimming alone
take of r, and of the answer to a hit (the slope of frame change over onsets: r does not see that a picture is
darker), for each percussive song that they change.

hits      r of frame change and onsets at the best lag, over percussive songs
shifted   what 95 % of shifts of the sound stay below
loud      correlation of mean luminance and smoothed loudness
music     difference between songs at one second over that of one song at others (1: as much as time)
fine      share of the energy of lightness finer than 10 px, at 640x360
limited   r of hits in frames calmed and dimmed by the flash limiter
calmed    share of frames that the flash limiter calms, of the song with most; swing: the least swing
dimmed    share of frames that it dims, of the song with most; light: the lowest exposure
ms        of processor time of a frame at 720p, flat and lit, the quickest of a few; n threads need 1/n
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF
from explorer.fields.presets import LOOKS
from explorer.rendering.flash_limiter import Exposure, Mode
from explorer.rendering.renderer import Renderer
from tests.benchmarks import look_measures as measures
from tests.benchmarks.songs import songs

SMALL, FPS = (160, 90), 12  # of the pictures of whole songs
LOSS_FPS = 30  # of those whose loss is measured: hits and what lies between them are apart
LARGE = (640, 360)  # of those whose fine structure is measured, and that flashes are judged for
CLOCK_SECONDS = 2.0  # between moments at which songs are compared
FINE_SHARES = (0.15, 0.35, 0.55, 0.75)  # of a song: moments whose fine structure is measured
TIMED_FRAMES = 6
MAX_HIDDEN = 64  # wider networks take minutes; they are measured when they are named

Numbers = dict[str, float | None]


def looks_of(names: list[str] | None) -> dict[str, FieldSettings]:
    """Looks by name; without names all but wide networks."""
    every = {name: field for kind in LOOKS.values() for name, field in kind.items()}
    if names:
        return {name: every[name] for name in names}
    return {name: field for name, field in every.items() if getattr(field, "hidden", 0) <= MAX_HIDDEN}


def measure_look(field: FieldSettings, sounds: list[Path], mode: Mode = "calm") -> Numbers:
    """All numbers of a look."""
    rows, clocks = [], []
    tracks = [field.analyze(sound) for sound in sounds]
    for track in tracks:
        numbers, frames = _measure_song(field, track, mode)
        rows.append(numbers)
        clocks.append(frames[:: round(CLOCK_SECONDS * FPS)])
    with_hits = [row for row, track in zip(rows, tracks, strict=True) if measures.is_percussive(track)]
    result: Numbers = {name: float(np.median([row[name] for row in rows])) for name in rows[0]}
    for name in ("hits", "shifted", "limited"):
        result[name] = float(np.median([row[name] for row in with_hits or rows]))
    result["music"] = measures.music_against_clock(clocks, CLOCK_SECONDS)
    result |= {name: max(row[name] for row in rows) for name in ("calmed", "dimmed")}
    result |= {name: min(row[name] for row in rows) for name in ("swing", "light")}
    return {**result, **_milliseconds(field, tracks[0])}


def _measure_song(
    field: FieldSettings, track: FeatureTrack, mode: Mode
) -> tuple[dict[str, float], np.ndarray]:
    """The numbers of one song, and its small pictures."""
    times = np.arange(int(track.duration * FPS)) / FPS
    with Renderer(field, track, SMALL, device="cpu") as renderer:
        frames = np.stack(list(renderer.frames(times)))
    with Renderer(field, track, LARGE, device="cpu") as renderer:
        fine = [measures.fine_share(renderer.frame(share * track.duration)) for share in FINE_SHARES]
    exposure = Exposure(field, track, LARGE, mode=mode)
    exposure.prepare(0.0, track.duration)
    limits = {"least_swing": 1.0, "calmed": 0.0, **exposure.summary(times)}
    hits, shifted = measures.hits(frames, track, times)
    numbers = {
        "hits": hits,
        "shifted": shifted,
        "loud": measures.brightness_by_loudness(frames, track, times),
        "fine": float(np.median(fine)),
        "limited": hits,
        "calmed": limits["calmed"],
        "swing": limits["least_swing"],
        "dimmed": limits["dimmed"],
        "light": limits["least_exposure"],
    }
    if limits["calmed"] or limits["dimmed"]:
        with Renderer(field, track, SMALL, device="cpu", exposure=exposure) as renderer:
            limited = np.stack(list(renderer.frames(times)))
        numbers["limited"] = measures.hits(limited, track, times)[0]
    return numbers, frames


class ReactivityLoss(NamedTuple):
    """What calming and dimming alone take on a song, as shares: of r, and of the answer to a hit."""

    song: str
    r: float  # without a limit
    calm: tuple[float, float]
    dim: tuple[float, float]


def reactivity_loss(field: FieldSettings, sounds: list[Path]) -> list[ReactivityLoss]:
    """The losses of each percussive song; songs where no frame changes are left out."""
    rows = []
    for track in filter(measures.is_percussive, map(field.analyze, sounds)):
        times = np.arange(int(track.duration * LOSS_FPS)) / LOSS_FPS
        answers = []
        for mode in (None, "calm", "dim"):
            exposure = None if mode is None else Exposure(field, track, LARGE, mode=mode)
            if exposure is not None:
                exposure.prepare(0.0, track.duration)
            with Renderer(field, track, SMALL, device="cpu", exposure=exposure) as renderer:
                frames = np.stack(list(renderer.frames(times)))
            r = measures.hits(frames, track, times)[0]
            answers.append((r, r * float(measures.frame_changes(frames).std())))
        free, *limited = answers
        if limited != [free, free]:
            losses = [(1 - r / free[0], 1 - answer / free[1]) for r, answer in limited]
            rows.append(ReactivityLoss(track.name, free[0], *losses))
    return rows


def _milliseconds(field: FieldSettings, track: FeatureTrack) -> Numbers:
    """Of a frame, without and with light and finish."""
    plain = field.replace(light=LIGHT_OFF, finish=FINISH_OFF)
    is_lit = field.light.on or field.finish.on
    return {"flat_ms": _frame_ms(plain, track), "lit_ms": _frame_ms(field, track) if is_lit else None}


def _frame_ms(field: FieldSettings, track: FeatureTrack) -> float:
    with Renderer(field, track, "720p", device="cpu", threads=1) as renderer:
        renderer.frame(10.0)
        taken = []
        for n in range(TIMED_FRAMES):
            began = time.process_time()  # a busy machine does not change it
            renderer.frame(20.0 + 3 * n)
            taken.append(time.process_time() - began)
    return 1000 * min(taken)


COLUMNS = (
    "hits", "shifted", "loud", "music", "fine", "limited", "calmed", "swing", "dimmed", "light",
    "flat_ms", "lit_ms",
)  # fmt: skip


def heading() -> str:
    """The line above the table."""
    return f"{'look':<16}" + "".join(f"{name:>9}" for name in COLUMNS)


def line(name: str, numbers: dict[str, Any]) -> str:
    """A line of the table."""
    digits = {"fine": 4, "flat_ms": 1, "lit_ms": 1}
    cells = ("-" if numbers[c] is None else f"{numbers[c]:.{digits.get(c, 2)}f}" for c in COLUMNS)
    return f"{name:<16}" + "".join(f"{cell:>9}" for cell in cells)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--looks", help="names of looks, with commas between")
    parser.add_argument(
        "--flash-limit", choices=("calm", "dim"), default="calm", help="what the limiter does"
    )
    parser.add_argument("--loss", action="store_true", help="what calming and dimming take from r")
    parser.add_argument("--songs", help="parts of the names of songs, with commas between")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    parts = (options.songs or "").split(",")
    paths = [song.path for song in songs() if any(part in song.name for part in parts)]
    table = {}
    if options.loss:
        for name, field in looks_of(options.looks and options.looks.split(",")).items():
            for loss in reactivity_loss(field, paths):
                calm, dim = (f"{r:.1%} of r, {answer:.1%} of answers" for r, answer in (loss.calm, loss.dim))
                sys.stdout.write(f"{name:<16}{loss.song:<24} r {loss.r:.2f}, lost: calm {calm}; dim {dim}\n")
                sys.stdout.flush()
        sys.exit()
    if not options.json:
        sys.stdout.write(heading() + "\n")
    for name, field in looks_of(options.looks and options.looks.split(",")).items():
        table[name] = measure_look(field, paths, options.flash_limit)
        if not options.json:
            sys.stdout.write(line(name, table[name]) + "\n")
            sys.stdout.flush()
    if options.json:
        sys.stdout.write(json.dumps(table, indent=1) + "\n")
