"""What to change: one setting, and the nearest value of it that was tried and is alive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from explorer.audio import FeatureTrack
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.verdict import (
    FAINT_SPEED,
    FAINT_VARIANCE,
    NOISY_NEIGHBOR_CORRELATION,
    STATIC_SPEED,
)
from explorer.diagnostics.verdict_sentence import format_speed
from explorer.errors import SettingsError
from explorer.fields import FieldSettings

Direction = Literal["up", "down"]
Remedy = tuple[str, Direction]  # a setting, and which way to turn it
Diagnose = Callable[[FieldSettings], DiagnosisResult]

MAX_STEPS = 16  # values tried of one setting
STEP_FACTORS = {"gain": 1.12, "output_gain": 1.15, "coord_scale": 1.25, "audio_gain": 1.3, "time_span": 1.4}
MIN_START = 0.1  # where a ladder upwards starts for a setting that is 0


@dataclass(frozen=True)
class Suggestion:
    """A field with one setting changed that was diagnosed and is better."""

    setting: str
    value: Any
    field: FieldSettings
    words: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the field."""
        return {"setting": self.setting, "value": self.value, "words": self.words}


def suggest(diagnosis: DiagnosisResult, screen: Diagnose, measure: Diagnose) -> Suggestion | None:
    """The first change that helps, nearest values first; None when nothing is wrong or nothing helps.

    `screen` is a quick diagnosis of every candidate; what looks alive there is diagnosed again by `measure`,
    as thoroughly as the diagnosis itself, before it is suggested.
    """
    for setting, direction in remedies(diagnosis):
        for candidate in ladder(diagnosis.field, diagnosis.track, setting, direction):
            if helps(screen(candidate), diagnosis) and helps(result := measure(candidate), diagnosis):
                value = getattr(candidate, setting)
                return Suggestion(setting, value, candidate, _words(diagnosis, result, setting, value))
    return None


def helps(result: DiagnosisResult, diagnosis: DiagnosisResult) -> bool:
    """Alive, without flicker, and not deaf where that was to be cured."""
    still_deaf = "deaf" in diagnosis.flags and "deaf" in result.flags
    return result.verdict == "alive" and "flickers" not in result.flags and not still_deaf


def remedies(diagnosis: DiagnosisResult) -> Sequence[Remedy]:
    """Which settings to try, in order, and in which direction."""
    facts, flags = diagnosis.facts, diagnosis.flags
    if diagnosis.verdict == "noisy" and facts.neighbor < NOISY_NEIGHBOR_CORRELATION:
        return ("gain", "down"), ("coord_scale", "down"), ("output_gain", "down")
    if diagnosis.verdict == "noisy" or (diagnosis.verdict == "alive" and "flickers" in flags):
        return ("audio_gain", "down"), ("time_span", "up"), ("gain", "down")
    if diagnosis.verdict in ("static", "faint"):
        limit = STATIC_SPEED if diagnosis.verdict == "static" else FAINT_SPEED
        slow = facts.motion >= FAINT_VARIANCE and facts.speed < limit
        faster: tuple[Remedy, ...] = (("time_span", "down"), ("audio_gain", "up"))
        wider: tuple[Remedy, ...] = (("gain", "up"), ("coord_scale", "up"), ("output_gain", "up"))
        return (*faster, *wider) if slow else (*wider, *faster)
    return (("audio_gain", "up"),) if "deaf" in flags else ()


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


def _words(diagnosis: DiagnosisResult, result: DiagnosisResult, setting: str, value: Any) -> str:
    now = getattr(diagnosis.field, setting)
    now = f"{now:g}" if isinstance(now, int | float) else now
    effect = (
        f"neighboring pixels then correlate at {result.facts.neighbor:.2f}"
        if diagnosis.verdict == "noisy" and diagnosis.facts.neighbor < NOISY_NEIGHBOR_CORRELATION
        else f"it then changes by {format_speed(result.speed)} levels a second"
    )
    return f"set {setting} to {value:g} (now {now}): {result.verdict}, {effect}"
