"""Steps of single settings, in units of their sliders."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.settings import Knob

MIN_STEP, MAX_STEP = 0.3, 3.0  # factors of `Knob.mutation` at strength 0, refine, and at strength 1, leap
LOG_DIGITS = 3  # significant digits of what moves by factors


def step_factor(strength: float) -> float:
    """The factor of a typical step: by powers from refine to leap."""
    return float(MIN_STEP * (MAX_STEP / MIN_STEP) ** strength)


def mutated_value(knob: Knob, value: Any, strength: float, rng: np.random.RandomState) -> Any:
    """Another value of a setting: a step along its slider, or another choice.

    What would leave the slider is reflected at its end, so a setting at its bound moves inward. A word or
    none in the place of a number stays.
    """
    if knob.slider is None:
        return _other_choice(knob, value, rng)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    step = knob.mutation * step_factor(strength) * rng.randn()
    position = slider_position(knob, value)
    target = value_at(knob, _reflected(position, step))
    if target == value:  # less than a step of the slider
        target = value_at(knob, _reflected(position, np.copysign(_smallest_step(knob), step)))
    return target if knob.accepts(target) else value


def slider_position(knob: Knob, value: float) -> float:
    """Where a value is on its slider: 0 to 1 between its ends."""
    assert knob.slider is not None
    low, high = knob.slider
    if knob.is_logarithmic:
        return float(np.log(max(value, 1e-12) / low) / np.log(high / low))
    return float((value - low) / (high - low))


def value_at(knob: Knob, position: float) -> Any:
    """The value at a position, on the steps of the slider, within the bounds."""
    assert knob.slider is not None
    low, high = knob.slider
    if knob.is_logarithmic:
        value = float(f"{low * (high / low) ** position:.{LOG_DIGITS}g}")
    else:
        step = knob.step or (1 if knob.is_integer else (high - low) / 100)
        value = round(low + round(position * (high - low) / step) * step, 9)
    value = value if knob.low is None else max(value, knob.low)
    value = value if knob.high is None else min(value, knob.high)
    return round(value) if knob.is_integer else value


def _smallest_step(knob: Knob) -> float:
    """The distance between two values on a slider."""
    assert knob.slider is not None
    low, high = knob.slider
    if knob.is_logarithmic and not knob.is_integer:
        return 0.01
    return (knob.step or (1 if knob.is_integer else (high - low) / 100)) / (high - low)


def _reflected(position: float, step: float) -> float:
    """The position after a step, reflected at the ends of the slider; from beyond it only inward."""
    if not 0 <= position <= 1:
        return position - abs(step) if position > 1 else position + abs(step)
    target = (position + step) % 2.0
    return 2 - target if target > 1 else target


def _other_choice(knob: Knob, value: Any, rng: np.random.RandomState) -> Any:
    if isinstance(value, bool):
        return not value
    others = [choice for choice in knob.choices if choice != value]
    return others[rng.randint(len(others))] if others else value
