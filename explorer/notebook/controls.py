"""A knob on screen: a slider with a number box, a dropdown or a checkbox, made from its declaration."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, Protocol

import ipywidgets as widgets

from explorer.settings import Knob

LOGARITHMIC = 20  # a slider whose ends differ by this factor moves by factors, not by steps
LABEL = "92px"

Changed = Callable[[], None]


class Control(Protocol):
    """One setting: its widget and its value, which may be set from any thread."""

    widget: widgets.Widget

    @property
    def value(self) -> Any: ...
    def set(self, value: Any) -> None: ...


def make_control(knob: Knob, changed: Changed) -> Control | None:
    """The control of a knob, calling `changed` after every change; None for what cannot be dragged or chosen."""
    if knob.slider and (type(None) in knob.types or knob.choices):
        return Optional(knob, changed)
    if knob.slider:
        return Number(knob, changed)
    if knob.choices:
        return Choice(knob, changed)
    return Switch(knob, changed) if bool in knob.types else None


def label(knob: Knob) -> str:
    """`coord scale`, `time span (s)`."""
    return knob.name.replace("_", " ") + (f" ({knob.unit})" if knob.unit else "")


class Number:
    """A slider over the range worth dragging, and a box that takes every valid number."""

    def __init__(self, knob: Knob, changed: Changed) -> None:
        self.knob = knob
        self._changed = changed
        self._lock = threading.RLock()
        assert knob.slider is not None
        self._low, self._high = knob.slider
        self._whole = int in knob.types
        start = knob.default if isinstance(knob.default, int | float) else math.sqrt(self._low * self._high)
        self._value = self._snapped(start)
        self.slider = self._make_slider()
        self.box = self._make_box()
        self.slider.observe(lambda change: self._accept(self._snapped(change["new"]), self.slider), "value")
        self.box.observe(lambda change: self._accept(change["new"], self.box), "value")
        self.widget = widgets.HBox([self.slider, self.box])
        self.widget.add_class("explorer-control")

    @property
    def value(self) -> float | int:
        return self._value

    def set(self, value: float) -> None:
        """Show another value; one outside the slider's range stands in the box, the slider at its end."""
        self._accept(value, None)

    def disable(self, disabled: bool) -> None:
        self.slider.disabled = self.box.disabled = disabled

    def _accept(self, value: float, source: widgets.Widget | None) -> None:
        """Take a value over and bring the other widget in line; the equal value coming back ends here."""
        with self._lock:
            if value == self._value:
                return
            self._value = value
            if source is not self.box:
                self.box.value = value
            if source is not self.slider and self._snapped(self.slider.value) != value:
                self._place(value)
        self._changed()

    def _place(self, value: float) -> None:
        """Move the slider without taking the value from it."""
        self.slider.unobserve_all("value")
        try:
            self.slider.value = min(max(value, self._low), self._high)
        finally:
            self.slider.observe(lambda change: self._accept(self._snapped(change["new"]), self.slider), "value")

    def _snapped(self, value: float) -> float | int:
        """The value a slider's position stands for: whole steps, or three digits on a logarithmic one."""
        step = self.knob.step or (1 if self._whole else 0)
        if step and (self._whole or not self._logarithmic):
            value = round(value / step) * step
        value = min(max(float(f"{value:.3g}") if not self._whole else value, self._low), self._high)
        return round(value) if self._whole else value

    @property
    def _logarithmic(self) -> bool:
        return self._low > 0 and self._high / self._low >= LOGARITHMIC

    def _make_slider(self) -> widgets.Widget:
        said = {
            "description": label(self.knob),
            "tooltip": self.knob.help,
            "readout": False,
            "style": {"description_width": LABEL},
            "layout": {"flex": "1 1 auto", "width": "auto", "min_width": "0"},
        }
        if self._logarithmic:
            ends = math.log10(self._low), math.log10(self._high)
            return widgets.FloatLogSlider(self._value, min=ends[0], max=ends[1], step=(ends[1] - ends[0]) / 200, **said)
        kind = widgets.IntSlider if self._whole else widgets.FloatSlider
        return kind(self._value, min=self._low, max=self._high, step=self.knob.step, **said)

    def _make_box(self) -> widgets.Widget:
        kind = widgets.BoundedIntText if self._whole else widgets.BoundedFloatText
        low = self._low if self.knob.low is None else self.knob.low
        high = self._high if self.knob.high is None else self.knob.high
        about = f"{label(self.knob)}: {self.knob.allowed}"
        return kind(
            self._value, min=low, max=high, step=self.knob.step, tooltip=about,
            layout={"flex": "0 0 76px", "width": "76px"},
        )  # fmt: skip


class Optional:
    """A number, or the one word (or none) that may stand in its place: a checkbox that lends it a number."""

    def __init__(self, knob: Knob, changed: Changed) -> None:
        self.knob = knob
        self._word = knob.choices[0] if knob.choices else None
        self.number = Number(knob, changed)
        self.number.disable(True)
        self.check = widgets.Checkbox(
            value=False, indent=False, tooltip=f"set {label(knob)}; else: {self._word or 'none'}",
            layout={"flex": "0 0 22px", "width": "22px"},
        )  # fmt: skip
        self._changed = changed
        self.check.observe(self._switch, "value")
        self.widget = widgets.HBox([self.check, *self.number.widget.children])
        self.widget.add_class("explorer-control")
        self.set(knob.default)

    @property
    def value(self) -> float | str | None:
        return self.number.value if self.check.value else self._word

    def set(self, value: float | str | None) -> None:
        if isinstance(value, int | float):
            self.number.set(value)
        self.check.value = isinstance(value, int | float)

    def _switch(self, change: Any) -> None:
        self.number.disable(not change["new"])
        self._changed()


class _Plain:
    """A widget whose value is the setting's."""

    def __init__(self, widget: widgets.Widget, changed: Changed) -> None:
        self.widget = widget
        self.widget.add_class("explorer-control")
        self.widget.observe(lambda _: changed(), "value")

    @property
    def value(self) -> Any:
        return self.widget.value

    def set(self, value: Any) -> None:
        self.widget.value = value


class Choice(_Plain):
    """A dropdown."""

    def __init__(self, knob: Knob, changed: Changed) -> None:
        about = {"tooltip": knob.help, "style": {"description_width": LABEL}, "layout": {"width": "auto"}}
        super().__init__(
            widgets.Dropdown(options=knob.choices, value=knob.default, description=label(knob), **about), changed
        )


class Switch(_Plain):
    """A checkbox."""

    def __init__(self, knob: Knob, changed: Changed) -> None:
        about = {"tooltip": knob.help, "style": {"description_width": LABEL}, "layout": {"width": "auto"}}
        super().__init__(widgets.Checkbox(value=knob.default, description=label(knob), **about), changed)
