"""What a Julia picture is steered by: seven numbers with their ranges, and how they become z^2 + c.

A model answers these seven for every moment, in this order (`visual_parameters`); speed and turn are
integrated along the sound into the controls `angle` and `rotation`, the others are controls as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex128, Float64

SPEED = 0.5  # radians a second that `angle` advances at speed 1
TURN = 4.0  # radians a second that the picture turns at turn 1
EXTENT = 1.2  # half the shorter side of the picture in the plane of z, at zoom 1
ESCAPE = 32.0  # |z| beyond this has escaped
SMOOTHING_BY_HAND = 0.08  # seconds of centred smoothing of what moves it
SMOOTHING_BY_MODEL = 0.015  # and with a model, which is trained for it
TRAPPED = 16  # steps of which the least |z|^2 is kept, for the shading inside


@dataclass(frozen=True)
class Parameter:
    """One visual parameter; `rest` is where silence and an untrained model lie."""

    name: str
    low: float
    high: float
    rest: float
    unit: str
    help: str


PARAMETERS = (
    Parameter("distance", 1.01, 1.08, 1.04, "", "how far c lies outside the main cardioid (1: on it)"),
    Parameter("speed", 0.0, 1.0, 0.1, f"{SPEED} rad/s", "how fast c travels around the cardioid"),
    Parameter("zoom", 0.6, 1.8, 1.0, "", "larger shows it closer"),
    Parameter("turn", 0.0, 1.0, 0.05, f"{TURN} rad/s", "how fast the picture turns"),
    Parameter("hue", 0.0, 1.0, 0.5, "turns", "where on the circle of hues"),
    Parameter("saturation", 0.0, 1.0, 0.7, "", "from grey to colourful"),
    Parameter("brightness", 0.2, 1.0, 0.7, "", "how light"),
)
NAMES = tuple(parameter.name for parameter in PARAMETERS)


def constant(
    angle: Float64[np.ndarray, " moments"], distance: Float64[np.ndarray, " moments"]
) -> Complex128[np.ndarray, " moments"]:
    """c = distance (e^(i angle) / 2 - e^(2 i angle) / 4): around the main cardioid of the Mandelbrot set."""
    one = np.exp(1j * angle)
    c: Complex128[np.ndarray, " moments"] = distance * (one / 2 - one * one / 4)
    return c
