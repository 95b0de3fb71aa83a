"""Palettes of designed lightness as tables of linear light."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float32

from explorer.errors import SettingsError
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.settings import did_you_mean

ENTRIES = 512
_STOPS = {
    "ember2": ((0, 0.10, 0.03, 290), (0.25, 0.26, 0.12, 350), (0.5, 0.52, 0.19, 392),
              (0.75, 0.78, 0.16, 428), (1, 0.97, 0.06, 460)),
    "abyss": ((0, 0.08, 0.03, 270), (0.3, 0.26, 0.10, 265), (0.55, 0.50, 0.13, 215),
              (0.8, 0.80, 0.12, 175), (1, 0.98, 0.04, 110)),
    "orchid2": ((0, 0.10, 0.05, 300), (0.3, 0.30, 0.16, 310), (0.55, 0.55, 0.22, 350),
              (0.8, 0.80, 0.13, 390), (1, 0.97, 0.04, 450)),
    "verdigris": ((0, 0.09, 0.02, 230), (0.3, 0.28, 0.07, 200), (0.55, 0.55, 0.12, 165),
              (0.75, 0.76, 0.14, 110), (1, 0.97, 0.06, 95)),
    "gold": ((0, 0.08, 0.02, 260), (0.35, 0.24, 0.06, 270), (0.6, 0.50, 0.11, 420),
              (0.85, 0.83, 0.15, 445), (1, 0.98, 0.05, 460)),
    "dusk2": ((0, 0.10, 0.05, 275), (0.3, 0.30, 0.14, 285), (0.55, 0.53, 0.19, 365),
              (0.8, 0.78, 0.15, 415), (1, 0.97, 0.05, 450)),
}  # fmt: skip


def color_table(name: str) -> Float32[np.ndarray, "512 3"]:
    """Linear light along a palette."""
    from scipy.interpolate import PchipInterpolator

    position, lightness, chroma, hue = np.array(_STOPS[check_color_table(name)], float).T
    x = np.linspace(0, 1, ENTRIES)
    path = PchipInterpolator(position, np.column_stack((lightness, chroma, hue * math.pi / 180)))(x)
    lab = np.column_stack((path[:, 0], path[:, 1] * np.cos(path[:, 2]), path[:, 1] * np.sin(path[:, 2])))
    light: Float32[np.ndarray, "512 3"] = (
        ((lab @ np.array(OKLAB_TO_LMS).T) ** 3 @ np.array(LMS_TO_LINEAR).T).clip(0, 1).astype(np.float32)
    )
    return light


def check_color_table(name: str) -> str:
    """The name of a palette, unchanged. Raises SettingsError for another name."""
    if name not in _STOPS:
        raise SettingsError(f"palette: got {name!r}{did_you_mean(name, _STOPS)}")
    return name
