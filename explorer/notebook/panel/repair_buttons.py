"""Buttons that act on the diagnosis: each says what it changes, before and after."""

from __future__ import annotations

import ipywidgets as widgets

from explorer.diagnostics import Suggestion, calibrate
from explorer.diagnostics.results.setting_changes import changes_between, changes_text
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.panel.preview_view import PreviewView
from explorer.notebook.widgets.boxes import box, progress_bar
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.markup import muted
from explorer.notebook.widgets.panel_context import PanelContext

ALREADY_CALIBRATED = "Calibrate changes nothing here: the layers have their scales"


class RepairButtons:
    """Calibrates in the background; a change of the settings meanwhile makes that pointless, and stops it."""

    def __init__(self, context: PanelContext, view: PreviewView) -> None:
        self._context, self._view = context, view
        self._worker = LatestWorker(self._calibrate, context.fail, name="explorer-repair")
        self._result: FieldSettings | None = None  # that the line is about
        self.bar, self.line = progress_bar(width="90px"), widgets.HTML()
        view.apply_button.on_click(context.handler(self.apply))
        view.calibrate_button.on_click(context.handler(self.calibrate))
        buttons = (view.apply_button, view.calibrate_button)
        row = box(widgets.HBox, "explorer-tools", *buttons, self.bar)
        self.widget = widgets.VBox([row, view.advice, self.line])

    def apply(self) -> None:
        """Change the settings that the suggestion names, and no others."""
        suggestion = self._view.suggestion
        if suggestion is None:
            return
        before = self._context.field
        after = before.replace(**{change.setting: change.after for change in suggestion.changes})
        self._result = after
        self._context.load(after)
        changes = changes_between(before, after)
        self.line.value = muted(f"changed {changes_text(changes)}; Undo brings it back" if changes else "")

    def calibrate(self) -> None:
        """Find scales for the layers so that the signal neither dies nor runs wild; returns at once."""
        self._worker.submit(self._context.field)

    def update(self, field: FieldSettings) -> None:
        """Drop the line about what was changed, once other settings are on screen."""
        if self.line.value and field != self._result:
            self.line.value = ""

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
        changes = changes_between(field, calibrated)
        if not changes:
            self._result, self.line.value = field, muted(ALREADY_CALIBRATED)
            return
        words = f"calibration: set {changes_text(changes)}"
        first = changes[0]
        self._view.show_suggestion(
            Suggestion(first.setting, first.after, calibrated, words, changes), "Apply calibration"
        )
