"""The panel's sound: its track, analyzed again when a field needs features that the track lacks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

from explorer.audio import FeatureTrack
from explorer.errors import Stopped
from explorer.fields import FieldSettings


class AnalysisDisplay(Protocol):
    """Where an analysis is shown; called on the worker's thread."""

    def show_analysis(self, groups: list[str], step: str = "", done: float = 0, total: float = 0) -> None: ...


class SoundLoader:
    """Holds the track of a sound file. `required` returns the groups that the controls need now."""

    def __init__(
        self,
        audio: Path,
        track: FeatureTrack,
        display: AnalysisDisplay,
        required: Callable[[], Collection[str]],
    ) -> None:
        self.audio, self.track = audio, track
        self._display, self._required = display, required

    def missing(self, field: FieldSettings) -> list[str]:
        """The groups of features that a field draws from and the track lacks."""
        return [group for group in field.extras if group not in self.track.settings.extras]

    def analyze(self, field: FieldSettings) -> None:
        """Add the missing features to the track.

        Runs to the end, however often a slider moves, unless the features are no longer required: then it
        raises Stopped.
        """
        missing = self.missing(field)

        def report(step: str, done: float, total: float) -> None:
            if not set(field.extras) <= set(self._required()):
                raise Stopped("no longer required")
            self._display.show_analysis(missing, step, done, total)

        self._display.show_analysis(missing)
        self.track = field.analyze(self.track, progress=report)
