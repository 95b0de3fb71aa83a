"""What a sweep varies: one to three settings, each with values to type, proposed from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from explorer.experiments import Recipe
from explorer.experiments.sweeps.parameter_paths import all_paths
from explorer.experiments.sweeps.sampling import AXIS_FORMAT, parse_axis
from explorer.notebook.widgets.controls import grid, label
from explorer.settings import Knob

PROPOSED = 4  # values of a number
NOTHING = ("\N{EM DASH}", "")


class Axis:
    """One setting to vary, and its values."""

    def __init__(self, number: int, changed: Callable[[], None]) -> None:
        self._knobs: Mapping[str, Knob] = {}
        self._changed = changed
        self.setting = widgets.Dropdown(
            options=[NOTHING], tooltip=f"setting {number} to vary", layout={"width": "168px"}
        )
        self.values = widgets.Text(
            placeholder="values",
            tooltip=f"values of setting {number}: {AXIS_FORMAT}",
            disabled=True,
            layout={"width": "auto", "flex": "1 1 auto"},
        )
        self.setting.observe(self._chosen, "value")
        self.values.observe(lambda _: self._changed(), "value")
        self.widget = widgets.HBox([self.setting, self.values])

    def offer(self, knobs: Mapping[str, Knob]) -> None:
        """Offer these settings; the chosen one stays when it is among them."""
        if knobs == self._knobs:
            return
        chosen, typed = self.setting.value, self.values.value
        self._knobs = knobs
        self.setting.options = [NOTHING, *((label(knob), name) for name, knob in knobs.items())]
        if chosen in knobs:
            self.setting.value, self.values.value = chosen, typed

    @property
    def said(self) -> dict[str, Any]:
        """Name and values; empty when nothing is chosen. Raises SettingsError."""
        name = self.setting.value
        return {name: parse_axis(name, self.values.value)} if name else {}

    def _chosen(self, change: Any) -> None:
        knob = self._knobs.get(change["new"])
        self.values.disabled = knob is None
        self.values.value = ", ".join(proposed(knob)) if knob else ""
        self._changed()


def offered(recipe: Recipe) -> dict[str, Knob]:
    """The settings of a recipe that a control can show, by the name that a sweep knows them by."""
    found = {name: path.knob for name, path in all_paths(recipe).items()}
    return {n: k for n, k in found.items() if k and (k.slider or k.choices or bool in k.types)}


def proposed(knob: Knob) -> list[str]:
    """A few values worth trying: over the slider's range, or all there are."""
    if not knob.slider:
        return list(knob.choices) or ["false", "true"]
    places = grid(knob)
    last = len(places) - 1
    chosen = dict.fromkeys(places[round(last * n / (PROPOSED - 1))] for n in range(PROPOSED))
    return [f"{value:.3g}" if isinstance(value, float) else str(value) for value in chosen]
