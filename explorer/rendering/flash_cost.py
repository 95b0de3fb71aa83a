"""What the flash search of an excerpt will cost, from a few of its pictures drawn beforehand.

The search draws each moment once where nothing flashes, and once for every swing that it tries where
something does. How often that is is judged in seconds spread over the excerpt, in pictures with fewer points
where drawing them takes long.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from jaxtyping import Int64

from explorer.fields import Grid
from explorer.rendering.flash_curve import SECOND
from explorer.rendering.flash_limiter import PART, Exposure
from explorer.rendering.frame_drawer import MIN_WIDTH
from explorer.rendering.required_exposures import passing_moments
from explorer.rendering.small_pictures import PictureShape, SmallPictures
from explorer.threads import use_single_torch_thread

BATCHES, MAX_BATCH_PICTURES = 3, 6  # whose median time counts
MOMENTS_PER_PICTURE = 60  # that there are for one picture of a batch
MAX_PROBES = 3  # pairs of seconds that are judged
MOMENTS_PER_PROBE = PART  # that there are for one of them
MAX_PROBE_SECONDS = 0.1  # to draw one; where that takes longer, coarse pictures are judged
COARSENESS = 3  # how many times fewer points a side these pictures have


def flash_search_seconds(exposure: Exposure, moments: Int64[np.ndarray, " moments"]) -> float:
    """Expected seconds of a search that draws these moments: see `Exposure.missing_moments`."""
    if not len(moments):
        return 0.0
    with ThreadPoolExecutor(exposure.threads, "explorer-flashes", use_single_torch_thread) as pool:

        def pictures(shape: PictureShape) -> SmallPictures:
            return SmallPictures(exposure.field, exposure.track, shape, exposure.mode == "calm", pool)

        full = pictures(exposure.shape)
        batch = min(MAX_BATCH_PICTURES, -(-len(moments) // MOMENTS_PER_PICTURE))
        spread = np.linspace(0, len(moments) - 1, (BATCHES + 1) * batch).astype(int)
        seconds = []
        for n in range(BATCHES + 1):
            start = time.perf_counter()
            passing_moments(*full.maps(moments[spread[n :: BATCHES + 1]], np.ones(batch)))
            seconds.append((time.perf_counter() - start) / batch)
        probes = min(MAX_PROBES, -(-len(moments) // MOMENTS_PER_PROBE))
        middles = ((np.arange(probes) + 0.5) / probes * len(moments)).astype(int)
        spans = [moments[max(0, middle - SECOND) : middle + SECOND] for middle in middles]
        each = float(np.median(seconds[1:]))  # the first compiled kernels
        shape = exposure.shape if each * 2 * SECOND < MAX_PROBE_SECONDS else _coarse(exposure.shape)
        counts = [_tried_swings(pictures(shape), span, exposure.swings) for span in spans]
    return float(len(moments) * np.mean(counts) * each)


def _coarse(shape: PictureShape) -> PictureShape:
    """A small picture with fewer points."""
    width = max(MIN_WIDTH, shape.grid.width // COARSENESS)
    return shape._replace(grid=Grid(width, max(2, round(width * shape.grid.height / shape.grid.width))))


def _tried_swings(
    pictures: SmallPictures, moments: Int64[np.ndarray, " moments"], swings: tuple[float, ...]
) -> int:
    """How often these are drawn, about: once, or also in a bisection and with the curve of swings."""
    if len(swings) == 1 or passing_moments(*pictures.maps(moments, np.ones(len(moments)))).all():
        return 1
    return 2 + math.ceil(math.log2(len(swings)))
