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
    redness,
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
    fails = _failures(luminances, cells, light, exposures)
    lowest = len(exposures) - 1 - fails[:, ::-1].argmax(axis=1)  # that fails
    next_higher = exposures[np.minimum(lowest + 1, len(exposures) - 1)]
    return np.asarray(np.where(fails.any(axis=1), next_higher, np.float32(1)))


def passing_moments(
    luminances: Float32[np.ndarray, "moments rows columns"],
    cells: CellGrid,
    light: Float32[np.ndarray, "moments rows columns 3"] | None,
) -> Bool[np.ndarray, " moments"]:
    """Where the second that ends at each moment passes as it is, for red too if there is `light`."""
    return np.asarray(~_failures(luminances, cells, light, EXPOSURES_WITH_RED[:1])[:, 0])


def _failures(
    luminances: Float32[np.ndarray, "moments rows columns"],
    cells: CellGrid,
    light: Float32[np.ndarray, "moments rows columns 3"] | None,
    exposures: Float32[np.ndarray, " levels"],
) -> Bool[np.ndarray, "moments levels"]:
    """At which exposures the second that ends at each moment flashes more than three times."""
    fails = np.zeros((len(luminances), len(exposures)), bool)
    changes = np.float32(SAFETY * MIN_CHANGE) / exposures
    levels = _possible_levels(luminances, changes, cells)
    if levels.any():
        dark = np.float32(MAX_DARK_LUMINANCE) / exposures[levels]
        turns = LuminanceTurns(luminances[0], changes[levels][:, None, None], dark[:, None, None])
        fails[:, levels] |= _too_many(np.stack([turns.take(now) for now in luminances]), cells)
    if light is None:
        return fails
    changes = np.float32(SAFETY * MIN_RED_CHANGE) / exposures
    values, saturated = redness(light)
    levels = _possible_levels(values, changes, cells)
    if levels.any():
        red = RedTurns(light[0], changes[levels][:, None, None])
        fails[:, levels] |= _too_many(np.stack([*map(red.take, values, saturated)]), cells)
    return fails


def _possible_levels(
    values: Float32[np.ndarray, "moments rows columns"],
    min_changes: Float32[np.ndarray, " levels"],
    cells: CellGrid,
) -> Bool[np.ndarray, " levels"]:
    """Where as many cells as make a flash change by that much at all."""
    spread = values.max(axis=0) - values.min(axis=0)
    return cells.may_fill(spread >= min_changes[:, None, None])


def _too_many(
    changes: Bool[np.ndarray, "moments levels rows columns"], cells: CellGrid
) -> Bool[np.ndarray, "moments levels"]:
    """Where the second that ends at each moment holds too many changes on too large an area."""
    counts = changes.cumsum(axis=0, dtype=np.int16)
    counts[SECOND:] -= counts[:-SECOND].copy()
    many = counts > 2 * MAX_FLASHES
    fails = cells.may_fill(many)
    fails[fails] = cells.fills(many[fails])
    return fails
