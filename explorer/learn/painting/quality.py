"""How well a network is fitted to a picture, for the manifest: to its pixels, its style or its palette."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from explorer.fields import CPPN
from explorer.fields.cppn.painted import picture_at_rest
from explorer.fields.cppn.picture_quality import psnr, ssim
from explorer.learn.painting.fitting import Fit, oklab_planes
from explorer.learn.painting.statistics import Statistics
from explorer.learn.painting.style import StyleFit

MEASURE_SEED = 1  # of directions that no step compares
UNRELATED_SIDE = 192  # pixels

Pixels = Float32[np.ndarray, "height width 3"]


def quality(field: CPPN, picture: Pixels, fit: Fit) -> dict[str, float]:
    """Measures of a finished field, by name: `psnr` and `ssim`, or distances of statistics.

    `distance` is that of the field at rest, `distance_loud` with every feature at its full level,
    `distance_start` before the first step, `distance_shuffled` of the picture's own pixels in random order
    (right colors, no scale or direction) and `distance_unrelated` of another picture. 0 is equal. They are
    measured along other directions than those of the steps.
    """
    painted = picture_at_rest(field, fit.width, fit.height)
    if not isinstance(fit, StyleFit):
        values = {"psnr": psnr(painted, picture), "ssim": ssim(painted, picture)}
    else:
        others = {
            "distance": painted,
            "distance_loud": picture_at_rest(field, fit.width, fit.height, level=1.0),
            "distance_start": fit.first_image,
            "distance_shuffled": _shuffled(picture),
            "distance_unrelated": unrelated_picture(),
        }
        if colors_only := fit.settings.match == "palette":
            del others["distance_shuffled"]  # its colors are the same
        statistics = Statistics(oklab_planes(picture), colors_only=colors_only, seed=MEASURE_SEED)
        values = {name: statistics.distance(oklab_planes(other)) for name, other in others.items()}
    return {name: round(value, 4) for name, value in values.items()}


def unrelated_picture() -> Pixels:
    """Rings and stripes in the colors of the rainbow, which few pictures are like."""
    y, x = np.mgrid[-1 : 1 : UNRELATED_SIDE * 1j, -1 : 1 : UNRELATED_SIDE * 1j]
    waves = np.stack((np.sin(25 * np.hypot(x, y)), np.sin(18 * x + 9 * y), np.sin(5 * x - 12 * y)), -1)
    return np.asarray(0.5 + 0.5 * waves, np.float32)


def _shuffled(picture: Pixels) -> Pixels:
    pixels = picture.reshape(-1, 3)
    return pixels[np.random.RandomState(0).permutation(len(pixels))].reshape(picture.shape)
