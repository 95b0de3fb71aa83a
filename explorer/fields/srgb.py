"""The curve between sRGB and linear light, for arrays (IEC 61966-2-1; all in [0, 1]), and luminance."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

Values = Float64[np.ndarray, "..."]

LUMINANCE = (0.2126, 0.7152, 0.0722)  # shares of red, green and blue (ITU-R BT.709-6, part 3)


def decoded(srgb: Values) -> Values:
    """Linear light of sRGB values."""
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


def encoded(linear: Values) -> Values:
    """sRGB values of linear light."""
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))
