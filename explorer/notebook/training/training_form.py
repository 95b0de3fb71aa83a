"""The settings of a training as controls: the most common ones first, the others folded away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from explorer.notebook.widgets.boxes import card
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.knob_controls import Control, label, make_control
from explorer.notebook.widgets.setting_row import SettingRow
from explorer.settings import Settings


class TrainingForm:
    """All knobs of some settings, the `first` on top; settings without a control keep their values."""

    def __init__(self, settings: Settings, handler: HandlerFactory, first: Sequence[str]) -> None:
        self._base = settings
        self.rows: dict[str, SettingRow] = {}
        knobs = type(settings).knobs()
        controls = {name: make_control(knob, self._update) for name, knob in knobs.items()}
        self.controls: dict[str, Control] = {name: control for name, control in controls.items() if control}
        for name, control in self.controls.items():
            control.set(getattr(settings, name))
            knob = knobs[name]
            help = f"{knob.help} ({knob.allowed})"
            self.rows[name] = SettingRow(label(knob), help, control, getattr(settings, name), handler)
        others = [row.widget for name, row in self.rows.items() if name not in first]
        fold = widgets.Accordion([widgets.VBox(others)], titles=("more settings",), selected_index=None)
        self.widget = card("settings", *(self.rows[name].widget for name in first), fold)
        self.widget.add_class("explorer-training")

    @property
    def settings(self) -> Any:
        """The settings of the controls. Raises SettingsError."""
        return self._base.replace(**{name: control.value for name, control in self.controls.items()})

    def _update(self) -> None:
        for row in self.rows.values():
            row.update()
