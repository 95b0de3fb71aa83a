"""All controls of a field, grouped as its settings are."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.notebook.widgets.controls import Control, label, make_control
from explorer.notebook.widgets.error_line import Guard
from explorer.notebook.widgets.feature_picker import HELP, Heard
from explorer.notebook.widgets.layout import card
from explorer.notebook.widgets.setting_row import Row
from explorer.settings import Knob

AUDIO = "audio"  # the group that the features stand in


def _plain(action: Callable[[], Any]) -> Callable[..., None]:
    return lambda *_: action()


class Form:
    """A field as controls. `changed` is called after every change, once after `load`, on any thread.

    `start` is the look that the rows' reset buttons go back to.
    """

    def __init__(self, field: FieldSettings, changed: Callable[[], None], guarded: Guard = _plain) -> None:
        self.start = self._base = field
        self._changed = changed
        self._loading = True
        knobs = type(field).knobs()
        made = {name: make_control(knob, self._tell) for name, knob in knobs.items()}
        self.controls: dict[str, Control] = {name: control for name, control in made.items() if control}
        self.controls["features"] = Heard(field.features, self._tell)
        self.rows = {name: self._row(name, knobs.get(name), guarded) for name in self.controls}
        self._others = widgets.HTML()
        self._plain = _small_button("remove", "draw without these again")
        self._plain.on_click(guarded(self.drop_others))
        self._leftover = widgets.HBox([self._others, self._plain])
        self._leftover.add_class("explorer-leftover")
        self.widget = widgets.VBox([*self._cards(knobs), self._leftover])
        self.widget.add_class("explorer-form")
        self._show(field)
        self._loading = False
        self._mark()

    @property
    def field(self) -> FieldSettings:
        """The field that the controls describe. Raises SettingsError for what does not go together."""
        return self._base.replace(**{name: control.value for name, control in self.controls.items()})

    def load(self, field: FieldSettings, anew: bool = False) -> None:
        """Show another field; settings without a control are kept from it. `anew`: it is the new start."""
        self._loading = True
        try:
            if anew:
                self.start = field
                for name, row in self.rows.items():
                    row.start = getattr(field, name)
            self._show(field)
        finally:
            self._loading = False
        self._mark()
        self._changed()

    @property
    def others(self) -> dict[str, Any]:
        """Settings that no control shows and that are not at their defaults: the scales of a calibration."""
        field, shown = self.field, {"kind", *self.controls}
        values = {name: getattr(field, name) for name in type(field).model_fields if name not in shown}
        return {n: v for n, v in values.items() if v != type(field).model_fields[n].default}

    def drop_others(self) -> None:
        """Give up what no control shows."""
        fields = type(self._base).model_fields
        self.load(self.field.replace(**{name: fields[name].default for name in self.others}))

    def _show(self, field: FieldSettings) -> None:
        self._base = field
        for name, control in self.controls.items():
            control.set(getattr(field, name))

    def _tell(self) -> None:
        if not self._loading:
            self._mark()
            self._changed()

    def _mark(self) -> None:
        """Bring the reset buttons and the line about settings without a control up to date."""
        for row in self.rows.values():
            row.mark()
        others: dict[str, Any] = {}
        with contextlib.suppress(SettingsError):  # `changed` tells what does not go together
            others = self.others
        named = ", ".join(name.replace("_", " ") for name in others)
        self._others.value = f"<small>calibrated: {named}</small>" if named else ""
        self._leftover.layout.display = "" if named else "none"

    def _row(self, name: str, knob: Knob | None, guarded: Guard) -> Row:
        help = f"{knob.help} ({knob.allowed})" if knob else HELP
        return Row(
            label(knob) if knob else name, help, self.controls[name], getattr(self.start, name), guarded
        )

    def _cards(self, knobs: dict[str, Knob]) -> list[widgets.Widget]:
        groups: dict[str, list[Row]] = {}
        for name, row in self.rows.items():
            groups.setdefault(knobs[name].group if name in knobs else AUDIO, []).append(row)
        return [card(group, *(row.widget for row in rows)) for group, rows in groups.items()]


def _small_button(name: str, tooltip: str) -> widgets.Widget:
    button = widgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"})
    button.add_class("explorer-small")
    return button
