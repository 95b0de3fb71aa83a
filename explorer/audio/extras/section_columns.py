"""The columns of the group `sections`, for boundaries that were measured or edited."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64

BOUNDARY_FALL_SECONDS = 0.25  # in which `boundary` falls

Columns = Float32[np.ndarray, "frames 2"]


def section_columns(
    starts: Float64[np.ndarray, " sections"], times: Float64[np.ndarray, " frames"]
) -> Columns:
    """The columns of the group `sections`, where sections start but the first; see `EXTRAS`.

    Number of the section, from 0; and 1 in the frame of a boundary, falling to 0 after it.
    """
    edges = (times[1:] + times[:-1]) / 2  # between frames
    frames = np.searchsorted(edges, starts)  # nearest to each start
    section = np.searchsorted(frames, np.arange(len(times)), side="right")
    elapsed = times - np.concatenate([[-np.inf], times[frames]])[section]
    return np.stack([section, np.maximum(1 - elapsed / BOUNDARY_FALL_SECONDS, 0)], axis=1).astype(np.float32)
