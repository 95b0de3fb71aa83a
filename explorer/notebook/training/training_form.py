"""The settings of a training as controls: those that one changes first, and the rest behind a fold."""

from __future__ import annotations

import ipywidgets as widgets

from explorer.learn.settings import TrainSettings
from explorer.notebook.widgets.controls import Control, label, make_control
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.layout import card
from explorer.notebook.widgets.setting_row import SettingRow

FIRST = ("epochs", "made_clips", "window_frames", "include_delta", "include_delta_delta", "seed")


class TrainingForm:
    """All knobs of `TrainSettings`; settings without a control are kept."""

    def __init__(self, settings: TrainSettings, handler: HandlerFactory) -> None:
        self._base = settings
        self.rows: dict[str, SettingRow] = {}
        knobs = TrainSettings.knobs()
        made = {name: make_control(knob, self._mark) for name, knob in knobs.items()}
        self.controls: dict[str, Control] = {name: control for name, control in made.items() if control}
        for name, control in self.controls.items():
            control.set(getattr(settings, name))
            knob = knobs[name]
            help = f"{knob.help} ({knob.allowed})"
            self.rows[name] = SettingRow(label(knob), help, control, getattr(settings, name), handler)
        rest = [row.widget for name, row in self.rows.items() if name not in FIRST]
        self.rest = widgets.Accordion([widgets.VBox(rest)], titles=("more settings",), selected_index=None)
        self.widget = card("settings", *(self.rows[name].widget for name in FIRST), self.rest)
        self.widget.add_class("explorer-training")

    @property
    def settings(self) -> TrainSettings:
        """What the controls say. Raises SettingsError."""
        return self._base.replace(**{name: control.value for name, control in self.controls.items()})

    def load(self, settings: TrainSettings) -> None:
        """Show other settings; the buttons of the rows go back to these from here on."""
        self._base = settings
        for name, control in self.controls.items():
            control.set(getattr(settings, name))
            self.rows[name].begin(getattr(settings, name))

    def _mark(self) -> None:
        for row in self.rows.values():
            row.mark()
