"""Shading: the numbers of each moment that the formulas of light need."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value
from explorer.fields.controls import Controls
from explorer.fields.light.columns import DELAYS, HIT_NAMES
from explorer.fields.light.settings import Light

NUMBERS = (
    "slope", "light_x", "light_y", "light_z", "half_x", "half_y", "half_z", "ambient", "diffuse", "specular",
    "shininess", "rim", "accent_red", "accent_green", "accent_blue", "film", "film_phase", "ring_height",
    "ring_light", "lines", "line_width", "exposure",
)  # fmt: skip
RING_HEIGHT, RING_LIGHT = 1.1, 0.8  # of a hit at full strength
RELIEF_DRIVE = (0.4, 0.9, 0.27)  # factor of the relief: in silence, more by loudness, more by a hit
EXPOSURE_DRIVE = (0.42, 0.88, 1.2, 0.22)  # in silence, more by loudness to this power, share more by a hit
SPECULAR_DRIVE = (0.25, 0.75)  # in silence, more by loudness
RADIANS = math.pi / 180  # of a degree
REFERENCE_ROWS = 360  # line widths are in pixels of a frame this high


class Shading:
    """The light of some moments. `slope` and `line_width` follow from the frame: see `numbers`."""

    def __init__(self, light: Light, controls: Controls) -> None:
        self.light = light
        columns = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        self._loud, self._hit, self._swell = columns["loud"], columns["hit"], columns["swell"]
        self.history: Float32[np.ndarray, "moments delays"] = np.column_stack(
            [columns[name] for name in HIT_NAMES]
        ).astype(np.float32)

    @property
    def has_rings(self) -> bool:
        """Whether hits run outward."""
        return self.light.rings > 0

    @property
    def delays_per_length(self) -> float:
        """Steps of the history for half a height of distance."""
        return float(1 / (self.light.ring_speed * DELAYS[1]))

    def numbers(
        self, moment: int, accent: Float32[np.ndarray, 3], pixel: float
    ) -> Float32[np.ndarray, " numbers"]:
        """`NUMBERS` of a moment, for pixels of a size (half the shorter side is 1)."""
        loud, hit, swell = self._loud[moment], self._hit[moment], self._swell[moment]
        return np.array(light_numbers(self.light, loud, hit, swell, accent, pixel), np.float32)


def light_numbers(
    light: Any, loud: Any, hit: Any, swell: Any, accent: Iterable[Any], pixel: Any
) -> list[Any]:
    """`NUMBERS` of loudness, hit and swell in [0, 1]: of numbers, or of expressions for shaders."""
    x, y, z = _direction(light)
    length = np.maximum(np.sqrt(x * x + y * y + (z + 1) ** 2), 1e-6)
    base, by_loudness, by_hit = RELIEF_DRIVE
    relief = light.relief * _driven(light, base + by_loudness * loud + by_hit * hit)
    base, by_loudness, power, by_hit = EXPOSURE_DRIVE
    exposure = _driven(light, (base + by_loudness * loud**power) * (1 + by_hit * hit))
    exposure = exposure * (1 + light.swell * swell)
    base, by_loudness = SPECULAR_DRIVE
    specular = light.specular * _driven(light, base + by_loudness * loud)
    width = light.line_width * 2 / pixel / REFERENCE_ROWS * (1 + hit * light.dynamics)
    return [
        -relief / (2 * pixel), x, y, z, x / length, y / length, (z + 1) / length, light.ambient,
        light.diffuse, specular, light.shininess, light.rim, *accent, light.film, 0.0,
        RING_HEIGHT * light.rings, RING_LIGHT * light.rings, light.lines, np.maximum(width, 0.5), exposure,
    ]  # fmt: skip


def _driven(light: Any, value: Any) -> Any:
    """From 1 without dynamics to `value`."""
    return 1 + (value - 1) * light.dynamics


def _direction(light: Any) -> tuple[Any, Any, Any]:
    """The unit vector towards the light; y points down, z to the viewer."""
    angle, height = light.direction * RADIANS, light.elevation * RADIANS
    sin, cos = (np.sin, np.cos) if isinstance(angle, Value) else (math.sin, math.cos)
    return cos(height) * cos(angle), -cos(height) * sin(angle), sin(height)
