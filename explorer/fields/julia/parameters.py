"""The seven visual parameters of a Julia set with their ranges, and how they become z^2 + c.

A model returns these seven for every moment, in this order (`visual_parameters`); speed and turn are
integrated along the sound into the controls `angle` and `rotation`, the others are controls as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex128, Float64

SPEED = 0.5  # radians a second of `angle` at speed 1
TURN = 4.0  # radians a second of `rotation` at turn 1
EXTENT = 1.2  # half the shorter side of the picture in the plane of z, at zoom 1
ESCAPE_RADIUS = 32.0  # a point has escaped when |z| is larger
TRAP_STEPS = 16  # the minimum of |z|^2 is taken over these steps, for the shading inside
SMOOTHING_BY_HAND = 0.08  # seconds of centered smoothing of the parameters from the hand-written mapping
SMOOTHING_BY_MODEL = 0.015  # and of those from a model, which is trained for it


@dataclass(frozen=True)
class Parameter:
    """One visual parameter; `rest` is its value in silence and from an untrained model."""

    name: str
    low: float
    high: float
    rest: float
    unit: str
    help: str


PARAMETERS = (
    Parameter("distance", 1.01, 1.08, 1.04, "", "how far c lies outside the main cardioid (1: on it)"),
    Parameter("speed", 0.0, 1.0, 0.1, f"{SPEED} rad/s", "how fast c travels around the cardioid"),
    Parameter("zoom", 0.6, 1.8, 1.0, "", "larger is closer"),
    Parameter("turn", 0.0, 1.0, 0.05, f"{TURN} rad/s", "how fast the picture turns"),
    Parameter("hue", 0.0, 1.0, 0.5, "turns", "where on the circle of hues"),
    Parameter("saturation", 0.0, 1.0, 0.7, "", "from gray to colorful"),
    Parameter("brightness", 0.2, 1.0, 0.7, "", "how light"),
)
NAMES = tuple(parameter.name for parameter in PARAMETERS)

# of the controls, where a field's own settings scale the parameters beyond their ranges
CONTROL_LIMITS = {"distance": (1.0, 1.5), "saturation": (0.0, 1.0), "brightness": (0.2, 1.0)}


def constant(
    angle: Float64[np.ndarray, " moments"], distance: Float64[np.ndarray, " moments"]
) -> Complex128[np.ndarray, " moments"]:
    """c = distance (e^(i angle) / 2 - e^(2 i angle) / 4): around the main cardioid of the Mandelbrot set."""
    one = np.exp(1j * angle)
    c: Complex128[np.ndarray, " moments"] = distance * (one / 2 - one * one / 4)
    return c
