"""How alike two pictures are: PSNR, and SSIM of their lightness."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter

MAX_PSNR = 99.0  # dB, of equal pictures
SSIM_RADIUS = 1.5  # standard deviation of the window, pixels
SSIM_CONSTANTS = (0.01**2, 0.03**2)
LUMA = np.array([0.299, 0.587, 0.114])

Image = Float[np.ndarray, "height width 3"]


def psnr(first: Image, second: Image) -> float:
    """Peak signal-to-noise ratio in dB of pictures in [0, 1]: -10 log10 of the mean squared difference."""
    error = float(((first.astype(np.float64) - second) ** 2).mean())
    return min(MAX_PSNR, -10 * math.log10(max(error, 1e-12)))


def ssim(first: Image, second: Image) -> float:
    """Structural similarity of the luma of pictures in [0, 1] (Wang et al., 2004): 1 for equal pictures."""
    x, y = (image.astype(np.float64) @ LUMA for image in (first, second))

    def mean(values: np.ndarray) -> np.ndarray:
        return np.asarray(gaussian_filter(values, SSIM_RADIUS, truncate=3.5))

    x_mean, y_mean = mean(x), mean(y)
    x_var, y_var = mean(x * x) - x_mean**2, mean(y * y) - y_mean**2
    covariance = mean(x * y) - x_mean * y_mean
    c1, c2 = SSIM_CONSTANTS
    structure = (2 * covariance + c2) / (x_var + y_var + c2)
    return float((structure * (2 * x_mean * y_mean + c1) / (x_mean**2 + y_mean**2 + c1)).mean())
