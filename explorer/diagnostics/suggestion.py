"""What to change: one setting, and the nearest value of it that was tried and found alive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from explorer.audio import FeatureTrack
from explorer.diagnostics.variance import FAINT
from explorer.diagnostics.verdict import NOISY, SLOW, STILL, levels
from explorer.errors import SettingsError
from explorer.fields import FieldSettings

if TYPE_CHECKING:
    from explorer.diagnostics.diagnosis import Diagnosis

Direction = Literal["up", "down"]

STEPS = 16  # values tried of one setting
FACTORS = {"gain": 1.12, "output_gain": 1.15, "coord_scale": 1.25, "audio_gain": 1.3, "time_span": 1.4}
LEAST = 0.1  # where a ladder that starts at 0 begins

Measured = Callable[[FieldSettings], "Diagnosis"]


@dataclass(frozen=True)
class Suggestion:
    """A field with one setting changed that was diagnosed and found better."""

    setting: str
    value: Any
    field: FieldSettings
    words: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without the field."""
        return {"setting": self.setting, "value": self.value, "words": self.words}


def suggest(diagnosis: Diagnosis, screened: Measured, measured: Measured) -> Suggestion | None:
    """The first change that helps, nearest values first; None when nothing is wrong or nothing helps.

    Every candidate is `screened`, a quick diagnosis; what looks alive there is `measured` as thoroughly as
    the diagnosis itself before it is given.
    """
    for setting, direction in remedies(diagnosis):
        for candidate in ladder(diagnosis.field, diagnosis.track, setting, direction):
            if helps(screened(candidate), diagnosis) and helps(found := measured(candidate), diagnosis):
                value = getattr(candidate, setting)
                return Suggestion(setting, value, candidate, _words(diagnosis, found, setting, value))
    return None


def helps(found: Diagnosis, diagnosis: Diagnosis) -> bool:
    """Alive, without flicker, and not deaf where that was to be cured."""
    still_deaf = "deaf" in diagnosis.flags and "deaf" in found.flags
    return found.verdict == "alive" and "flickers" not in found.flags and not still_deaf


def remedies(diagnosis: Diagnosis) -> Sequence[tuple[str, Direction]]:
    """Which settings to try, in order, and in which direction."""
    facts, flags = diagnosis.facts, diagnosis.flags
    if diagnosis.verdict == "noisy" and facts.neighbour < NOISY:
        return ("gain", "down"), ("coord_scale", "down"), ("output_gain", "down")
    if diagnosis.verdict == "noisy" or (diagnosis.verdict == "alive" and "flickers" in flags):
        return ("audio_gain", "down"), ("time_span", "up"), ("gain", "down")
    if diagnosis.verdict in ("static", "faint"):
        slow = facts.moved >= FAINT and facts.speed < (STILL if diagnosis.verdict == "static" else SLOW)
        moving: tuple[tuple[str, Direction], ...] = (("time_span", "down"), ("audio_gain", "up"))
        wider: tuple[tuple[str, Direction], ...] = (
            ("gain", "up"),
            ("coord_scale", "up"),
            ("output_gain", "up"),
        )
        return (*moving, *wider) if slow else (*wider, *moving)
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
    start = max(float(value), LEAST) if direction == "up" else float(value)
    for step in range(1, STEPS + 1):
        factor = FACTORS[setting] ** (step if direction == "up" else -step)
        try:
            yield field.replace(**{setting: float(f"{start * factor:.2g}")})
        except SettingsError:  # beyond what the setting allows
            return


def _words(diagnosis: Diagnosis, found: Diagnosis, setting: str, value: Any) -> str:
    now = getattr(diagnosis.field, setting)
    now = f"{now:g}" if isinstance(now, int | float) else now
    what = (
        f"neighbouring pixels then correlate at {found.facts.neighbour:.2f}"
        if diagnosis.verdict == "noisy" and diagnosis.facts.neighbour < NOISY
        else f"it then changes by {levels(found.speed)} levels a second"
    )
    return f"set {setting} to {value:g} (now {now}): {found.verdict}, {what}"
