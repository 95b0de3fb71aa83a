"""Where the parts of the panel stand: a head, the picture large on the left, tabs on the right."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.notebook.widgets.accessibility import Names
from explorer.notebook.widgets.field_kinds import field_kinds
from explorer.notebook.widgets.style import CSS

FIRST_MOMENT = 0.25  # of the sound; beginnings are often silent
NONE = ("\N{EM DASH}", "")  # what the choice of a preset shows when the look is none
HELPING = "explorer-helping"  # the class of a panel that shows what every setting does


class Head:
    """The name of the sound, which field, presets, and buttons."""

    def __init__(self, track: FeatureTrack, field: FieldSettings) -> None:
        name = html.escape(track.name)
        title = f'<span class="explorer-title">{name} <small>{track.duration:.1f} s</small></span>'
        kinds = list(field_kinds())
        self.kind = _dropdown("field", kinds, field.kind, "what is drawn", "150px")
        self.kind.layout.display = "" if len(kinds) > 1 else "none"
        self.preset = _dropdown("preset", [NONE], "", "ready looks to start from", "210px")
        self.reset = push_button("Reset", "undo", "back to where this look started")
        self.another = push_button("New seed", "random", "another random one")
        self.help = widgets.ToggleButton(
            description="Help", icon="question", tooltip="show what every setting does",
            layout={"width": "auto"},
        )  # fmt: skip
        self._showing = False
        self.show(field)
        parts = (
            self.kind,
            self.preset,
            self.reset,
            self.another,
            self.help,
            Names(layout={"display": "none"}),
        )
        self.widget = box(widgets.HBox, "explorer-head", widgets.HTML(CSS + title), *parts)

    def show(self, field: FieldSettings) -> None:
        """Say what the look started from: the field's kind and, where it is one, the preset's name."""
        looks = type(field).presets()
        self._showing = True
        try:
            self.kind.value = field.kind
            options = (NONE, *((name, name) for name in looks))
            if self.preset.options != options:
                self.preset.options = options
            self.preset.value = next((name for name, look in looks.items() if look == field), "")
        finally:
            self._showing = False

    def listen(self, kind: Callable[[str], None], preset: Callable[[str], None]) -> None:
        """Call these when somebody chooses a kind or a preset."""
        self.kind.observe(lambda change: self._tell(kind, change["new"]), "value")
        self.preset.observe(lambda change: self._tell(preset, change["new"]), "value")

    def _tell(self, chosen: Callable[[str], None], name: str) -> None:
        if name and not self._showing:
            chosen(name)


def time_slider(duration: float) -> widgets.FloatSlider:
    """Which moment is shown. Its first value lies on a step, or the browser would send another back."""
    return widgets.FloatSlider(
        round(FIRST_MOMENT * duration, 2), min=0, max=duration, step=0.01, readout_format=".2f",
        description="time (s)", tooltip="which moment of the sound is shown",
        style={"description_width": "56px"}, layout={"width": "auto"},
    )  # fmt: skip


def arranged(
    head: widgets.Widget, left: Sequence[widgets.Widget], tabs: widgets.Tab, below: widgets.Widget
) -> widgets.Widget:
    """The whole panel; the columns stand below each other where it is narrow."""
    columns = (box(widgets.VBox, "explorer-left", *left), box(widgets.VBox, "explorer-right", tabs))
    return box(widgets.VBox, "explorer-panel", head, box(widgets.HBox, "explorer-columns", *columns), below)


def card(title: str, *children: widgets.Widget) -> widgets.Box:
    """Some widgets with a frame and a title."""
    return box(widgets.VBox, "explorer-card", widgets.HTML(heading(title)), *children)


def heading(title: str) -> str:
    """The title of a card, as HTML."""
    return f"<h4>{title}</h4>"


def box(kind: type[widgets.Box], name: str, *children: widgets.Widget) -> widgets.Box:
    """Widgets in a box of the style sheet's class `name`."""
    made = kind(children)
    made.add_class(name)
    return made


def _dropdown(name: str, options: Sequence[Any], value: str, tooltip: str, width: str) -> widgets.Dropdown:
    return widgets.Dropdown(
        options=options, value=value, description=name, tooltip=tooltip,
        style={"description_width": "46px"}, layout={"width": width},
    )  # fmt: skip


def push_button(name: str, icon: str, tooltip: str, **settings: Any) -> widgets.Widget:
    """A button as wide as its words."""
    return widgets.Button(description=name, icon=icon, tooltip=tooltip, layout={"width": "auto"}, **settings)
