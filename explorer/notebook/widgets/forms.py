"""The forms of all fields, one of them shown: each keeps its settings while another is looked at."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets

from explorer.fields import FieldSettings
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.error_line import Guard
from explorer.notebook.widgets.field_kinds import field_kinds
from explorer.notebook.widgets.form import Form


class Forms:
    """The form of the field that is shown, and those of the others, kept."""

    def __init__(self, first: FieldSettings, changed: Callable[[], None], guarded: Guard) -> None:
        self._changed, self._guarded = changed, guarded
        self._made: dict[str, Form] = {}
        self.widget = widgets.VBox()
        self.current = self._form(first)

    @property
    def field(self) -> FieldSettings:
        """What the shown form says."""
        return self.current.field

    def load(self, field: FieldSettings, anew: bool = False) -> None:
        """Show a field of any kind; `anew`: it is what the reset buttons go back to."""
        self._form(field).load(field, anew)

    def switch(self, kind: str) -> None:
        """Show another kind of field: as it was left, or its first look."""
        known = self._made.get(kind)
        if known:
            self.load(known.field)
        else:
            self.load(field_kinds()[kind].default_look(), anew=True)

    def _form(self, field: FieldSettings) -> Form:
        """The form of the field's kind, made when it is first needed, and the only one shown."""
        if field.kind not in self._made:
            form = self._made[field.kind] = Form(field, self._changed, self._guarded)
            cells.answer_in_any_shell(form.widget)
            self.widget.children = (*self.widget.children, form.widget)
        for kind, form in self._made.items():
            form.widget.layout.display = "" if kind == field.kind else "none"
        self.current = self._made[field.kind]
        return self.current
