"""Scores of seeds from small pictures: bland, noise, still or like another one.

A seed is drawn at a few moments of a song. Of each picture the OKLab lightness L (0 to 1) is measured:

    detail     standard deviation of L less its Gaussian mean over a twentieth of the shorter side
    fine       share of the energy of L, without its mean, in structure finer than 1/64 of the longer side
    motion     mean difference of L between the moments
    distance   mean OKLab difference from the nearest seed that was accepted, on pictures of 16 pixels

Detail and motion are means over the moments, fine is the median. The thresholds were set by looking at 24
seeds each of seven looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Float64
from PIL import Image
from scipy import ndimage

from explorer.diagnostics.looks.look_measures import Picture, lightness, oklab, spectrum

MIN_DETAIL = 0.05
MAX_FINE = 0.35
MIN_MOTION = 0.01
MIN_DISTANCE = 0.03
FINE_SHARE_OF_SIDE = 1 / 64
BLUR_SHARE_OF_SIDE = 1 / 20  # standard deviation
SMALL_SIDE = 16  # pixels, the longer side of the pictures that are compared


@dataclass(frozen=True)
class SeedScore:
    """The measures of a seed; `rejection` says why it is not on the sheet, empty for one that is."""

    seed: int
    detail: float
    fine: float
    motion: float
    distance: float  # infinite for the first
    nearest: int | None  # the seed that it is most like

    @property
    def rejection(self) -> str:
        """`bland`, `noise`, `still` or `like 7`; empty for a seed that is none of these."""
        if self.detail < MIN_DETAIL:
            return "bland"
        if self.fine > MAX_FINE:
            return "noise"
        if self.motion < MIN_MOTION:
            return "still"
        return f"like {self.nearest}" if self.distance < MIN_DISTANCE else ""


class SeedScorer:
    """Scores seeds one after the other; those that are accepted are what later ones are compared with."""

    def __init__(self) -> None:
        self._accepted: dict[int, Float64[np.ndarray, "moments height width 3"]] = {}

    def score(self, seed: int, pictures: Sequence[Picture]) -> SeedScore:
        """The measures of a seed by its pictures, one for each moment."""
        detail, motion = detail_and_motion(pictures)
        small = small_pictures(pictures)
        distances = {other: float(np.abs(small - colors).mean()) for other, colors in self._accepted.items()}
        nearest = min(distances, key=distances.__getitem__, default=None)
        result = SeedScore(
            seed=seed,
            detail=detail,
            fine=float(np.median([fine_share(lightness(picture)) for picture in pictures])),
            motion=motion,
            distance=np.inf if nearest is None else distances[nearest],
            nearest=nearest,
        )
        if not result.rejection:
            self._accepted[seed] = small
        return result


def small_pictures(pictures: Sequence[Picture]) -> Float64[np.ndarray, "moments height width 3"]:
    """OKLab of pictures with the longer side SMALL_SIDE pixels long: what `distance` compares."""
    return np.stack([_small(picture) for picture in pictures])


def detail_and_motion(pictures: Sequence[Picture]) -> tuple[float, float]:
    """`detail` and `motion` of the pictures of some moments."""
    light = [lightness(picture) for picture in pictures]
    pairs = [float(np.abs(a - b).mean()) for a, b in combinations(light, 2)]
    return float(np.mean([_detail(picture) for picture in light])), float(np.mean(pairs)) if pairs else np.inf


def fine_share(
    light: Float64[np.ndarray, "height width"], share_of_side: float = FINE_SHARE_OF_SIDE
) -> float:
    """Share of the energy of lightness, without its mean, in structure finer than that share of a side."""
    energy, frequency = spectrum(light)
    is_fine = frequency > 1 / (share_of_side * max(light.shape))
    return float(energy[is_fine].sum() / max(energy.sum(), 1e-12))


def _detail(light: Float64[np.ndarray, "height width"]) -> float:
    """Standard deviation of lightness less its smooth part."""
    smooth = ndimage.gaussian_filter(light, BLUR_SHARE_OF_SIDE * min(light.shape))
    return float((light - smooth).std())


def _small(picture: Picture) -> Float64[np.ndarray, "_ _ 3"]:
    """OKLab of the picture with its longer side SMALL_SIDE pixels long."""
    scale = SMALL_SIDE / max(picture.shape[:2])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    pixels = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))
    return oklab(pixels)
