"""Beats, bars and sections of a sound that can be edited: each step gives a new structure, `edits` all of it.

The rules are here, whoever edits: beats never meet or pass each other, sections never overlap, the first
section starts at 0. A step that would break them raises SettingsError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Self

import numpy as np

from explorer.audio.edited_sections import Sections, sections_of
from explorer.audio.edits import MIN_BEAT_SECONDS, MIN_SECTION_SECONDS, Edits, seconds, section_name
from explorer.audio.structure.edited_beats import (
    SAME_SECONDS,
    Beat,
    are_joined,
    beat_edits,
    edited_beats,
    measured_beats,
)
from explorer.audio.structure.rhythm import Rhythm, cached_rhythm
from explorer.audio.track import FeatureTrack
from explorer.errors import SettingsError
from explorer.progress import Progress, silent

SELECTION_SECONDS = 0.002  # within which a step finds its beat or section
RESTORE_SECONDS = 0.02  # an added beat this near to a deleted one is that one again
TAP_SECONDS = 0.12  # around a tap, in which it takes the place of a beat
METERS = range(2, 13)  # beats of a bar that can be set


@dataclass(frozen=True)
class TrackStructure:
    """Beats and sections of one sound, with what was measured (`base`, `base_sections`)."""

    name: str
    sha256: str
    duration: float
    base: Rhythm
    base_sections: Sections
    beats: tuple[Beat, ...]
    sections: Sections

    @classmethod
    def of(cls, path: Path, track: FeatureTrack, *, cache: bool = True, progress: Progress = silent) -> Self:
        """The structure that was measured; `track` has the group `sections` and no edits."""
        base = cached_rhythm(path, track.sha256, track.settings.tempo_hint, cache, progress)
        sections = tuple((section.start, section.name) for section in sections_of(track))
        beats = measured_beats(base)
        return cls(track.name, track.sha256, track.duration, base, sections, beats, sections)

    def with_edits(self, edits: Edits | None) -> tuple[Self, list[str]]:
        """The measured structure with these edits instead of its own, and in words those that do not fit.

        Raises SettingsError for edits of another sound.
        """
        if edits is None:
            return replace(self, beats=measured_beats(self.base), sections=self.base_sections), []
        edits.check_sound(self.name, self.sha256)
        beats, misfits = edited_beats(self.base, edits)
        sections = self.base_sections if edits.sections is None else edits.sections
        return replace(self, beats=beats, sections=sections), misfits

    @property
    def edits(self) -> Edits:
        """What was changed, for `analyze(path, edits=...)`."""
        beats, downbeats = beat_edits(self.base, self.beats)
        same = self.sections == self.base_sections
        return Edits(
            name=self.name,
            sha256=self.sha256,
            duration=self.duration,
            beats=beats,
            downbeats=downbeats,
            sections=None if same else self.sections,
        )

    def add_beat(self, time: float) -> Self:
        """A beat at a time; a deleted one near it comes back. Raises SettingsError beside another beat."""
        time = self._inside(time, "a beat")
        place = int(np.searchsorted([beat.time for beat in self.beats], time))
        self._check_free(time, self.beats[max(0, place - 1) : place + 1])
        origin = self._deleted_origin(time, RESTORE_SECONDS)
        is_downbeat = False
        if origin is not None:
            is_downbeat = bool(self.base.is_downbeat[origin])
            time = self._measured(origin, time)
        beat = Beat(time, is_downbeat, origin)
        return replace(self, beats=(*self.beats[:place], beat, *self.beats[place:]))

    def delete_beat(self, time: float) -> Self:
        """Without the beat at a time."""
        place = self._beat(time)
        return replace(self, beats=(*self.beats[:place], *self.beats[place + 1 :]))

    def move_beat(self, time: float, target: float) -> Self:
        """The beat at a time at another place between its neighbors."""
        place, target = self._beat(time), self._inside(target, "a beat")
        before, after = self.beats[max(0, place - 1) : place], self.beats[place + 1 : place + 2]
        self._check_free(target, (*before, *after))
        if any(beat.time > target for beat in before) or any(beat.time < target for beat in after):
            raise SettingsError(
                f"the beat at {time:.2f} s cannot pass its neighbor on the way to {target:.2f} s; move or "
                "delete that one first"
            )
        beat = self.beats[place]
        origin = self._deleted_origin(target, 2 * SAME_SECONDS) if beat.origin is None else beat.origin
        target = target if origin is None else self._measured(origin, target)
        return self._with_beat(place, replace(beat, time=target, origin=origin))

    def toggle_downbeat(self, time: float) -> Self:
        """The beat at a time begins a bar, or no more."""
        place = self._beat(time)
        beat = self.beats[place]
        return self._with_beat(place, replace(beat, is_downbeat=not beat.is_downbeat))

    def set_meter(self, time: float, meter: int) -> Self:
        """From the beat at a time to the end, or to the next gap, bars of so many beats."""
        if meter not in METERS:
            raise SettingsError(f"bars of {meter} beats: allowed are {METERS[0]} to {METERS[-1]}")
        first = self.beats[self._beat(time)]
        beats: list[Beat] = []
        for run in self._stretches():
            place = run.index(first) if first in run else len(run)
            bars = [replace(beat, is_downbeat=n % meter == 0) for n, beat in enumerate(run[place:])]
            beats += [*run[:place], *bars]
        return replace(self, beats=tuple(beats))

    def double_tempo(self) -> Self:
        """A beat halfway between every two; bars stay where they are."""
        beats: list[Beat] = []
        for beat, following in zip_longest(self.beats, self.beats[1:]):
            beats.append(beat)
            if following is None or not are_joined(self.base, beat, following):
                continue
            if following.time - beat.time < 2 * MIN_BEAT_SECONDS + SAME_SECONDS:
                raise SettingsError(f"the beats at {beat.time:.2f} s are too close for one between them")
            beats.append(Beat(seconds((beat.time + following.time) / 2), False, None))
        return replace(self, beats=tuple(beats))

    def halve_tempo(self) -> Self:
        """Every second beat of each stretch of sound, the first downbeat among them."""
        beats: list[Beat] = []
        for run in self._stretches():
            first = next((n for n, beat in enumerate(run) if beat.is_downbeat), 0)
            beats += run[first % 2 :: 2]
        return replace(self, beats=tuple(beats))

    def tap_beats(self, times: Iterable[float]) -> Self:
        """Beats at these times instead of those from the first to the last of them.

        A downbeat there goes to the tap next to it.
        """
        taps = [self._inside(time, "a beat") for time in sorted(times)]
        taps = [time for n, time in enumerate(taps) if not n or time - taps[n - 1] >= MIN_BEAT_SECONDS]
        if not taps:
            return self
        low, high = taps[0] - TAP_SECONDS, taps[-1] + TAP_SECONDS
        replaced = [beat for beat in self.beats if low < beat.time < high]
        result = replace(self, beats=tuple(beat for beat in self.beats if beat not in replaced))
        for time in taps:
            result = result.add_beat(time)
        reach = float(np.median(np.diff(taps))) / 2 if len(taps) > 1 else TAP_SECONDS
        for beat in replaced:
            place = int(np.abs(np.array([each.time for each in result.beats]) - beat.time).argmin())
            near = result.beats[place]
            if beat.is_downbeat and abs(near.time - beat.time) <= reach:
                result = result._with_beat(place, replace(near, is_downbeat=True))
        return result

    def split_section(self, time: float, name: str = "") -> Self:
        """A new section from a time on."""
        time = self._inside(time, "a section")
        return self._with_sections(sorted((*self.sections, (time, section_name(name)))))

    def merge_section(self, start: float) -> Self:
        """Without the boundary at a time: its section belongs to the one before."""
        place = self._section(start)
        if place == 0:
            raise SettingsError("the first section starts at 0 s; there is none before it")
        return self._with_sections([*self.sections[:place], *self.sections[place + 1 :]])

    def move_section(self, start: float, target: float) -> Self:
        """The boundary at a time at another place between its neighbors."""
        place, target = self._section(start), self._inside(target, "a section")
        if place == 0:
            raise SettingsError("the first section starts at 0 s, always")
        sections = list(self.sections)
        sections[place] = (target, sections[place][1])
        return self._with_sections(sections)

    def rename_section(self, start: float, name: str) -> Self:
        """The section from a time on under another name; an empty one takes the name away."""
        place = self._section(start)
        sections = list(self.sections)
        sections[place] = (sections[place][0], section_name(name))
        return self._with_sections(sections)

    def _stretches(self) -> list[list[Beat]]:
        """The beats of each stretch of sound."""
        runs: list[list[Beat]] = []
        for n, beat in enumerate(self.beats):
            if n and are_joined(self.base, self.beats[n - 1], beat):
                runs[-1].append(beat)
            else:
                runs.append([beat])
        return runs

    def _with_sections(self, sections: list[tuple[float, str]]) -> Self:
        for (earlier, _), (later, _) in pairwise(sections):
            if later - earlier < MIN_SECTION_SECONDS:
                raise SettingsError(
                    f"sections overlap at {later:.2f} s; each is at least {MIN_SECTION_SECONDS:g} s long"
                )
        return replace(self, sections=tuple(sections))

    def _with_beat(self, place: int, beat: Beat) -> Self:
        return replace(self, beats=(*self.beats[:place], beat, *self.beats[place + 1 :]))

    def _deleted_origin(self, time: float, reach: float) -> int | None:
        """The number of the measured beat that was deleted near a time; None where there is none."""
        origins = {beat.origin for beat in self.beats}
        near = np.flatnonzero(np.abs(self.base.beats - time) <= reach)
        deleted = [number for number in near.tolist() if number not in origins]
        return min(deleted, key=lambda number: abs(float(self.base.beats[number]) - time), default=None)

    def _measured(self, origin: int, time: float) -> float:
        """A time, or exactly that of the measured beat where they are the same."""
        start = float(self.base.beats[origin])
        return start if abs(start - time) <= SAME_SECONDS * 2 else time

    def _inside(self, time: float, what: str) -> float:
        if not 0 <= time < self.duration:
            raise SettingsError(f"{what} at {time:.2f} s: allowed are 0 to {self.duration:.2f} s")
        return seconds(time)

    def _check_free(self, time: float, neighbors: tuple[Beat, ...]) -> None:
        for beat in neighbors:
            if abs(beat.time - time) < MIN_BEAT_SECONDS:
                raise SettingsError(f"there is a beat at {beat.time:.2f} s already; move or delete it")

    def _beat(self, time: float) -> int:
        times = np.array([beat.time for beat in self.beats])
        if not len(times) or np.abs(times - time).min() > SELECTION_SECONDS:
            raise SettingsError(f"there is no beat at {time:.2f} s")
        return int(np.abs(times - time).argmin())

    def _section(self, start: float) -> int:
        starts = np.array([each for each, _ in self.sections])
        if np.abs(starts - start).min() > SELECTION_SECONDS:
            raise SettingsError(f"no section starts at {start:.2f} s")
        return int(np.abs(starts - start).argmin())
