"""Buttons that act on the diagnosis: apply the suggestion, or calibrate the layers."""

from __future__ import annotations

import ipywidgets as widgets

from explorer.diagnostics import calibrate
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.panel.preview_view import PreviewView
from explorer.notebook.widgets.boxes import box, progress_bar
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.panel_context import PanelContext


class RepairButtons:
    """Calibrates in the background; a change of the settings meanwhile makes that pointless, and stops it."""

    def __init__(self, context: PanelContext, view: PreviewView) -> None:
        self._context, self._view = context, view
        self._worker = LatestWorker(self._calibrate, context.fail, name="explorer-repair")
        self.bar = progress_bar(width="90px")
        view.apply_button.on_click(context.handler(self.apply))
        view.calibrate_button.on_click(context.handler(self.calibrate))
        buttons = (view.apply_button, view.calibrate_button)
        self.widget = box(widgets.HBox, "explorer-tools", *buttons, self.bar, view.advice)

    def apply(self) -> None:
        """Change the one setting that the suggestion names."""
        suggestion = self._view.suggestion
        if suggestion:
            self._context.load(self._context.field.replace(**{suggestion.setting: suggestion.value}))

    def calibrate(self) -> None:
        """Scale the layers so that the signal neither dies nor runs wild; returns at once."""
        self._worker.submit(self._context.field)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no calibration runs."""
        return self._worker.wait(timeout)

    def close(self) -> None:
        """End the thread."""
        self._worker.close()

    def _calibrate(self, field: FieldSettings, stale: StaleCheck) -> None:
        def progress(step: str, done: float, total: float) -> None:
            if stale() or self._context.field != field:
                raise Stopped("the settings were changed")
            self.bar.value = done / total if total else 0.0

        self.bar.layout.display = ""
        try:
            calibrated = calibrate(field, self._context.track, progress=progress)
            progress("calibrating", 1, 1)
        finally:
            self.bar.layout.display = "none"
        self._context.load(calibrated)
