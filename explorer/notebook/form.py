"""All controls of a field, grouped as its settings are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import ipywidgets as widgets

from explorer.fields import FieldSettings
from explorer.notebook.controls import Control, make_control

Field = TypeVar("Field", bound=FieldSettings)


class Form(Generic[Field]):
    """A field as controls. `changed` is called after every change, once after `load`, on any thread."""

    def __init__(self, field: Field, changed: Callable[[], None]) -> None:
        self._base = field
        self._changed = changed
        self._loading = True
        knobs = type(field).knobs()
        made = {name: (knob.group, make_control(knob, self._tell)) for name, knob in knobs.items()}
        self.controls: dict[str, Control] = {name: control for name, (_, control) in made.items() if control}
        groups = dict.fromkeys(group for group, control in made.values() if control)
        self.widget = widgets.VBox([self._card(group, made) for group in groups])
        self.widget.add_class("explorer-form")
        self._show(field)
        self._loading = False

    @property
    def field(self) -> Field:
        """The field that the controls describe. Raises SettingsError for what does not go together."""
        return self._base.replace(**{name: control.value for name, control in self.controls.items()})

    def load(self, field: Field) -> None:
        """Show another field; settings without a control are kept from it."""
        self._loading = True
        try:
            self._show(field)
        finally:
            self._loading = False
        self._changed()

    def _show(self, field: Field) -> None:
        self._base = field
        for name, control in self.controls.items():
            control.set(getattr(field, name))

    def _tell(self) -> None:
        if not self._loading:
            self._changed()

    @staticmethod
    def _card(group: str, made: dict[str, tuple[str, Control | None]]) -> widgets.Widget:
        title = widgets.HTML(f"<h4>{group}</h4>")
        card = widgets.VBox([title, *(c.widget for g, c in made.values() if c and g == group)])
        card.add_class("explorer-card")
        return card
