"""A field along a track for a page that draws it: its looks, its sections, its controls at every frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.audio import FeatureTrack
from explorer.fields import CPPN, FieldSettings, GraphCPPN, Julia, Patterns
from explorer.fields import sections as music_sections
from explorer.fields.calm import LIGHT_COLUMNS, REACH_SECONDS, calm_columns, slow_course_steps
from explorer.fields.controls import Controls
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import delay_columns
from explorer.fields.light.columns import HIT_NAMES
from explorer.fields.section_change import section_field
from explorer.shaders.descriptions import AnyDescription, describe, limit_message

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
    columns by shares of `slow`, to the slow course of the sound. `light` names those of them that it calms
    last.
    """

    lead: int
    names: tuple[str, ...]
    rows: Float32[np.ndarray, "frames columns"]
    calm: tuple[int, ...]
    slow: Float32[np.ndarray, "frames calm"]
    light: tuple[str, ...]
    angles: tuple[str, ...]


@dataclass(frozen=True)
class SectionTable:
    """Where sections begin, in seconds, the place of each one's description, and how fast it opens."""

    starts: list[float]
    parts: list[int]
    speed: float


def page_limit(field: FieldSettings) -> str | None:
    """Why a page cannot draw a field along a track; None if it can."""
    if type(field) not in (CPPN, GraphCPPN, Patterns, Julia):
        return f"the page does not draw fields of the kind '{field.kind}'"
    if field.light.on and field.light.echoes:
        return "the page draws no echoes"
    if field.sections.on and not field.light.on:
        return "the page draws sections of lit fields alone"
    return None if isinstance(field, Julia) else limit_message(field)  # type: ignore[arg-type]


def section_descriptions(field: Any, track: FeatureTrack) -> tuple[list[AnyDescription], SectionTable | None]:
    """What the page draws: one description, or one for each look that the sections of a track have."""
    if not field.sections.on:
        return [describe(field)], None
    starts = music_sections.section_starts(track, field.sections.min_seconds)
    fields = [section_field(field, number) for number in range(len(starts))]
    parts = list(dict.fromkeys(fields))
    places = [parts.index(part) for part in fields]
    return [describe(part) for part in parts], SectionTable(starts.tolist(), places, field.sections.speed)


def moment_table(
    field: FieldSettings,
    track: FeatureTrack,
    *,
    calm: bool = True,
    stretch: tuple[float, float] | None = None,
    check: Callable[[], None] = lambda: None,
) -> MomentTable:
    """The controls of a field at every frame of a track, and without `calm` no slow course.

    A `stretch` of it, in seconds, comes with the past that its first frame needs. `check` is called now and
    then, and may raise Stopped.
    """
    lead = int(np.ceil(REACH_SECONDS * track.fps))
    first, last = -lead, len(track.values)
    if stretch:
        first = max(first, int((stretch[0] - PAST_SECONDS) * track.fps))
        last = min(last, int(stretch[1] * track.fps) + 1)
    times = np.arange(first, last + 1) / track.fps
    chunks = [times[first : first + CHUNK_FRAMES] for first in range(0, len(times), CHUNK_FRAMES)]
    names: tuple[str, ...] = ()
    rows, slow, places = [], [], list[int]()
    for moments in chunks:
        check()
        controls = field.controls(track, moments)
        places = [n for n in calm_columns(field, controls.names) if controls.names[n] not in UNSENT_COLUMNS]
        if calm and places:
            past = [controls.names[place] in PAST_COLUMNS for place in places]
            steps = [
                slow_course_steps(field, track, moments, places, from_silence=silent) for silent in {*past}
            ]
            slow.append(steps[0] if len(steps) == 1 else np.where(past, steps[True], steps[False]))
        values, names = _sent_columns(field, controls)
        rows.append(values)
    sent: list[str] = [controls.names[place] for place in places] if calm else []
    return MomentTable(
        -first,
        names,
        np.concatenate(rows),
        tuple(names.index(name) for name in sent),
        np.concatenate(slow) if slow else np.zeros((len(times), 0), np.float32),
        tuple(name for name in sent if name in LIGHT_COLUMNS),
        tuple(name for name in names if name in field.angle_columns),
    )


def _sent_columns(
    field: FieldSettings, controls: Controls
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
    from explorer.fields.cppn.drawing import FEATURE_SCALE

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
