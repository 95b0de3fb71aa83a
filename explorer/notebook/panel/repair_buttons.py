"""Buttons that act on the diagnosis: apply what it suggests, or calibrate the layers."""

from __future__ import annotations

import ipywidgets as widgets

from explorer.diagnostics import calibrate
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.panel.panel_context import Desk
from explorer.notebook.panel.preview_view import PictureScreen
from explorer.notebook.widgets.latest_worker import Latest, Stale


class Repair:
    """Calibrates in the background; a change of the settings meanwhile makes that pointless, and ends it."""

    def __init__(self, desk: Desk, screen: PictureScreen) -> None:
        self._desk, self._screen = desk, screen
        self._latest = Latest(self._calibrate, desk.fail, name="explorer-repair")
        self.bar = widgets.FloatProgress(0.0, max=1.0, layout={"width": "90px", "display": "none"})
        self.bar.add_class("explorer-bar")
        screen.apply.on_click(desk.guarded(self.apply))
        screen.calibrate.on_click(desk.guarded(self.calibrate))
        self.widget = widgets.HBox([screen.apply, screen.calibrate, self.bar, screen.advice])
        self.widget.add_class("explorer-tools")

    def apply(self) -> None:
        """Change the one setting that the suggestion names."""
        suggestion = self._screen.suggestion
        if suggestion:
            self._desk.load(self._desk.field.replace(**{suggestion.setting: suggestion.value}))

    def calibrate(self) -> None:
        """Scale the layers so that the signal lives; returns at once."""
        self._latest.ask(self._desk.field)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no calibration is under way."""
        return self._latest.wait(timeout)

    def close(self) -> None:
        """End the thread."""
        self._latest.close()

    def _calibrate(self, field: FieldSettings, stale: Stale) -> None:
        def progress(step: str, done: float, total: float) -> None:
            if stale() or self._desk.field != field:
                raise Stopped("the settings were changed")
            self.bar.value = done / total if total else 0.0

        self.bar.layout.display = ""
        try:
            found = calibrate(field, self._desk.track, progress=progress)
            progress("calibrating", 1, 1)
        finally:
            self.bar.layout.display = "none"
        self._desk.load(found)
