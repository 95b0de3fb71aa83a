"""The music's share of what changes in a picture, and `audio_gain` raised until it has enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from explorer.audio import FeatureTrack
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.errors import SettingsError
from explorer.fields import FieldSettings

Direction = Literal["up", "down"]
Diagnose = Callable[[FieldSettings], DiagnosisResult]

MIN_MUSIC_SHARE = 0.2  # of the change: what a repair aims at where the music has less
MAX_STEPS = 16  # values tried of one setting
MUSIC_STEPS = 6  # values of `audio_gain` tried to give the music its share
STEP_FACTORS = {"gain": 1.12, "output_gain": 1.15, "coord_scale": 1.25, "audio_gain": 1.3, "time_span": 1.4}
MIN_START = 0.1  # where a ladder upwards starts for a setting that is 0


def is_healthy(result: DiagnosisResult) -> bool:
    """Alive, and without flicker."""
    return result.verdict == "alive" and "flickers" not in result.flags


def music_share(result: DiagnosisResult) -> float:
    """The share of the music in the change over time and with the music."""
    facts = result.facts
    change = facts.time + facts.audio
    return facts.audio / change if change else 0.0


def raise_audio_gain(result: DiagnosisResult, goal: float, screen: Diagnose) -> FieldSettings:
    """The field with the `audio_gain` at which the music has the share `goal`, or comes nearest to it.

    Values are tried upwards as long as `screen`, a quick diagnosis, finds the picture healthy.
    """
    best, share = result.field, music_share(result)
    for step, candidate in enumerate(ladder(result.field, result.track, "audio_gain", "up")):
        if share >= goal or step == MUSIC_STEPS or not is_healthy(trial := screen(candidate)):
            break
        if music_share(trial) > share:
            best, share = candidate, music_share(trial)
    return best


def ladder(
    field: FieldSettings, track: FeatureTrack, setting: str, direction: Direction
) -> Iterator[FieldSettings]:
    """The field with values of one setting farther and farther off; nothing where it has no such setting."""
    value = getattr(field, setting, None)
    if value == "track":
        value = track.duration
    if setting not in type(field).knobs() or not isinstance(value, int | float):
        return
    start = max(float(value), MIN_START) if direction == "up" else float(value)
    for step in range(1, MAX_STEPS + 1):
        factor = STEP_FACTORS[setting] ** (step if direction == "up" else -step)
        try:
            yield field.replace(**{setting: float(f"{start * factor:.2g}")})
        except SettingsError:  # beyond what the setting allows
            return
