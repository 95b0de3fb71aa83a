"""What to change: a setting that helps, in the middle of its values that are alive, and audio_gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from explorer.diagnostics.music_share import (
    MIN_MUSIC_SHARE,
    Diagnose,
    Direction,
    is_healthy,
    ladder,
    music_share,
    raise_audio_gain,
)
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.results.setting_changes import Change, changes_between, changes_text
from explorer.diagnostics.verdict import (
    FAINT_SPEED,
    FAINT_VARIANCE,
    NOISY_NEIGHBOR_CORRELATION,
    STATIC_SPEED,
)
from explorer.diagnostics.verdict_sentence import format_speed
from explorer.fields import FieldSettings
from explorer.formatting import percent_text

Remedy = tuple[str, Direction]  # a setting, and which way to turn it


@dataclass(frozen=True)
class Suggestion:
    """A field that was diagnosed and is better. `setting` is what helps, `value` its value in `field`.

    Where the music had too small a share of the change, `field` has another `audio_gain` as well.
    """

    setting: str
    value: Any
    field: FieldSettings
    words: str
    changes: tuple[Change, ...] = ()  # all of them, `setting` first

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the field."""
        changes = {change.setting: [change.before, change.after] for change in self.changes}
        return {"setting": self.setting, "value": self.value, "words": self.words, "changes": changes}


def suggest(diagnosis: DiagnosisResult, screen: Diagnose, measure: Diagnose) -> Suggestion | None:
    """The first setting that helps; None when nothing is wrong or nothing helps.

    Its value is the middle of the nearest values in a row that help: at their edge a picture is a blur, or
    nearly noise. `audio_gain` is lowered no further than needed, and raised where the music would have less
    than its share. `screen` is a quick diagnosis of every candidate; what looks alive there is diagnosed
    again by `measure`, as thoroughly as the diagnosis itself, before it is suggested.
    """
    search = _Search(diagnosis, screen, measure)
    for setting, direction in remedies(diagnosis):
        result = search.middle(setting, direction)
        if result is not None:
            result = search.with_music(result, setting)
            return _suggestion(diagnosis, result, setting)
    return None


def helps(result: DiagnosisResult, setting: str) -> bool:
    """Alive, without flicker, and moved by the music where the music is what `setting` turns up."""
    return is_healthy(result) and not (setting == "audio_gain" and "deaf" in result.flags)


@dataclass(frozen=True)
class _Search:
    """Tries values of settings."""

    diagnosis: DiagnosisResult
    screen: Diagnose
    measure: Diagnose

    @cached_property
    def share_goal(self) -> float:
        """The share that the music had where the picture was healthy enough to have one; a fifth at least."""
        is_visible = self.diagnosis.verdict in ("faint", "alive")
        return max(MIN_MUSIC_SHARE, music_share(self.diagnosis) if is_visible else 0.0)

    def middle(self, setting: str, direction: Direction) -> DiagnosisResult | None:
        """The measured middle of the first values in a row that help; None where none does."""
        row: list[FieldSettings] = []
        for candidate in ladder(self.diagnosis.field, self.diagnosis.track, setting, direction):
            if helps(self.screen(candidate), setting):
                row.append(candidate)
            elif row:
                break
        middle = 0 if (setting, direction) == ("audio_gain", "down") else (len(row) - 1) // 2
        by_distance = sorted(range(len(row)), key=lambda place: abs(place - middle))
        results = (self.measure(row[place]) for place in by_distance)
        return next((result for result in results if helps(result, setting)), None)

    def with_music(self, result: DiagnosisResult, setting: str) -> DiagnosisResult:
        """The result, with more `audio_gain` where the music has too small a share and it still helps."""
        if setting == "audio_gain":
            return result
        field = raise_audio_gain(result, self.share_goal, self.screen)
        louder = self.measure(field) if field != result.field else result
        return louder if is_healthy(louder) and music_share(louder) > music_share(result) else result


def _suggestion(diagnosis: DiagnosisResult, result: DiagnosisResult, setting: str) -> Suggestion:
    field = result.field
    changes = sorted(changes_between(diagnosis.field, field), key=lambda change: change.setting != setting)
    words = f"set {changes_text(changes)}: {_effect(diagnosis, result)}"
    return Suggestion(setting, getattr(field, setting), field, words, tuple(changes))


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


def _effect(diagnosis: DiagnosisResult, result: DiagnosisResult) -> str:
    effect = (
        f"neighboring pixels then correlate at {result.facts.neighbor:.2f}"
        if diagnosis.verdict == "noisy" and diagnosis.facts.neighbor < NOISY_NEIGHBOR_CORRELATION
        else f"it then changes by {format_speed(result.speed)} levels a second"
    )
    return f"{result.verdict}, {effect}, {percent_text(music_share(result))} of it with the music"
