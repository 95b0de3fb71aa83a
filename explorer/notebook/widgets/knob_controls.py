"""A knob on screen, made from its declaration: a slider with a number box, a dropdown, text or a checkbox."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import ipywidgets as widgets
import numpy as np

from explorer.notebook.widgets.boxes import shared_layout, shared_style
from explorer.settings import Knob

LOG_SLIDER_STEPS = 100
LABEL_WIDTH = "96px"
UNIT_NAMES = {"s": "seconds"}

ChangeCallback = Callable[[], None]


class Control(Protocol):
    """One setting: its widget and its value, which may be set from any thread."""

    widget: widgets.Widget

    @property
    def value(self) -> Any: ...
    def set(self, value: Any) -> None: ...


@runtime_checkable
class PlayableControl(Protocol):
    """A control that a fader or a knob of a controller can move, too."""

    def set_share(self, share: float) -> None:
        """Set the place on the slider, from 0 to 1."""
        ...


def make_control(knob: Knob, changed: ChangeCallback) -> Control | None:
    """The control of a knob, calling `changed` after every change; None where no control suits it."""
    if knob.slider and (type(None) in knob.types or knob.choices):
        return OptionalNumberControl(knob, changed)
    if knob.slider:
        return NumberControl(knob, changed)
    if knob.choices:
        return ChoiceControl(knob, changed)
    if bool in knob.types:
        return SwitchControl(knob, changed)
    return TextControl(knob, changed) if tuple in knob.types else None


def label(knob: Knob) -> str:
    """`coord scale`, `time span (s)`, `light.relief`; without the unit where the name contains it."""
    words = knob.name.split("_")
    has_unit = UNIT_NAMES.get(knob.unit, knob.unit) in words
    return " ".join(words) + (f" ({knob.unit})" if knob.unit and not has_unit else "")


def card_label(knob: Knob) -> str:
    """The label in the card of the knob's group, whose title says the path: `relief` of `light.relief`."""
    return label(dataclasses.replace(knob, name=knob.name.rpartition(".")[2]))


