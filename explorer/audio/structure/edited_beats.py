"""Measured beats with edits applied, and the edits that lead from measured beats to others.

`edited_beats` and `beat_edits` are inverse to each other: what somebody does to the beats and takes back
leaves no edit, and so the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

from explorer.audio.edits import MIN_BEAT_SECONDS, BeatEdits, DownbeatEdits, Edits, seconds
from explorer.audio.structure.rhythm import Rhythm

MATCH_SECONDS = 0.05  # within which an edit finds its beat: a new analysis may move it a little
MAX_GAP_SECONDS = 4.0  # between two beats of one stretch of sound
SAME_SECONDS = 5e-7  # half of what documents hold

Seconds = Float64[np.ndarray, " beats"]


@dataclass(frozen=True)
class Beat:
    """A beat of an edited rhythm; `origin` is its number among the measured ones, None of an added one."""

    time: float
    is_downbeat: bool
    origin: int | None


def measured_beats(base: Rhythm) -> tuple[Beat, ...]:
    """The beats of a rhythm without edits."""
    pairs = zip(base.beats.tolist(), base.is_downbeat.tolist(), strict=True)
    return tuple(Beat(time, is_downbeat, number) for number, (time, is_downbeat) in enumerate(pairs))


def edited_beats(base: Rhythm, edits: Edits) -> tuple[tuple[Beat, ...], list[str]]:
    """The beats after some edits; and in words the edits that do not fit, which are left out."""
    misfits: list[str] = []
    times = base.beats
    moved = {}
    for start, end in edits.beats.moved:
        number = _nearest(times, start)
        if number is None or number in moved:
            misfits.append(f"the move of a beat from {start:.2f} s to {end:.2f} s: there is no beat")
        else:
            moved[number] = end
    deleted = set()
    for time in edits.beats.deleted:
        number = _nearest(times, time)
        if number is None or number in moved:
            misfits.append(f"the deletion of a beat at {time:.2f} s: there is no beat")
        else:
            deleted.add(number)
    rows = [beat for beat in measured_beats(base) if beat.origin not in deleted]
    rows = _moved_rows(rows, moved, misfits)
    rows = _with_added(rows, edits.beats.added, misfits)
    return _with_downbeats(rows, edits.downbeats, misfits), misfits


def _moved_rows(rows: list[Beat], moved: dict[int, float], misfits: list[str]) -> list[Beat]:
    """The beats at their new places; a beat that would meet or pass another one stays."""
    targets = dict(moved)
    while True:
        result = [replace(beat, time=targets.get(_number(beat), beat.time)) for beat in rows]
        meeting = [
            _number(beat)
            for pair in pairwise(result)
            if pair[1].time - pair[0].time < MIN_BEAT_SECONDS
            for beat in pair
            if _number(beat) in targets
        ]
        if not meeting:
            return result
        number = meeting[0]
        start = next(beat.time for beat in rows if beat.origin == number)
        end = targets.pop(number)
        misfits.append(f"the move of a beat from {start:.2f} s to {end:.2f} s: it meets another")


def _with_added(rows: list[Beat], added: Iterable[float], misfits: list[str]) -> list[Beat]:
    times = np.array([beat.time for beat in rows])
    result = list(rows)
    for time in added:
        if len(times) and np.abs(times - time).min() < MIN_BEAT_SECONDS:
            misfits.append(f"a beat at {time:.2f} s: there is one already")
        else:
            result.append(Beat(time, False, None))
    return sorted(result, key=lambda beat: beat.time)


def _with_downbeats(rows: list[Beat], edits: DownbeatEdits, misfits: list[str]) -> tuple[Beat, ...]:
    times = np.array([beat.time for beat in rows])
    for is_downbeat, moments in ((True, edits.added), (False, edits.deleted)):
        for time in moments:
            number = _nearest(times, time)
            if number is None:
                misfits.append(f"a downbeat at {time:.2f} s: there is no beat")
            else:
                rows[number] = replace(rows[number], is_downbeat=is_downbeat)
    return tuple(rows)


def _nearest(times: Seconds, time: float) -> int | None:
    """The number of the beat at a time; None where there is none."""
    if not len(times):
        return None
    number = int(np.abs(times - time).argmin())
    return number if abs(times[number] - time) <= MATCH_SECONDS else None


def _number(beat: Beat) -> int:
    return -1 if beat.origin is None else beat.origin


def beat_edits(base: Rhythm, beats: Iterable[Beat]) -> tuple[BeatEdits, DownbeatEdits]:
    """The edits that make these beats of the measured ones."""
    beats = tuple(beats)
    origins = {beat.origin for beat in beats}
    moved, added = [], []
    downbeats: dict[bool, list[float]] = {True: [], False: []}
    for beat in beats:
        was_downbeat = False
        if beat.origin is None:
            added.append(seconds(beat.time))
        else:
            start = float(base.beats[beat.origin])
            was_downbeat = bool(base.is_downbeat[beat.origin])
            if abs(start - beat.time) > SAME_SECONDS:
                moved.append((seconds(start), seconds(beat.time)))
        if beat.is_downbeat != was_downbeat:
            downbeats[beat.is_downbeat].append(seconds(beat.time))
    deleted = tuple(seconds(time) for number, time in enumerate(base.beats.tolist()) if number not in origins)
    return (
        BeatEdits(moved=tuple(moved), added=tuple(added), deleted=deleted),
        DownbeatEdits(added=tuple(downbeats[True]), deleted=tuple(downbeats[False])),
    )


def rhythm_of(base: Rhythm, beats: tuple[Beat, ...]) -> Rhythm:
    """The rhythm of edited beats; the measured one itself where nothing differs.

    Beats belong to one stretch of sound where they did when they were measured, and an added one to its
    neighbors; a long gap ends a stretch.
    """
    if beats == measured_beats(base):
        return base
    stretch, number = [], 0
    for n, beat in enumerate(beats):
        if n and not are_joined(base, beats[n - 1], beat):
            number += 1
        stretch.append(number)
    return Rhythm(
        np.array([beat.time for beat in beats], np.float64),
        np.array([beat.is_downbeat for beat in beats], bool),
        np.array(stretch, np.int64),
    )


def are_joined(base: Rhythm, beat: Beat, following: Beat) -> bool:
    """Whether two beats in a row belong to one stretch of sound."""
    if following.time - beat.time > MAX_GAP_SECONDS:
        return False
    if beat.origin is None or following.origin is None:
        return True
    return bool(base.stretch[beat.origin] == base.stretch[following.origin])
