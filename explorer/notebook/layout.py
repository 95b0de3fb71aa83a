"""Where the parts of the panel stand: a head, the picture large on the left, controls on the right."""

from __future__ import annotations

import html
from collections.abc import Sequence

import ipywidgets as widgets

from explorer.audio import FeatureTrack
from explorer.notebook.style import CSS

FIRST_MOMENT = 0.25  # of the sound; beginnings are often silent


class Head:
    """The name of the sound, presets, and two buttons."""

    def __init__(self, track: FeatureTrack, presets: list[str], chosen: str | None) -> None:
        name = html.escape(track.name)
        title = f'<span class="explorer-title">{name} <small>{track.duration:.1f} s</small></span>'
        self.preset = widgets.Dropdown(
            options=presets, value=chosen, description="preset", tooltip="ready looks to start from",
            style={"description_width": "46px"}, layout={"width": "210px"},
        )  # fmt: skip
        auto = {"width": "auto"}
        self.reset = widgets.Button(description="Reset", icon="undo", layout=auto)
        self.reset.tooltip = "back to where this look started"
        self.another = widgets.Button(description="New seed", icon="random", layout=auto)
        self.another.tooltip = "another random network"
        parts = (widgets.HTML(CSS + title), self.preset, self.reset, self.another)
        self.widget = _box(widgets.HBox, "explorer-head", *parts)


def time_slider(duration: float) -> widgets.FloatSlider:
    """Which moment is shown. Its first value lies on a step, or the browser would send another back."""
    return widgets.FloatSlider(
        round(FIRST_MOMENT * duration, 2), min=0, max=duration, step=0.01, readout_format=".2f",
        description="time (s)", tooltip="which moment of the sound is shown",
        style={"description_width": "56px"}, layout={"width": "auto"},
    )  # fmt: skip


def arranged(head: widgets.Widget, left: Sequence[widgets.Widget], right: widgets.Widget) -> widgets.Widget:
    """The whole panel; the columns stand below each other where it is narrow."""
    columns = (_box(widgets.VBox, "explorer-left", *left), _box(widgets.VBox, "explorer-right", right))
    return _box(widgets.VBox, "explorer-panel", head, _box(widgets.HBox, "explorer-columns", *columns))


def _box(kind: type[widgets.Box], name: str, *children: widgets.Widget) -> widgets.Box:
    box = kind(children)
    box.add_class(name)
    return box
