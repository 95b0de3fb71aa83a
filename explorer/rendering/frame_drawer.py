"""Whole frames: the field's own colors, or its numbers through light and finish.

    numbers (bands of rows with a border) -> rings, shading -> linear light of the frame -> glow -> bytes

A band is some rows of the frame; its border of one pixel is drawn with it, so bands need nothing of each
other, and a frame has the same bits for any number of bands and threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, UInt8

from explorer.errors import GpuMemoryError, warn
from explorer.fields import FieldSettings, Grid
from explorer.fields.light.echo import echo_places, unlit
from explorer.fields.light.finish import (
    NEUTRAL,
    GlowSize,
    blurred,
    finish_numbers,
    neighbors,
    noise,
    noise_places,
    stretched,
)
from explorer.fields.light.lit import LitField, Surface
from explorer.fields.light.shading import Shading
from explorer.fields.section_change import pixel_inputs
from explorer.fields.srgb import srgb_to_linear
from explorer.rendering.devices import Device
from explorer.rendering.engines import PendingFrame, engine_for, frame_engine_for

if TYPE_CHECKING:
    from explorer.rendering.gpu.frame_engine import Fade

TILE_POINTS = 6144  # a tile is a multiple of it: whole blocks of every kernel
PLANES = 5  # of a surface
MIN_WIDTH = 16  # of a frame with light or finish: no vector of pixels is wider
STRIP = 96  # planes are padded to a multiple of it: whole vectors and strips of every kernel
BAND_POINTS = 49152  # of the frame in a band, about: its planes stay in the second-level cache

Bands = Callable[[int, int], Float32[np.ndarray, "5 padded"]]
Work = Callable[[Callable[[int], None], Iterable[int]], None]  # calls the function for every number


def in_this_thread(function: Callable[[int], None], parts: Iterable[int]) -> None:
    """One part after the other."""
    for part in parts:
        function(part)


class FrameDrawer:
    """Draws frames of one field, grid and device. `pixel` is the size of a pixel for anti-aliasing.

    `tiles` is how many parts the work on a frame has, about. A GPU draws whole frames where they fit (see
    `frame_engine_for`); all others the CPU makes.
    """

    def __init__(
        self, field: FieldSettings, grid: Grid, device: Device, *, pixel: float | None = None, tiles: int = 1
    ) -> None:
        self.grid, self.device = grid, device
        self.finish = field.finish if field.finish.on else NEUTRAL
        samples = self.finish.samples
        self._pixel = (grid.pixel if pixel is None else pixel) / samples
        fine = Grid(grid.width * samples, grid.height * samples)
        self._field, self._fine = field, fine
        self._frames = frame_engine_for(device, field, grid, self.finish, self._pixel)
        self._is_prepared = False
        if not self._frames:
            self._prepare()
        points = fine.width * fine.height
        self._tile = TILE_POINTS * -(-points // (TILE_POINTS * tiles))
        self._glow = GlowSize.of(grid.width, grid.height)

    def _prepare(self) -> None:
        """For frames that the CPU makes; a GPU may still draw what they are made of."""
        if self._is_prepared:
            return
        self._is_prepared = True
        if self._field.light.on:
            self._surface = _SurfaceDrawer(
                self._field, self.grid, self.finish.samples, self._pixel, self.device
            )
            return
        self._engine = engine_for(self.device, self._field, self._fine, self._pixel)
        if not self._engine:
            self._inputs = pixel_inputs(self._field, self._fine.xy())

    def start(
        self, moments: LitField, moment: int, t: float, fade: Fade | None = None
    ) -> PendingFrame | None:
        """Start a frame on a GPU, for `draw` to read; None where the CPU makes it. Raises DeviceLost.

        `fade` is what another drawer gave for the look that it fades over.
        """
        try:
            return self._frames.start(moments, moment, t, fade) if self._frames else None
        except GpuMemoryError:
            warn(
                f"{self.device.name} ran out of memory for a whole frame of {self.grid.width}x"
                f"{self.grid.height}: from now on the CPU makes frames of what the GPU draws"
            )
            self._frames = None
            return None

    def fade(self, moments: LitField, moment: int, share: float) -> Fade | None:
        """A moment that the frame of another drawer, with this share, fades over; None: the CPU fades."""
        return self._frames.fade(moments, moment, share) if self._frames else None

    def draw(
        self,
        moments: LitField,
        moment: int,
        t: float,
        out: UInt8[np.ndarray, "points 3"],
        work: Work = in_this_thread,
        flight: PendingFrame | None = None,
    ) -> None:
        """Fill a frame with a moment, `t` seconds after the start; `flight` is what `start` gave for it.

        Raises DeviceLost.
        """
        if flight := flight or self.start(moments, moment, t):
            flight.read(out)
            return
        self._prepare()
        if moments.is_plain:
            self._draw_colors(moments, moment, out, work)
            return
        size = self.grid.width * self.grid.height
        light: Float32[np.ndarray, " all"] = np.empty(3 * size, np.float32)
        if not moments.light.on:
            self._draw_plain_light(moments, moment, light, work)
        else:
            self._surface.draw(moments, moment, light, work)
        self._finish(light, t, out, work)

    def _draw_colors(
        self, moments: LitField, moment: int, out: UInt8[np.ndarray, "points 3"], work: Work
    ) -> None:
        """The field's own colors, tile by tile."""
        if self._engine:
            self._engine.draw(moments.prepared, moment, out)
            return

        def draw(first: int) -> None:
            tile = slice(first, first + self._tile)
            moments.prepared.draw(moment, self._inputs[:, tile], self._pixel, out[tile], self.device.dtype)

        work(draw, range(0, len(out), self._tile))

    def _draw_plain_light(
        self, moments: LitField, moment: int, light: Float32[np.ndarray, " all"], work: Work
    ) -> None:
        """Linear light of the field's own colors."""
        height, width, n = self.grid.height, self.grid.width, self.finish.samples
        fine: UInt8[np.ndarray, "points 3"] = np.empty((height * width * n * n, 3), np.uint8)
        self._draw_colors(moments, moment, fine, work)
        levels = LINEAR_LEVELS[fine].reshape(height, n, width, n, 3).mean(axis=(1, 3), dtype=np.float32)
        light[: 3 * height * width] = levels.reshape(-1, 3).T.ravel()

    def _finish(
        self, light: Float32[np.ndarray, " all"], t: float, out: UInt8[np.ndarray, "points 3"], work: Work
    ) -> None:
        """Glow, tone curve, vignette, grain, bytes."""
        from explorer.fields.light import kernel

        width, height, finish = self.grid.width, self.grid.height, self.finish
        glow = self._glow_image(light, work)
        upper, share = neighbors(self._glow.factor, height, self._glow.rows)
        xs, ys, places = _centered(width), _centered(height), noise_places(finish, t, height)
        rows = max(1, BAND_POINTS // width)

        def draw(first: int) -> None:
            end = min(first + rows, height)
            part = slice(first, end)
            kernel.finish(
                light, width * height, first * width, end - first, width, xs, ys[part], glow.ravel(),
                self._glow.rows * width, upper[part], share[part], noise(), places[part],
                finish_numbers(finish), finish.filmic, out[first * width : end * width],
            )  # fmt: skip

        work(draw, range(0, height, rows))

    def _glow_image(
        self, light: Float32[np.ndarray, " all"], work: Work
    ) -> Float32[np.ndarray, "3 rows width"]:
        """The blurred light above the threshold: reduced rows as wide as the frame; empty without bloom."""
        from explorer.fields.light import kernel

        if not self.finish.bloom:
            return np.empty((3, 0, 0), np.float32)
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
        glow = blurred(source, self.finish, size, min(width, height))
        return stretched(glow, size.factor, width)


class _View:
    """Draws the numbers of a surface at points, a band of a frame at a time."""

    def __init__(
        self, field: FieldSettings, grid: Grid, xy: Float32[np.ndarray, "all 2"], pixel: float, device: Device
    ) -> None:
        self._pixel, self._device, self._points = pixel, device, len(xy)
        self._engine = engine_for(device, field, grid, pixel, xy)
        if not self._engine:
            self._inputs = np.pad(pixel_inputs(field, xy), ((0, 0), (0, STRIP)))

    def bands(self, surface: Surface, moment: int) -> Bands:
        """What draws the planes of `count` points from one on, padded to whole vectors."""
        engine = self._engine
        whole: Float32[np.ndarray, "5 all"] = np.empty((PLANES, self._points if engine else 0), np.float32)
        if engine:
            engine.draw_numbers(surface, moment, whole)

        def band(start: int, count: int) -> Float32[np.ndarray, "5 padded"]:
            planes = np.zeros((PLANES, -(-count // STRIP) * STRIP), np.float32)
            if engine:
                planes[:, :count] = whole[:, start : start + count]
            else:
                inputs = self._inputs[:, start : start + planes.shape[1]]
                surface.draw_numbers(moment, inputs, self._pixel, planes, self._device.dtype)
            return planes

        return band


class _SurfaceDrawer:
    """Numbers of a field, its echoes, its rings and its shading, band by band, as linear light."""

    def __init__(self, field: FieldSettings, grid: Grid, samples: int, pixel: float, device: Device) -> None:
        self.grid, self.samples = grid, samples
        self._spacing, self._width = grid.pixel / samples, grid.width * samples
        bordered = Grid(self._width + 2, grid.height * samples + 2)
        xy, light = bordered.centers(self._spacing), field.light
        self._views = [_View(field, bordered, xy, pixel, device)]
        for n in range(1, light.echoes + 1):
            places, size = echo_places(light, n, xy), pixel * light.echo_scale**n
            self._views.append(_View(unlit(field), bordered, places, size, device))
        away = np.hypot(xy[:, 0] - light.focus_x, xy[:, 1] - light.focus_y)
        self._distance = np.pad(away.astype(np.float32), (0, STRIP))

    def draw(self, moments: LitField, moment: int, light: Float32[np.ndarray, " all"], work: Work) -> None:
        """Three planes of linear light of the frame."""
        surface, shading, echoes = moments.surface, moments.shading, moments.echoes
        numbers = shading.numbers(moment, surface.accent(moment), self._spacing)
        surfaces = [surface, *(echoes.surfaces if echoes else ())]
        bands = [view.bands(each, moment) for view, each in zip(self._views, surfaces, strict=True)]
        rows = max(1, BAND_POINTS // (self._width * self.samples))
        stride = self._width + 2

        def draw(first: int) -> None:
            count = min(rows, self.grid.height - first)
            start, points = first * self.samples * stride, (count * self.samples + 2) * stride
            planes = bands[0](start, points)
            if shading.has_rings:
                self._add_rings(shading, moment, numbers, start, planes)
            if echoes:
                past = (band(start, points) for band in bands[1:])
                echoes.draw_lines(planes, past, moment, numbers, stride, points)
            self._shade(shading, numbers, first, count, planes, light)

        work(draw, range(0, self.grid.height, rows))

    def _add_rings(
        self,
        shading: Shading,
        moment: int,
        numbers: Float32[np.ndarray, " numbers"],
        start: int,
        planes: Float32[np.ndarray, "5 padded"],
    ) -> None:
        """Rings of hits on points from `start` on."""
        from explorer.fields.light import kernel

        plane, steps = planes.shape[1], np.float32(shading.delays_per_length)
        history = shading.history[moment]
        kernel.add_rings(planes.ravel(), plane, plane, self._distance, start, history, steps, numbers)

    def _shade(
        self,
        shading: Shading,
        numbers: Float32[np.ndarray, " numbers"],
        first: int,
        rows: int,
        planes: Float32[np.ndarray, "5 padded"],
        light: Float32[np.ndarray, " all"],
    ) -> None:
        """Shading and the mean of the samples of some rows, as linear light of the frame."""
        from explorer.fields.light import kernel

        n, flat, plane = self.samples, planes.ravel(), planes.shape[1]
        size = self.grid.width * self.grid.height
        target = (light, size, first * self.grid.width)
        film, lines = shading.light.film > 0, shading.light.has_lines
        if n == 1:
            kernel.shade(flat, plane, rows, self._width, numbers, film, lines, *target)
            return
        fine_size = rows * n * self._width
        fine: Float32[np.ndarray, " all"] = np.empty(3 * fine_size, np.float32)
        kernel.shade(flat, plane, rows * n, self._width, numbers, film, lines, fine, fine_size, 0)
        kernel.average(fine, fine_size, rows, self.grid.width, n, *target)


def _centered(count: int) -> Float32[np.ndarray, " numbers"]:
    """Pixel centers from -1 to 1."""
    return ((np.arange(count) + 0.5) / count * 2 - 1).astype(np.float32)


LINEAR_LEVELS = srgb_to_linear(np.arange(256) / 255).astype(np.float32)
