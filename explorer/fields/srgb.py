"""The curve between sRGB and linear light (IEC 61966-2-1; all in [0, 1]), and luminance.

The constants are the only copy; the functions are for numpy arrays in double precision. On tensors, in
kernels and in shaders it is `kernels.color_formulas.srgb`: there powers are computed in another way, and this
module is needed without torch.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

Values = Float64[np.ndarray, "..."]

SLOPE, LINEAR_LIMIT, ENCODED_LIMIT = 12.92, 0.0031308, 0.04045  # of the straight part, and where it ends
SCALE, OFFSET, GAMMA = 1.055, 0.055, 2.4  # of the curved part
EXPONENT = 1 / GAMMA

LUMINANCE = (0.2126, 0.7152, 0.0722)  # shares of red, green and blue (ITU-R BT.709-6, part 3)


def srgb_to_linear(srgb: Values) -> Values:
    """Linear light of sRGB values."""
    return np.asarray(np.where(srgb <= ENCODED_LIMIT, srgb / SLOPE, ((srgb + OFFSET) / SCALE) ** GAMMA))


def linear_to_srgb(linear: Values) -> Values:
    """sRGB values of linear light."""
    return np.asarray(np.where(linear <= LINEAR_LIMIT, SLOPE * linear, SCALE * linear**EXPONENT - OFFSET))
