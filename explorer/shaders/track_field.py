"""A field along a track for a page that draws it: its looks, its sections, its controls at every frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields import CPPN, FieldSettings, GraphCPPN, Julia, Patterns
from explorer.fields import sections as music_sections
from explorer.fields.calm import (
    LIGHT_COLUMNS,
    REACH_SECONDS,
    calm_columns,
    calm_kinds,
    onset_peaks,
    slow_course_steps,
)
from explorer.fields.controls import Controls
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import delay_columns
from explorer.fields.light import columns
from explorer.fields.light.columns import HIT_NAMES
from explorer.fields.light.settings import LIGHT_OFF
from explorer.fields.section_change import section_field
from explorer.fields.sections import SECTIONS_OFF
from explorer.fields.sketch.field import Sketch
from explorer.shaders.descriptions import AnyDescription, describe, limit_message
from explorer.shaders.page_program import is_computed

PAST_SECONDS = 2.6  # that hits and sounds run outward: rows before a moment that a page reads
CHUNK_FRAMES = 600  # whose controls are computed together: columns of history take memory
PAST_COLUMNS = (HIT_NAMES[0], *(delay_columns(sound)[0] for sound in SOUND_INPUTS))  # read at earlier moments
# a page reads the past in the rows before, and knows the sections by their starts
UNSENT_COLUMNS = {
    *HIT_NAMES[1:],
    *(name for sound in SOUND_INPUTS for name in delay_columns(sound)[1:]),
    *music_sections.NAMES,
}


@dataclass(frozen=True, eq=False)
class MomentTable:
    """Controls at every frame of a track; between two frames they are linear, angles modulo a circle.

    The first row is `lead` frames before the start: there the past is silent. The flash limiter moves `calm`
    columns by shares of `slow`, to the slow course of the sound. `hits` names those of them that it calms
    last, `gated` those that a gate closes between `onsets`: see `calm.onset_peaks`.
    """

    lead: int
    names: tuple[str, ...]
    rows: Float32[np.ndarray, "frames columns"]
    calm: tuple[int, ...]
    slow: Float32[np.ndarray, "frames calm"]
    hits: tuple[str, ...]
    gated: tuple[str, ...]
    angles: tuple[str, ...]
    onsets: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class SectionTable:
    """Where sections begin, in seconds, the place of each one's description, and how fast it opens."""

    starts: list[float]
    parts: list[int]
    speed: float


def page_limit(field: FieldSettings) -> str | None:
    """Why a page cannot draw a field along a track; None if it can."""
    if type(field) not in (CPPN, GraphCPPN, Patterns, Julia) and not isinstance(field, Sketch):
        return f"the page does not draw fields of the kind '{field.kind}'"
    if field.echo_count:
        return "the page draws no echoes"
    if field.sections.on and not field.light.on:
        return "the page draws sections of lit fields alone"
    reason = None if isinstance(field, Julia) else limit_message(field)  # type: ignore[arg-type]
    return reason and reason.removeprefix("got ")


def needs_webgpu(field: FieldSettings) -> bool:
    """Whether a page draws a field through WebGPU alone."""
    return isinstance(field, CPPN) and is_computed(field)


def section_descriptions(field: Any, track: FeatureTrack) -> tuple[list[AnyDescription], SectionTable | None]:
    """What the page draws: one description, or one for each look that the sections of a track have."""
    if not field.sections.on:
        return [describe(field)], None
    sections = field.sections
    starts = music_sections.section_starts(field.routed(track), sections.min_seconds, sections.strongest)
    fields = [section_field(field, number) for number in range(len(starts))]
    parts = list(dict.fromkeys(fields))
    places = [parts.index(part) for part in fields]
    return [describe(part) for part in parts], SectionTable(starts.tolist(), places, sections.speed)


def moment_table(
    field: FieldSettings,
    track: FeatureTrack,
    *,
    calm: bool = True,
    stretch: tuple[float, float] | None = None,
    previous: MomentTable | None = None,
    check: Callable[[], None] = lambda: None,
) -> MomentTable:
    """The controls of a field at every frame of a track, and without `calm` no slow course.

    A `stretch` of it, in seconds, comes with the past that its first frame needs. The `previous` table is
    returned where nothing differs, which is quicker. `check` is called now and then, and may raise Stopped.
    """
    first, last = -int(np.ceil(REACH_SECONDS * track.fps)), len(track.values)
    if stretch:
        first = max(first, int((stretch[0] - PAST_SECONDS) * track.fps))
        last = min(last, int(stretch[1] * track.fps) + 1)
    # light follows from the track alone: it is computed once
    dark: Any = field.replace(light=LIGHT_OFF, sections=SECTIONS_OFF)
    names, rows = _rows(dark, track, first, last, check)
    light = _light_table(track, first, last, calm) if field.light.on else None
    if light:
        names, rows = (*names, *light.names), np.hstack((rows, light.rows))
    places = calm_columns(dark, names) if calm else []
    onsets = _onsets(track, first, last) if calm else ()
    if (
        previous
        and (previous.lead, previous.names, previous.calm) == (-first, names, tuple(places))
        and previous.onsets == onsets
        and (np.array_equal(previous.rows, rows))
    ):
        return previous
    own = [place for place in places if names[place] not in LIGHT_COLUMNS]
    slow = _slow_rows(dark, track, first, last, [names[place] for place in own], check)
    hits, gated = calm_kinds(field, [names[place] for place in places])
    return MomentTable(
        -first,
        names,
        rows,
        tuple(places),
        np.hstack((slow, light.slow)) if light else slow,
        tuple(names[place] for place, hit in zip(places, hits, strict=True) if hit),
        tuple(names[place] for place, gate in zip(places, gated, strict=True) if gate),
        tuple(name for name in names if name in field.angle_columns),
        onsets,
    )


