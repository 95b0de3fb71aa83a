"""Whole frames: the field's own colors, or its numbers through light and finish.

    numbers (bands of rows with a border) -> rings, shading -> linear light of the frame -> glow -> bytes

A band is some rows of the frame; its border of one pixel is drawn with it, so bands need nothing of each
other, and a frame has the same bits for any number of bands and threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.kernels.simd import LANES
from explorer.fields.light import Finish
from explorer.fields.light.finish import (
    NEUTRAL,
    GlowSize,
    blurred,
    finish_numbers,
    noise,
    noise_places,
)
from explorer.fields.light.lit import LitField
from explorer.fields.srgb import srgb_to_linear

TILE_POINTS = 6144  # a tile is a multiple of it: whole blocks of every kernel
BAND_POINTS = 24576  # of the frame in a band, about: its planes stay in the second-level cache

Work = Callable[[Callable[[int], None], Iterable[int]], None]  # calls the function for every number
Numbers = Callable[[slice, Float32[np.ndarray, "5 points"]], None]


def in_this_thread(function: Callable[[int], None], parts: Iterable[int]) -> None:
    """One part after the other."""
    for part in parts:
        function(part)


class FrameDrawer:
    """Draws frames of one field and grid on the CPU. `pixel` is the size of a pixel for anti-aliasing."""

    def __init__(
        self,
        field: FieldSettings,
        grid: Grid,
        dtype: torch.dtype,
        pixel: float | None = None,
        tiles: int = 1,
    ) -> None:
        self.field, self.grid, self.dtype = field, grid, dtype
        self.pixel = grid.pixel if pixel is None else pixel
        self.finish = field.finish if field.finish.on else NEUTRAL
        self.samples = self.finish.samples
        if field.light.on:
            self._surface = _SurfaceDrawer(field, grid, self.samples, self.pixel, dtype)
        else:
            self._fine = Grid(grid.width * self.samples, grid.height * self.samples)
            self._inputs = field.pixel_inputs(self._fine.xy())
        points = self.samples**2 * grid.width * grid.height
        self._tile = TILE_POINTS * -(-points // (TILE_POINTS * tiles))
        self._glow = GlowSize.of(grid.width, grid.height)

    def moments(self, controls: Controls) -> LitField:
        """The field at some moments, ready to draw."""
        return LitField(self.field, controls)

    def draw(
        self,
        moments: LitField,
        moment: int,
        t: float,
        out: UInt8[np.ndarray, "points 3"],
        work: Work = in_this_thread,
    ) -> None:
        """Fill a frame with a moment, `t` seconds after the start."""
        if moments.is_plain:
            self._draw_colors(moments, moment, out, work)
            return
        size = self.grid.width * self.grid.height
        light: Float32[np.ndarray, " all"] = np.empty(3 * size + LANES, np.float32)
        if moments.shading is None:
            self._draw_plain_light(moments, moment, light, work)
        else:
            self._surface.draw(moments, moment, light, work)
        self._finish(light, t, out, work)

    def _draw_colors(
        self, moments: LitField, moment: int, out: UInt8[np.ndarray, "points 3"], work: Work
    ) -> None:
        """The field's own colors, tile by tile."""

        def draw(first: int) -> None:
            tile = slice(first, first + self._tile)
            moments.prepared.draw(moment, self._inputs[:, tile], self.pixel, out[tile], self.dtype)

        work(draw, range(0, len(out), self._tile))

    def _draw_plain_light(
        self, moments: LitField, moment: int, light: Float32[np.ndarray, " all"], work: Work
    ) -> None:
        """Linear light of the field's own colors."""
        fine: UInt8[np.ndarray, "points 3"] = np.empty((self._inputs.shape[1], 3), np.uint8)
        fine_pixel, self.pixel = self.pixel, self.pixel / self.samples
        try:
            self._draw_colors(moments, moment, fine, work)
        finally:
            self.pixel = fine_pixel
        height, width, n = self.grid.height, self.grid.width, self.samples
        levels = LINEAR_LEVELS[fine].reshape(height, n, width, n, 3).mean(axis=(1, 3), dtype=np.float32)
        light[: 3 * height * width] = levels.reshape(-1, 3).T.ravel()

    def _finish(
        self, light: Float32[np.ndarray, " all"], t: float, out: UInt8[np.ndarray, "points 3"], work: Work
    ) -> None:
        """Glow, tone curve, vignette, grain, bytes."""
        from explorer.fields.light import kernel

        width, height, finish = self.grid.width, self.grid.height, self.finish
        size, glow = width * height, self._glow_image(light, work)
        numbers = finish_numbers(finish)
        xs = _centered(width)
        ys, places = _centered(height), noise_places(finish, t, 0, height)
        rows = max(1, BAND_POINTS // width)

        def draw(first: int) -> None:
            count = min(rows, height - first)
            band = np.empty(3 * count * width + LANES if glow is not None else 0, np.float32)
            if glow is not None:
                kernel.stretch(glow, self._glow.factor, first, count, width, band)
            kernel.finish(
                light, size, first * width, count, width, xs, ys[first:], band, noise(), places[first:],
                numbers, finish.filmic, out[first * width : (first + count) * width],
            )  # fmt: skip

        work(draw, range(0, height, rows))

    def _glow_image(
        self, light: Float32[np.ndarray, " all"], work: Work
    ) -> Float32[np.ndarray, "3 rows columns"] | None:
        """The blurred light above the threshold, in a reduced image; None without bloom."""
        from explorer.fields.light import kernel

        if not self.finish.bloom:
            return None
        width, height, size = self.grid.width, self.grid.height, self._glow
        source = np.empty((3, size.rows, size.columns), np.float32)
        rows = max(1, BAND_POINTS // (width * size.factor))

        def measure(first: int) -> None:
            count = min(rows, size.rows - first)
            kernel.glow_source(
                light, width * height, height, width, size.factor, np.float32(self.finish.threshold), first,
                count, source,
            )  # fmt: skip

        work(measure, range(0, size.rows, rows))
        return blurred(source, self.finish, size, min(width, height))


class _SurfaceDrawer:
    """Numbers of a field, its rings and its shading, band by band, as linear light."""

    def __init__(
        self, field: FieldSettings, grid: Grid, samples: int, pixel: float, dtype: torch.dtype
    ) -> None:
        self.grid, self.samples, self.dtype = grid, samples, dtype
        self._spacing, self._pixel = grid.pixel / samples, pixel / samples
        self._width, self._height = grid.width * samples, grid.height * samples
        xy = Grid(self._width + 2, self._height + 2).centers(self._spacing)
        self._inputs = field.pixel_inputs(xy)
        light = field.light
        away = np.hypot(xy[:, 0] - light.focus_x, xy[:, 1] - light.focus_y)
        self._distance = np.pad(away.astype(np.float32), (0, LANES))

    def draw(
        self,
        moments: LitField,
        moment: int,
        light: Float32[np.ndarray, " all"],
        work: Work,
    ) -> None:
        """Three planes of linear light of the frame."""
        prepared: Any = moments.prepared
        assert moments.shading is not None
        numbers = moments.shading.numbers(moment, prepared.accent(moment), self._spacing)
        rows = max(1, BAND_POINTS // (self._width * self.samples))

        def draw(first: int) -> None:
            self._band(moments, moment, numbers, first, min(rows, self.grid.height - first), light)

        work(draw, range(0, self.grid.height, rows))

    def _band(
        self,
        moments: LitField,
        moment: int,
        numbers: Float32[np.ndarray, " numbers"],
        first: int,
        rows: int,
        light: Float32[np.ndarray, " all"],
    ) -> None:
        """`rows` rows of the frame from `first` on."""
        from explorer.fields.light import kernel

        shading, prepared, n = moments.shading, moments.prepared, self.samples
        assert shading is not None
        stride, size = self._width + 2, self.grid.width * self.grid.height
        start, points = first * n * stride, (rows * n + 2) * stride
        plane = -(-points // LANES) * LANES
        planes = np.zeros((kernel.PLANES, plane), np.float32)
        inputs = self._inputs[:, start : start + points]
        prepared.draw_numbers(moment, inputs, self._pixel, planes[:, :points], self.dtype)  # type: ignore[attr-defined]
        flat = planes.ravel()
        if shading.has_rings:
            history = shading.history[moment]
            steps = np.float32(shading.delays_per_length)
            kernel.add_rings(flat, plane, points, self._distance, start, history, steps, numbers)
        settings = shading.light
        bright = (light, size, first * self.grid.width)
        if n == 1:
            kernel.shade(flat, plane, rows, self._width, numbers, settings.film > 0, settings.lines > 0, *bright)
            return
        fine_size = rows * n * self._width
        fine = np.empty(3 * fine_size + LANES, np.float32)
        kernel.shade(
            flat, plane, rows * n, self._width, numbers, settings.film > 0, settings.lines > 0, fine, fine_size, 0
        )
        kernel.average(fine, fine_size, rows, self.grid.width, n, *bright)


def _centered(count: int) -> Float32[np.ndarray, " numbers"]:
    """Pixel centers from -1 to 1."""
    return ((np.arange(count) + 0.5) / count * 2 - 1).astype(np.float32)


LINEAR_LEVELS = srgb_to_linear(np.arange(256) / 255).astype(np.float32)
