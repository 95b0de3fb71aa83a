"""From height and hue as plain numbers to the planes of a surface, through the colors of a palette."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32

from explorer.fields.kernels.memory import load, look_up, store
from explorer.fields.kernels.padding import fill_padded, flat_view
from explorer.fields.kernels.portable import formula
from explorer.fields.kernels.simd import LANES, broadcast, compiled, source_stamp
from explorer.fields.light.formulas import smooth_step

TONE_STEEPNESS = 1.3  # of the step that makes a tone in [0, 1] of a standardized hue
HIGHLIGHT = 0.9  # where on a palette the accent color is

Table = Float32[np.ndarray, "entries 3"]


@formula
def tone(hue):
    """The place on a palette of a hue with unit deviation."""
    return smooth_step(hue * TONE_STEEPNESS)


def interpolate(
    tables: Float[torch.Tensor, "rows entries"], position: Float[torch.Tensor, "moments points"]
) -> Float[torch.Tensor, "moments points"]:
    """Values at positions in the table of each moment, or in one, linear between entries, cut to its ends."""
    entries = tables.shape[1]
    position = position.clamp(0, entries - 1)
    below = position.long().clamp(max=entries - 2)
    rows = tables.expand(len(position), -1)
    low, high = rows.gather(1, below), rows.gather(1, below + 1)
    return low + (high - low) * (position - below)


def accent_of(table: Table) -> Float32[np.ndarray, 3]:
    """The color of rims, rings and lines of a palette."""
    color: Float32[np.ndarray, 3] = table[round(HIGHLIGHT * (len(table) - 1))]
    return color


def planes_of(
    outputs: Float[torch.Tensor, "moments outputs points"],
    mean: Float32[np.ndarray, " outputs"],
    scale: Float32[np.ndarray, " outputs"],
    table: Table,
) -> Float[torch.Tensor, "moments 5 points"]:
    """The reference: planes of outputs whose first is the height and whose second is the hue."""
    outputs = outputs.float()
    height = (outputs[:, 0] - mean[0]) * scale[0]
    color = palette_at(table, tone((outputs[:, 1] - mean[1]) * scale[1]))
    return torch.cat((height[:, None], color, torch.zeros_like(height)[:, None]), 1)


def palette_at(
    table: Table, position: Float[torch.Tensor, "moments points"]
) -> Float[torch.Tensor, "moments 3 points"]:
    """Linear light at positions in [0, 1], linear between entries."""
    entries = torch.from_numpy(table.copy()).to(position)
    place = position.clamp(0, 1) * (len(table) - 1)
    below = place.long().clamp(0, len(table) - 2)
    share = (place - below)[..., None]
    return (entries[below] + (entries[below + 1] - entries[below]) * share).mT


def fill_planes(
    outputs: Float32[np.ndarray, "outputs points"],
    mean: Float32[np.ndarray, " outputs"],
    scale: Float32[np.ndarray, " outputs"],
    table: Table,
    out: Float32[np.ndarray, "5 points"],
) -> None:
    """The same in a kernel, into any rows of equal distance."""
    flat = channels(table)

    def fill_whole(rows: np.ndarray, planes: np.ndarray) -> None:
        fill(flat_view(rows), mean, scale, flat, planes.reshape(-1))

    fill_padded(fill_whole, outputs, out, LANES)


def channels(table: Table) -> Float32[np.ndarray, " numbers"]:
    """A table of colors as kernels read it: all reds, all greens, all blues."""
    return np.ascontiguousarray(table.T).ravel()


def _kernel(STAMP: str) -> Any:
    def fill(outputs, mean, scale, table, planes):
        """outputs: flat rows, the first two are read; table: three flat rows; planes: five. Whole vectors."""
        STAMP  # noqa: B018
        points, entries = planes.size // 5, table.size // 3
        for i in range(0, points, LANES):
            store(planes, i, (load(outputs, i) - mean[0]) * scale[0])
            position = tone((load(outputs, points + i) - mean[1]) * scale[1]) * (entries - 1.0)
            store(planes, points + i, look_up(table, 0, entries, position))
            store(planes, 2 * points + i, look_up(table, entries, entries, position))
            store(planes, 3 * points + i, look_up(table, 2 * entries, entries, position))
            store(planes, 4 * points + i, broadcast(0.0))

    return compiled(fill)


fill = _kernel(source_stamp(Path(__file__).parent))
