"""Looks and keyframes of a timeline as fields take them: at the sections, bars and beats they lie on."""

from __future__ import annotations

import contextlib

import numpy as np

from explorer.audio import FeatureTrack
from explorer.audio.edited_sections import sections_of
from explorer.audio.structure.beat_times import SAME_MOMENT_SECONDS, bar_position, beat_times
from explorer.audio.structure.moments import Moment, moment_seconds
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.keyframes import Keyframe, animated_names, knots
from explorer.notebook.timeline.keyframe_lane import KeyframeLane
from explorer.settings import did_you_mean


def section_moment(time: float, track: FeatureTrack) -> Moment:
    """The section that starts at a time, as in `section chorus`; else seconds."""
    sections = sections_of(track)
    for number, section in enumerate(sections):
        if abs(section.start - time) <= 1 / track.fps and number:
            name = section.name
            same = [each.name.lower() for each in sections[:number]].count(name.lower())
            return f"section {name}{f' {same + 1}' if same else ''}".lower() if name else f"section {number}"
    return time


def musical_moment(time: float, track: FeatureTrack) -> Moment:
    """The section, bar or beat that starts at a time, as in `bar 17.3`; else seconds."""
    moment = section_moment(time, track)
    beats = beat_times(track)
    if isinstance(moment, str) or not len(beats) or np.abs(beats - time).min() > SAME_MOMENT_SECONDS:
        return moment
    position = bar_position(track, time)
    return position.removesuffix(".1") if position else f"beat {int(np.abs(beats - time).argmin()) + 1}"


def own_keyframes(name: str, field: FieldSettings, track: FeatureTrack) -> KeyframeLane:
    """The keyframes that a look has by itself; those at moments that the track lacks are left out."""
    lane = KeyframeLane()
    for keyframe in field.keyframes:
        with contextlib.suppress(SettingsError):
            time = moment_seconds(keyframe.at, track)
            for setting, value in keyframe.settings:
                lane = lane.set_value(time, name, setting, value)
    return lane


def with_keyframes(name: str, field: FieldSettings, lane: KeyframeLane, track: FeatureTrack) -> FieldSettings:
    """The field of a look with its keyframes of the lane in place of its own."""
    keyframes: dict[Moment, Keyframe] = {}
    for time, values in lane.of_look(name):
        moment = musical_moment(time, track)
        at = time if moment in keyframes else moment
        keyframes[at] = Keyframe(at=at, settings=tuple(values.items()))
    return field.replace(keyframes=tuple(keyframes.values())) if keyframes or field.keyframes else field


def settings_in_words(field: FieldSettings) -> list[tuple[str, str, str]]:
    """The settings that keyframes may move: name, name in words, allowed values in words."""
    knobs = field.knobs()
    return [(name, name.replace("_", " "), knobs[name].allowed) for name in field.movable if name in knobs]


def current_value(field: FieldSettings, setting: str, time: float, track: FeatureTrack) -> float:
    """The value of an animatable setting at a time. Raises SettingsError for another setting."""
    names = [name for name, _, _ in settings_in_words(field)]
    if setting not in names:
        raise SettingsError(f"keyframes cannot move '{setting[:60]}'{did_you_mean(setting, names)}")
    value = field.rest_value(setting)
    if setting in animated_names(field):
        value = float(np.interp(time, *knots(field, setting, track)))
    return float(round(value)) if field.knobs()[setting].is_integer else float(f"{value:.6g}")
