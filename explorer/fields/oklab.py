"""OKLab: linear sRGB to lightness and two color axes and back, for numpy arrays in double precision.

Bjorn Ottosson, "A perceptual color space for image processing" (2020). In kernels, on tensors and in
shaders it is `kernels.color_formulas`; the matrices here are the only copy. OKLCh is the same in polar form:
lightness, chroma and hue.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

Colors = Float64[np.ndarray, "*shape 3"]

OKLAB_TO_LMS = ((1.0, 0.3963377774, 0.2158037573), (1.0, -0.1055613458, -0.0638541728),
                (1.0, -0.0894841775, -1.2914855480))  # fmt: skip
LMS_TO_LINEAR = ((4.0767416621, -3.3077115913, 0.2309699292), (-1.2684380046, 2.6097574011, -0.3413193965),
                 (-0.0041960863, -0.7034186147, 1.7076147010))  # fmt: skip


def linear_to_oklab(linear: Colors) -> Colors:
    """Lightness, a and b of linear sRGB."""
    return np.asarray(
        np.cbrt(linear @ np.linalg.inv(LMS_TO_LINEAR).T) @ np.linalg.inv(OKLAB_TO_LMS).T, np.float64
    )


def oklab_to_linear(lab: Colors) -> Colors:
    """Linear sRGB, outside [0, 1] for colors that sRGB does not have."""
    return np.asarray((lab @ np.array(OKLAB_TO_LMS).T) ** 3 @ np.array(LMS_TO_LINEAR).T, np.float64)


def oklab_to_oklch(lab: Colors) -> Colors:
    """Lightness, chroma and hue; the hue in radians."""
    lightness, a, b = np.moveaxis(lab, -1, 0)
    return np.stack((lightness, np.hypot(a, b), np.arctan2(b, a)), axis=-1)


def oklch_to_oklab(lch: Colors) -> Colors:
    """Lightness, a and b; the hue in radians."""
    lightness, chroma, hue = np.moveaxis(lch, -1, 0)
    return np.stack((lightness, chroma * np.cos(hue), chroma * np.sin(hue)), axis=-1)
