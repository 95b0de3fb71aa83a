"""The top row of the panel (sound, kind of field, presets, buttons), and the arrangement of its parts."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from explorer.audio import FeatureTrack
from explorer.experiments.library.looks import own_fields
from explorer.fields import FieldSettings
from explorer.fields.registry import field_kinds, kind_label
from explorer.notebook.widgets.accessibility import AccessibleNames
from explorer.notebook.widgets.boxes import box, push_button
from explorer.notebook.widgets.markup import CSS

FIRST_MOMENT = 0.25  # of the sound; beginnings are often silent
NO_PRESET = ("\N{EM DASH}", "")  # the choice while the field is not a preset
HELP_CLASS = "explorer-helping"  # the CSS class of a panel that shows the help of every setting


class PanelHeader:
    """The name of the sound, the kind of field, presets, and buttons."""

    def __init__(self, track: FeatureTrack, field: FieldSettings) -> None:
        name = html.escape(track.name)
        title = f'<span class="explorer-title">{name} <small>{track.duration:.1f} s</small></span>'
        self.kind = _dropdown("field", _kind_options(field), field.kind, "what is drawn", "150px")
        self.kind.layout.display = "" if len(self.kind.options) > 1 else "none"
        self.preset = _dropdown("preset", [NO_PRESET], "", "a preset to start from", "210px")
        self.reset_button = push_button("Reset", "undo", "back to the settings that this look started with")
        self.seed_button = push_button("New seed", "random", "choose another random seed")
        self.help_button = widgets.ToggleButton(
            description="Help", icon="question", tooltip="show what every setting does",
            layout={"width": "auto"},
        )  # fmt: skip
        self._updating = False
        self.show(field)
        buttons = (self.reset_button, self.seed_button, self.help_button)
        names = AccessibleNames(layout={"display": "none"})
        parts = (widgets.HTML(CSS + title), self.kind, self.preset, *buttons, names)
        self.widget = box(widgets.HBox, "explorer-head", *parts)

    def show(self, field: FieldSettings) -> None:
        """Show the kind of a field and, where it is one, the name of its preset."""
        presets, own = preset_fields(field), own_fields(field.kind)
        self._updating = True
        try:
            if self.kind.options != (kinds := _kind_options(field)):
                self.kind.options = kinds
            self.kind.value = field.kind
            current = next((name for name, preset in presets.items() if preset == field), "")
            offered = {**type(field).offered_presets(), **own}
            names = [name for name in presets if name in offered or name == current]
            options = (NO_PRESET, *((name, name) for name in names))
            if self.preset.options != options:
                self.preset.options = options
            self.preset.value = current
        finally:
            self._updating = False

    def on_choice(self, kind: Callable[[str], None], preset: Callable[[str], None]) -> None:
        """Call these when the user chooses a kind or a preset."""
        self.kind.observe(lambda change: self._notify(kind, change["new"]), "value")
        self.preset.observe(lambda change: self._notify(preset, change["new"]), "value")

    def _notify(self, callback: Callable[[str], None], name: str) -> None:
        if name and not self._updating:
            callback(name)


def _kind_options(field: FieldSettings) -> tuple[tuple[str, str], ...]:
    """The kinds of fields with their names in lists, and that of the field on screen, such as a mixture."""
    return tuple((kind_label(kind), kind) for kind in dict.fromkeys([*field_kinds(), field.kind]))


def preset_fields(field: FieldSettings) -> dict[str, FieldSettings]:
    """The presets of a field's kind by name, and the user's own looks of it."""
    return {**own_fields(field.kind), **type(field).presets()}


def make_time_slider(duration: float) -> widgets.FloatSlider:
    """Chooses the moment. Its first value lies on a step, or the browser would send another one back."""
    return widgets.FloatSlider(
        round(FIRST_MOMENT * duration, 2), min=0, max=duration, step=0.01, readout_format=".2f",
        description="time (s)", tooltip="the moment of the sound to show",
        style={"description_width": "56px"}, layout={"width": "auto"},
    )  # fmt: skip


def arrange_panel(
    header: widgets.Widget, left: Sequence[widgets.Widget], tabs: widgets.Tab, below: widgets.Widget
) -> widgets.Widget:
    """The whole panel: picture on the left, tabs on the right; in a narrow cell one below the other."""
    columns = (box(widgets.VBox, "explorer-left", *left), box(widgets.VBox, "explorer-right", tabs))
    return box(widgets.VBox, "explorer-panel", header, box(widgets.HBox, "explorer-columns", *columns), below)


def _dropdown(name: str, options: Sequence[Any], value: str, tooltip: str, width: str) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=options, value=value, description=name, tooltip=tooltip,
        style={"description_width": "46px"}, layout={"width": width},
    )  # fmt: skip
