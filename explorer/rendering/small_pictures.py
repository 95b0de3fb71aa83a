"""The small pictures that the flash limiter judges: maps of their luminance and light, each drawn once.

Searches overlap: a part begins with moments of the part before, and most moments keep the swing of an earlier
search. A picture depends on its moment and swing alone, so the last maps are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Self

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings, Grid
from explorer.fields.calm import CalmControls
from explorer.fields.controls import Controls
from explorer.fields.sequence.lit_moments import lit_moments
from explorer.rendering.devices import resolve
from explorer.rendering.flash_curve import SAMPLE_RATE
from explorer.rendering.flashes import CellGrid, Light, Luminance
from explorer.rendering.frame_drawer import MIN_WIDTH
from explorer.rendering.sequence_drawer import frame_drawer

CELL_SAMPLES = 2  # points along a side of a cell
MAX_CACHED_MAPS = 4096  # of one search; of a wide frame they take some 40 MB

Maps = tuple[
    Float32[np.ndarray, "moments rows columns"],
    CellGrid,
    Float32[np.ndarray, "moments rows columns 3"] | None,
]


class PictureShape(NamedTuple):
    """The points of a small picture, and the size of a pixel of the frame, which softens them."""

    grid: Grid
    pixel: float

    @classmethod
    def of(cls, field: FieldSettings, size: tuple[int, int]) -> Self:
        """For frames of this size."""
        rows, columns = CellGrid(size).shape
        samples = CELL_SAMPLES
        if field.is_lit:
            samples = max(samples, -(-MIN_WIDTH // columns))
        return cls(Grid(columns * samples, rows * samples), Grid(*size).pixel)


class SmallPictures:
    """Draws them for one search. With `red`, light is measured besides luminance.

    `check`, which may be set, is called after every picture and may raise to stop.
    """

    def __init__(
        self,
        field: FieldSettings,
        track: FeatureTrack,
        shape: PictureShape,
        red: bool,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._field, self._track, self._grid, self._red, self._pool = field, track, shape.grid, red, pool
        self.check: Callable[[], None] = lambda: None
        self._drawer = frame_drawer(field, shape.grid, resolve("cpu", "draft"), pixel=shape.pixel)
        self._cells = CellGrid((shape.grid.width, shape.grid.height))
        self._maps: OrderedDict[tuple[int, float], tuple[Luminance, Light | None]] = OrderedDict()
        self._controls: CalmControls | None = None  # of the moments that were drawn last

    def maps(self, moments: Int64[np.ndarray, " moments"], swings: Float64[np.ndarray, " moments"]) -> Maps:
        """What is judged of successive moments with these swings."""
        keys = [(int(moment), float(swing)) for moment, swing in zip(moments, swings, strict=True)]
        places = [place for place, key in enumerate(keys) if key not in self._maps]
        if places:
            controls = self._calm_controls(moments, swings)
            frames = self._draw(moments[places] / SAMPLE_RATE, controls.values[places], controls.names)
            for place, frame in zip(places, frames, strict=True):
                light = self._cells.light(frame) if self._red else None
                self._maps[keys[place]] = self._cells.luminance(frame), light
        for key in keys:
            self._maps.move_to_end(key)
        luminances, lights = zip(*(self._maps[key] for key in keys), strict=True)
        while len(self._maps) > MAX_CACHED_MAPS:
            self._maps.popitem(last=False)
        return np.stack(luminances), self._cells, np.stack(lights) if self._red else None

    def _calm_controls(
        self, moments: Int64[np.ndarray, " moments"], swings: Float64[np.ndarray, " moments"]
    ) -> Controls:
        """Their slow course is computed once for all swings that are tried, also of fewer of the moments."""
        count, times = len(moments), moments / SAMPLE_RATE
        if self._controls is None or not np.array_equal(self._controls.times[:count], times):
            self._controls = CalmControls(self._field, self._track, times)
        rest = np.ones(len(self._controls.times) - count)
        return self._controls.at(np.concatenate((swings, rest)))

    def _checked(self, frame: UInt8[np.ndarray, "rows columns 3"]) -> UInt8[np.ndarray, "rows columns 3"]:
        self.check()
        return frame

    def _draw(
        self,
        times: Float64[np.ndarray, " moments"],
        values: Float32[np.ndarray, "moments controls"],
        names: tuple[str, ...],
    ) -> list[UInt8[np.ndarray, "rows columns 3"]]:
        lit, width, height = (
            lit_moments(self._field, Controls(values, names)),
            self._grid.width,
            self._grid.height,
        )

        def draw(n: int) -> UInt8[np.ndarray, "rows columns 3"]:
            out: UInt8[np.ndarray, "points 3"] = np.empty((height * width, 3), np.uint8)
            self._drawer.draw(lit, n, times[n], out)
            return out.reshape(height, width, 3)

        futures = [self._pool.submit(draw, n) for n in range(len(times))]
        try:
            return [self._checked(future.result()) for future in futures]
        finally:
            for future in futures:
                future.cancel()
