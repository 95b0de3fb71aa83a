"""One setting that a sweep varies, with values to type, suggested from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from explorer.experiments import Recipe
from explorer.experiments.sweeps.parameter_paths import all_paths
from explorer.experiments.sweeps.samplers import AXIS_FORMAT, parse_axis
from explorer.notebook.widgets.knob_controls import label, slider_values
from explorer.settings import Knob

SUGGESTED_VALUES = 4  # of a number
NOTHING = ("\N{EM DASH}", "")


class SweepAxis:
    """A dropdown of settings, and the values of the chosen one."""

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
        self.setting.observe(self._setting_changed, "value")
        self.values.observe(lambda _: self._changed(), "value")
        self.widget = widgets.HBox([self.setting, self.values])

    def set_options(self, knobs: Mapping[str, Knob]) -> None:
        """Offer these settings; the chosen one stays when it is among them."""
        if knobs == self._knobs:
            return
        name, text = self.setting.value, self.values.value
        self._knobs = knobs
        self.setting.options = [NOTHING, *((label(knob), name) for name, knob in knobs.items())]
        if name in knobs:
            self.setting.value, self.values.value = name, text

    @property
    def vary(self) -> dict[str, Any]:
        """Name and values; empty when no setting is chosen. Raises SettingsError."""
        name = self.setting.value
        return {name: parse_axis(name, self.values.value)} if name else {}

    def _setting_changed(self, change: Any) -> None:
        knob = self._knobs.get(change["new"])
        self.values.disabled = knob is None
        self.values.value = ", ".join(suggest_values(knob)) if knob else ""
        self._changed()


def sweepable_knobs(recipe: Recipe) -> dict[str, Knob]:
    """The settings of a recipe that a control can show, by their names in a sweep."""
    knobs = {name: path.knob for name, path in all_paths(recipe).items()}
    return {n: k for n, k in knobs.items() if k and (k.slider or k.choices or bool in k.types)}


def suggest_values(knob: Knob) -> list[str]:
    """A few values worth trying: over the slider's range, or all there are."""
    if not knob.slider:
        return list(knob.choices) or ["false", "true"]
    values = slider_values(knob)
    last = len(values) - 1
    count = SUGGESTED_VALUES
    some = dict.fromkeys(values[round(last * n / (count - 1))] for n in range(count))
    return [f"{value:.3g}" if isinstance(value, float) else str(value) for value in some]