def _onsets(track: FeatureTrack, first: int, last: int) -> tuple[tuple[float, ...], ...]:
    """The onsets that the gate of some frames depends on."""
    peaks = onset_peaks(track)
    times = peaks[:, 0]
    is_near = (times > first / track.fps - REACH_SECONDS) & (times < last / track.fps + REACH_SECONDS)
    return tuple(map(tuple, peaks[is_near].tolist()))


class _LightColumns:
    """What light takes from a track, as controls."""

    def columns_of_angles(self, names: tuple[str, ...]) -> set[str]:
        """None of them is an angle."""
        return set()

    def controls(self, track: FeatureTrack, times: Float64[np.ndarray, " moments"]) -> Controls:
        """The columns of light at some moments."""
        return Controls(columns.columns(track, times).astype(np.float32), columns.NAMES)


@lru_cache(maxsize=4)
def _light_table(track: FeatureTrack, first: int, last: int, calm: bool) -> MomentTable:
    """The columns of light, which are all calm ones."""
    names, rows = _rows(_LightColumns(), track, first, last, lambda: None)
    places = tuple(range(len(names))) if calm else ()
    slow = _slow_rows(_LightColumns(), track, first, last, names if calm else (), lambda: None)
    return MomentTable(-first, names, rows, places, slow, names, (), ())


def _chunks(track: FeatureTrack, first: int, last: int) -> Iterator[Float64[np.ndarray, " moments"]]:
    """The times of frames, a part at a time."""
    for start in range(first, last + 1, CHUNK_FRAMES):
        yield np.arange(start, min(start + CHUNK_FRAMES, last + 1)) / track.fps


def _rows(
    field: Any, track: FeatureTrack, first: int, last: int, check: Callable[[], None]
) -> tuple[tuple[str, ...], Float32[np.ndarray, "frames columns"]]:
    """Names and values of the columns that are sent."""
    names: tuple[str, ...] = ()
    rows = []
    for moments in _chunks(track, first, last):
        check()
        values, names = _sent_columns(field, field.controls(track, moments))
        rows.append(values)
    return names, np.concatenate(rows)


def _slow_rows(
    field: Any, track: FeatureTrack, first: int, last: int, names: Sequence[str], check: Callable[[], None]
) -> Float32[np.ndarray, "frames calm"]:
    """What is to be added to some columns to get their slow course."""
    past = np.array([name in PAST_COLUMNS for name in names], bool)
    slow = np.zeros((last + 1 - first, len(names)), np.float32)
    if not names:
        return slow
    every = field.controls(track, np.zeros(1)).names
    places = np.array([every.index(name) for name in names])
    for n, moments in enumerate(_chunks(track, first, last)):
        check()
        part = slow[n * CHUNK_FRAMES :][: len(moments)]
        for silent in {*past.tolist()}:
            group = np.flatnonzero(past == silent)
            part[:, group] = slow_course_steps(
                field, track, moments, places[group].tolist(), from_silence=silent
            )
    return slow


def _sent_columns(
    field: Any, controls: Controls
) -> tuple[Float32[np.ndarray, "frames columns"], tuple[str, ...]]:
    """The columns that a page needs; of a network that moves the shares of the networks it is made of."""
    if isinstance(field, CPPN) and field.is_animated:
        controls = _network_columns(field, controls)
    names = [name for name in controls.names if name not in UNSENT_COLUMNS]
    places = [controls.names.index(name) for name in names]
    return np.ascontiguousarray(controls.values[:, places], np.float32), tuple(names)


def _network_columns(field: CPPN, controls: Controls) -> Controls:
    """Shares and scales in place of the settings that move them; see `fields.cppn.animated`."""
    from explorer.fields.cppn import animated  # slow to load
    from explorer.fields.cppn.weights import FEATURE_SCALE

    own = {"seed_from", "seed_to", "seed_share", "wander", *field.movable}
    moving = [n for n, name in enumerate(controls.names) if name in own]
    seeds = animated.network_seeds(field)
    names = [f"share {n}" for n in range(len(seeds))]
    names += ["hidden scale", "output scale", "coordinate scale", "feature scale"]
    rows = np.zeros((len(controls.values), len(names)), np.float32)
    for row, values in zip(rows, controls.values[:, moving].tolist(), strict=True):
        column = dict(zip([controls.names[n] for n in moving], values, strict=True))
        for seed, share in animated.shares(field, column):
            row[seeds.index(seed)] += share
        hidden, *_, output = animated.layer_scales(field, column)
        gain = FEATURE_SCALE * column.get("audio_gain", field.audio_gain)
        row[len(seeds) :] = hidden, output, animated.coordinate_scale(field, column), gain
    others = [n for n in range(len(controls.names)) if n not in moving]
    values = np.hstack((controls.values[:, others], rows))
    return Controls(values, (*(controls.names[n] for n in others), *names))
