"""How alike neighbors are: pixels side by side at the recipe's resolution, frames one after the other.

Variance alone rewards noise. A picture that lives has variance, and neighbors that resemble each other.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from explorer.diagnostics.sampling import Pairs

LEVELS = 255.0
ROUNDING_VARIANCE = 1 / LEVELS**2 / 12  # of rounding to 8 bits: what differs by less is alike
SATURATION_MARGIN = 2 / LEVELS  # a color value this near to 0 or 1 is saturated

Moments = Float64[np.ndarray, "*replicates 10"]


def pair_moments(colors: Pairs) -> Float64[np.ndarray, " 10"]:
    """Ten means that the measures below are made of, for one block of colors f.

    0: the variance within a frame; 1: E[(f - its right or lower neighbor)^2]; 2: E[(f - the next frame)^2];
    3: the share of saturated values; 4-6: E[f] and 7-9: E[f^2] for each channel.
    """
    pixel_steps = colors[..., 1:, :] - colors[..., :1, :]
    frame_steps = colors[:, 1] - colors[:, 0]
    saturated = (colors < SATURATION_MARGIN) | (colors > 1 - SATURATION_MARGIN)
    within = colors.var(axis=2, ddof=1).mean()
    channels = colors.reshape(-1, 3)
    first = [within, (pixel_steps**2).mean(), (frame_steps**2).mean(), saturated.mean()]
    return np.concatenate((first, channels.mean(axis=0), (channels**2).mean(axis=0)))


def neighbour_correlation(means: Moments) -> np.ndarray:
    """r = 1 - E[(f(p) - f(p + one pixel))^2] / (2 Var[p] f), right and down, pooled over frames and channels.

    Pearson's correlation of adjacent pixels, as their variances are the same. `ROUNDING_VARIANCE` is added
    to the variance, so that a picture of one color has 1 and not the correlation of rounding errors.
    """
    return np.asarray(1 - means[..., 1] / (2 * (means[..., 0] + ROUNDING_VARIANCE)))


def frame_correlation(means: Moments) -> np.ndarray:
    """r = 1 - E[(f(t) - f(t + 1/fps))^2] / (2 Var f), the variance over all pixels and frames together.

    Motion keeps it near 1, flicker does not, not even one that all pixels share.
    """
    whole = (means[..., 7:10] - means[..., 4:7] ** 2).mean(axis=-1)
    return np.asarray(1 - means[..., 2] / (2 * (np.maximum(whole, 0) + ROUNDING_VARIANCE)))


def frame_variance(means: Moments) -> np.ndarray:
    """E[(255 (f(t + 1/fps) - f(t)))^2], in 8-bit levels^2: the square of what changes from frame to frame."""
    return np.asarray(means[..., 2] * LEVELS**2)


def saturated(means: Moments) -> np.ndarray:
    """The share of color values within 2 of 255 levels of black or full."""
    return np.asarray(means[..., 3])
