"""All controls of a field, grouped as its settings are; one form for each kind of field."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.custom.versions import with_newest_classes
from explorer.fields.mix.compound import CompoundField
from explorer.fields.registry import field_kinds
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import card, small_button
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.feature_picker import HELP, FeaturePicker
from explorer.notebook.widgets.keyframe_editor import AnimatableSettings, KeyframeEditor, Moments
from explorer.notebook.widgets.knob_controls import Control, label, make_control
from explorer.notebook.widgets.setting_row import SettingRow
from explorer.settings import Knob

FEATURES_GROUP = "audio"  # the card that the features are in


def _ignore_arguments(action: Callable[[], Any]) -> Callable[..., None]:
    return lambda *_: action()


class FieldForm:
    """A field as controls. `changed` is called after every change, once after `load`, on any thread.

    `start` is the look that the reset buttons of the rows return to; `added` are the columns that somebody
    added to the track; `moments` are those that keyframes can be set at.
    """

    def __init__(
        self,
        field: FieldSettings,
        changed: Callable[[], None],
        handler: HandlerFactory = _ignore_arguments,
        added: Sequence[str] = (),
        moments: Moments | None = None,
    ) -> None:
        self.start = self._base = field
        self._changed = changed
        self._loading = True
        knobs = field.all_knobs()
        controls = {name: self._make_control(knob, handler, moments) for name, knob in knobs.items()}
        self.controls: dict[str, Control] = {name: control for name, control in controls.items() if control}
        if not isinstance(field, CompoundField):  # its features are those of its parts
            self.controls["features"] = FeaturePicker(
                field.features, self._notify, added, field.usable_features
            )
        self.rows = {name: self._make_row(name, knobs.get(name), handler) for name in self.controls}
        self._hidden_text = widgets.HTML()
        self.drop_button = small_button("remove", "draw without these again")
        self.drop_button.on_click(handler(self.drop_hidden_settings))
        self._hidden_row = widgets.HBox([self._hidden_text, self.drop_button])
        self._hidden_row.add_class("explorer-leftover")
        self.widget = widgets.VBox([*self._cards(knobs), self._hidden_row])
        self.widget.add_class("explorer-form")
        self._show(field)
        self._loading = False
        self._update()

    @property
    def field(self) -> FieldSettings:
        """The field that the controls describe. Raises SettingsError for what does not go together."""
        return self._base.replace(**{name: control.value for name, control in self.controls.items()})

    def load(self, field: FieldSettings, start: FieldSettings | None = None) -> None:
        """Show another field, its settings without a control too; where there is a new `start`, set that."""
        self._loading = True
        try:
            if start is not None:
                self.start = start
                for name, row in self.rows.items():
                    row.start = start.value(name)
            self._show(field)
        finally:
            self._loading = False
        self._update()
        self._changed()

    @property
    def hidden_settings(self) -> dict[str, Any]:
        """Settings without a control that are not at their defaults: the scales of a calibration."""
        field = self.field
        visible = {*field.derived_settings, *self.controls, *self._base.groups()}
        values = {name: getattr(field, name) for name in type(field).model_fields if name not in visible}
        if isinstance(field, CompoundField):
            values = {}  # which fields, and by what: not settings to reset
        return {n: v for n, v in values.items() if v != type(field).model_fields[n].default}

    def drop_hidden_settings(self) -> None:
        """Reset the settings without a control."""
        fields = type(self._base).model_fields
        self.load(self.field.replace(**{name: fields[name].default for name in self.hidden_settings}))

    def _make_control(self, knob: Knob, handler: HandlerFactory, moments: Moments | None) -> Control | None:
        owner, _, name = knob.name.rpartition(".")  # a field inside a mixture has its own
        part = type(self.start.value(owner) if owner else self.start)
        if name != "keyframes" or not part.movable:
            return make_control(knob, self._notify)

        def rest_value(setting: str) -> float:
            return float((self.field.value(owner) if owner else self.field).rest_value(setting))

        settings = AnimatableSettings({each: part.knobs()[each] for each in part.movable}, rest_value)
        return KeyframeEditor(knob, settings, self._notify, handler, moments)

    def show_sections(self) -> None:
        """Let keyframes choose the sections of the track, which may have been found since."""
        for control in self.controls.values():
            if isinstance(control, KeyframeEditor):
                control.show_sections()

    def _show(self, field: FieldSettings) -> None:
        self._base = field
        for name, control in self.controls.items():
            control.set(field.value(name))

    def _notify(self) -> None:
        if not self._loading:
            self._update()
            self._changed()

    def _update(self) -> None:
        """Update the reset buttons and the line about settings without a control."""
        for row in self.rows.values():
            row.update()
        hidden: dict[str, Any] = {}
        with contextlib.suppress(SettingsError):  # `changed` shows what does not go together
            hidden = self.hidden_settings
        names = ", ".join(name.replace("_", " ") for name in hidden)
        origins = {"genome": "bred", "weights": "painted"}
        origin = next((origins[name] for name in origins if name in hidden), "calibrated")
        self._hidden_text.value = f"<small>{origin}: {names}</small>" if names else ""
        self._hidden_row.layout.display = "" if names else "none"

    def _make_row(self, name: str, knob: Knob | None, handler: HandlerFactory) -> SettingRow:
        help = f"{knob.help} ({knob.allowed})" if knob else HELP
        title = label(knob) if knob else name
        return SettingRow(title, help, self.controls[name], self.start.value(name), handler)

    def _cards(self, knobs: dict[str, Knob]) -> list[widgets.Widget]:
        groups: dict[str, list[SettingRow]] = {}
        for name, row in self.rows.items():
            groups.setdefault(knobs[name].group if name in knobs else FEATURES_GROUP, []).append(row)
        cards = {group: card(group, *(row.widget for row in rows)) for group, rows in groups.items()}
        for name in self.rows:
            if name.endswith(".on"):  # while it is off, the stylesheet hides the rest of the card
                cards[knobs[name].group].add_class("explorer-switched")
        return list(cards.values())


class FieldForms:
    """One form for each kind of field; one is visible, the others keep their settings meanwhile."""

    def __init__(
        self,
        first: FieldSettings,
        changed: Callable[[], None],
        handler: HandlerFactory,
        added: Sequence[str] = (),
        moments: Moments | None = None,
    ) -> None:
        self._arguments = changed, handler, added, moments  # of the forms
        self._forms: dict[str, FieldForm] = {}
        self.widget = widgets.VBox()
        self.current = self._form_for(first)

    @property
    def field(self) -> FieldSettings:
        """The field of the visible form."""
        return self.current.field

    def load(self, field: FieldSettings, start: FieldSettings | None = None) -> None:
        """Show a field of any kind; the reset buttons return to `start` where there is one."""
        self._form_for(field).load(field, start)

    def switch(self, kind: str) -> None:
        """Show another kind of field: as it was left, or its first look."""
        form = self._forms.get(kind)
        if form:
            self.load(form.field)
        else:
            first = field_kinds()[kind].default_look()
            self.load(first, first)

    def show_sections(self) -> None:
        """See `FieldForm.show_sections`."""
        for form in self._forms.values():
            form.show_sections()

    def update_classes(self) -> list[str]:
        """Rebuild the forms of classes that were defined anew, with their settings as they were.

        Gives back what could not stay, in words.
        """
        changes: list[str] = []
        for kind, form in list(self._forms.items()):
            start, _ = with_newest_classes(form.start)
            if start == form.start:
                continue
            field, losses = with_newest_classes(form.field)
            changes += losses
            is_visible = self.current is form
            renewed = self._forms[kind] = FieldForm(field, *self._arguments)
            renewed.load(field, start)
            cells.reply_from_any_subshell(renewed.widget)
            children = (
                renewed.widget if widget is form.widget else widget for widget in self.widget.children
            )
            self.widget.children = tuple(children)
            form.widget.close()
            if is_visible:
                self.load(field)
            else:
                renewed.widget.layout.display = "none"
        return changes

    def _form_for(self, field: FieldSettings) -> FieldForm:
        """The form of the field's kind, made when it is first needed, and the only one visible."""
        earlier = self._forms.get(field.kind)
        if earlier and earlier.start.all_knobs().keys() != field.all_knobs().keys():  # a mixture of others
            self.widget.children = tuple(each for each in self.widget.children if each is not earlier.widget)
            earlier.widget.close()
            earlier = None
        if earlier is None:
            form = self._forms[field.kind] = FieldForm(field, *self._arguments)
            cells.reply_from_any_subshell(form.widget)
            self.widget.children = (*self.widget.children, form.widget)
        for kind, form in self._forms.items():
            form.widget.layout.display = "" if kind == field.kind else "none"
        self.current = self._forms[field.kind]
        return self.current