class NumberControl:
    """A slider over the usual range, and a box that takes every valid number.

    The slider moves over a list of values. A value from elsewhere stands in the box exactly, the slider at
    the nearest place: sliders of numbers would send back their own rounding of it.
    """

    def __init__(self, knob: Knob, changed: ChangeCallback, box_width: str = "76px") -> None:
        self.slider_values = slider_values(knob)
        self._changed = changed
        self._lock = threading.RLock()
        self._aligning = False
        middle = self.slider_values[len(self.slider_values) // 2]
        self._value = knob.default if isinstance(knob.default, int | float) else middle
        self.slider = widgets.IntSlider(
            self._nearest(self._value), min=0, max=len(self.slider_values) - 1, readout=False,
            description=card_label(knob), tooltip=knob.help,
            style=shared_style(widgets.IntSlider, description_width=LABEL_WIDTH),
            layout=shared_layout(flex="1 1 auto", width="auto", min_width="0"),
        )  # fmt: skip
        self.box = _make_box(knob, self._value, box_width)
        self.slider.observe(
            lambda change: self._accept(self.slider_values[change["new"]], self.slider), "value"
        )
        self.box.observe(lambda change: self._accept(change["new"], self.box), "value")
        self.widget = widgets.HBox([self.slider, self.box], layout=shared_layout())
        self.widget.add_class("explorer-control")

    @property
    def value(self) -> float | int:
        return self._value

    def set(self, value: float) -> None:
        self._accept(value, None)

    def set_share(self, share: float) -> None:
        values = self.slider_values
        value = float(np.interp(share * (len(values) - 1), range(len(values)), values))
        self.set(round(value) if all(isinstance(each, int) for each in values) else float(f"{value:.6g}"))

    def disable(self, disabled: bool) -> None:
        self.slider.disabled = self.box.disabled = disabled

    def _accept(self, value: float, source: widgets.Widget | None) -> None:
        """Take a value over and set both widgets to it, on any thread."""
        with self._lock:
            if self._aligning or value == self._value:
                return  # an echo of what is set below
            self._value = value
            self._aligning = True
            try:
                self.box.value = value
                if source is not self.slider:
                    self.slider.value = self._nearest(value)
            finally:
                self._aligning = False
        self._changed()

    def _nearest(self, value: float) -> int:
        return min(range(len(self.slider_values)), key=lambda place: abs(self.slider_values[place] - value))


def slider_values(knob: Knob) -> list[float]:
    """The values a slider moves over: even steps, or even factors where the ends are far apart."""
    assert knob.slider is not None
    low, high = knob.slider
    whole = int in knob.types
    step = knob.step or (1 if whole else (high - low) / 100)
    count = round((high - low) / step)
    if knob.is_logarithmic:
        values = [low * (high / low) ** (n / LOG_SLIDER_STEPS) for n in range(LOG_SLIDER_STEPS + 1)]
        digits = [float(f"{value:.2g}") for value in values]
        values = [max(step, round(value / step) * step) for value in digits] if whole else digits
    else:
        values = [round(low + n * step, 9) for n in range(count + 1)]
    return sorted({round(value) if whole else value for value in values})


def _make_box(knob: Knob, value: float, width: str) -> widgets.Widget:
    assert knob.slider is not None
    kind = widgets.BoundedIntText if int in knob.types else widgets.BoundedFloatText
    low = knob.slider[0] if knob.low is None else knob.low
    high = knob.slider[1] if knob.high is None else knob.high
    return kind(
        value, min=low, max=high, step=knob.step, tooltip=f"{label(knob)}: {knob.allowed}",
        style=shared_style(kind), layout=shared_layout(flex="none", width=width),
    )  # fmt: skip


class OptionalNumberControl:
    """A number, or None or the one word that may replace it: a checkbox turns the number on."""

    def __init__(self, knob: Knob, changed: ChangeCallback) -> None:
        self.knob = knob
        self._word = knob.choices[0] if knob.choices else None
        self.number = NumberControl(knob, changed, box_width="54px")
        self.number.disable(True)
        self.check = widgets.Checkbox(
            value=False, indent=False, tooltip=f"set {label(knob)}; else: {self._word or 'none'}",
            style=shared_style(widgets.Checkbox), layout=shared_layout(flex="0 0 18px", width="18px"),
        )  # fmt: skip
        self._changed = changed
        self.check.observe(self._switch, "value")
        self.widget = widgets.HBox([*self.number.widget.children, self.check], layout=shared_layout())
        self.widget.add_class("explorer-control")
        self.set(knob.default)

    @property
    def value(self) -> float | str | None:
        return self.number.value if self.check.value else self._word

    def set(self, value: float | str | None) -> None:
        if isinstance(value, int | float):
            self.number.set(value)
        self.check.value = isinstance(value, int | float)

    def set_share(self, share: float) -> None:
        self.number.set_share(share)
        self.check.value = True

    def _switch(self, change: Any) -> None:
        self.number.disable(not change["new"])
        self._changed()


class _ValueControl:
    """A widget whose value is the setting's."""

    def __init__(self, widget: widgets.Widget, changed: ChangeCallback) -> None:
        self.widget = widget
        self.widget.add_class("explorer-control")
        self.widget.observe(lambda _: changed(), "value")

    @property
    def value(self) -> Any:
        return self.widget.value

    def set(self, value: Any) -> None:
        self.widget.value = value


class ChoiceControl(_ValueControl):
    """A dropdown."""

    def __init__(self, knob: Knob, changed: ChangeCallback) -> None:
        options = _widget_options(widgets.Dropdown, knob)
        super().__init__(widgets.Dropdown(options=knob.choices, value=knob.default, **options), changed)

    def set(self, value: Any) -> None:
        if value not in self.widget.options:  # such as a model by name
            self.widget.options = (*self.widget.options, value)
        super().set(value)

    def set_share(self, share: float) -> None:
        options = self.widget.options
        self.set(options[min(int(share * len(options)), len(options) - 1)])


def _example(knob: Knob) -> str:
    """What stands in an empty text: the example in the help."""
    return knob.help.rpartition("as in ")[2]


class TextControl(_ValueControl):
    """Text, as on the command line, for what has several parts: keyframes, routing."""

    def __init__(self, knob: Knob, changed: ChangeCallback) -> None:
        self._source: tuple[str, Any] = ("", knob.default)  # the text that was set, and its value
        options = _widget_options(widgets.Text, knob)
        text = widgets.Text(continuous_update=False, placeholder=_example(knob), **options)
        super().__init__(text, changed)
        self.widget.add_class("explorer-typed")

    @property
    def value(self) -> Any:
        """The value that was set, or the text that was typed since."""
        text, value = self._source
        return value if self.widget.value == text else self.widget.value

    def set(self, value: Any) -> None:
        text = value if isinstance(value, str) else "; ".join(map(str, value))
        self._source = text, value
        super().set(text)


class SwitchControl(_ValueControl):
    """A checkbox."""

    def __init__(self, knob: Knob, changed: ChangeCallback) -> None:
        options = _widget_options(widgets.Checkbox, knob)
        super().__init__(widgets.Checkbox(value=knob.default, **options), changed)

    def set_share(self, share: float) -> None:
        self.set(share >= 0.5)


def _widget_options(kind: type[widgets.Widget], knob: Knob) -> dict[str, Any]:
    return {
        "description": card_label(knob),
        "tooltip": knob.help,
        "style": shared_style(kind, description_width=LABEL_WIDTH),
        "layout": shared_layout(width="auto"),
    }
