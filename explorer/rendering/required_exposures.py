"""How far the light of each moment must be dimmed, from small pictures drawn one after the other."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32

from explorer.rendering.flash_curve import SECOND
from explorer.rendering.flashes import (
    MAX_DARK_LUMINANCE,
    MAX_FLASHES,
    MIN_CHANGE,
    MIN_RED_CHANGE,
    CellGrid,
    LuminanceTurns,
    RedTurns,
)

EXPOSURES = np.geomspace(1, 0.08, 16).astype(np.float32)  # that are tried; the last passes always
EXPOSURES_WITH_RED = np.geomspace(1, 0.05, 19).astype(np.float32)  # for red smaller changes count
SAFETY = 0.92  # of the smallest change that counts: the frame is larger, and the encoder adds to it


def required_exposures(
    luminances: Float32[np.ndarray, "moments rows columns"],
    cells: CellGrid,
    light: Float32[np.ndarray, "moments rows columns 3"] | None = None,
) -> Float32[np.ndarray, " moments"]:
    """The largest exposure at which the second that ends at each moment flashes three times at most.

    It is one of `EXPOSURES`; with the linear `light` of the cells saturated red is judged as well, and it is
    one of `EXPOSURES_WITH_RED`.
    """
    exposures = EXPOSURES if light is None else EXPOSURES_WITH_RED
    scale = exposures[:, None, None]
    turns = LuminanceTurns(
        luminances[0], np.float32(SAFETY * MIN_CHANGE) / scale, np.float32(MAX_DARK_LUMINANCE) / scale
    )
    required = _largest_passing(np.stack([turns.take(now) for now in luminances]), cells, exposures)
    if light is None:
        return required
    red = RedTurns(light[0], np.float32(SAFETY * MIN_RED_CHANGE) / scale)
    changes = np.stack([red.take(now) for now in light])
    return np.minimum(required, _largest_passing(changes, cells, exposures))


def _largest_passing(
    changes: Bool[np.ndarray, "moments levels rows columns"],
    cells: CellGrid,
    exposures: Float32[np.ndarray, " levels"],
) -> Float32[np.ndarray, " moments"]:
    """The largest exposure of each moment at which the changes of its second are not too many."""
    counts = changes.cumsum(axis=0, dtype=np.int16)
    counts[SECOND:] -= counts[:-SECOND].copy()
    required = np.ones(len(changes), np.float32)
    many = counts > 2 * MAX_FLASHES
    for n in np.flatnonzero(many.any(axis=(1, 2, 3))):
        fails = np.flatnonzero(cells.fills(many[n]))
        if len(fails):
            required[n] = exposures[min(fails[-1] + 1, len(exposures) - 1)]
    return required
