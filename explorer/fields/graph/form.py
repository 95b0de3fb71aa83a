"""A graph CPPN as a body before a ground, as an endless zoom, or as both: reference and drawing."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.controls import Controls
from explorer.fields.graph import form_formulas, form_kernel, kernel
from explorer.fields.graph.drawing import HEIGHT, HUE, PreparedGraph, View, program_of
from explorer.fields.graph.kernel import Program
from explorer.fields.graph.network import OUTPUTS, Network, Numbers, random_network
from explorer.fields.graph.settings import GraphSettings
from explorer.fields.kernels.padding import draw_padded, fill_padded, flat_view
from explorer.fields.kernels.simd import LANES
from explorer.fields.light.tone import channels
from explorer.fields.palette_table import color_table, srgb_table

MASK = OUTPUTS.index("mask")
OCTAVES, OCTAVE_SCALE = 3, 2.2  # of the endless zoom
GROUND_STREAM = 4217  # the random stream of grounds' seeds
GROUND_NODES = 7  # at most: few nodes draw soft pictures
GROUND_SCALE, GROUND_CLOCK, GROUND_CONTRAST = 0.55, 0.6, 0.6  # of those of the figure
BORDER_SLOPE = 2.4  # an estimate of how fast `border` changes per half height
EDGE_PIXELS, RIM_PIXELS, MIN_RIM = 0.6, 1.6, 0.035  # MIN_RIM: of `border`
SHADOW_DISTANCE = 0.16  # half heights

Moments = Float32[np.ndarray, "moments numbers"]


class FormedGraph(PreparedGraph):
    """Some moments of a `GraphCPPN` with a form."""

    def __init__(self, settings: GraphSettings, controls: Controls) -> None:
        super().__init__(settings, controls)
        column = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        form = settings.form
        plane, view = self.network.plane, self.view
        self.layers: list[tuple[Moments, Float32[np.ndarray, " moments"]]]  # numbers and weights of octaves
        self.layers = [
            (layer.numbers(plane), weight.astype(np.float32))
            for layer, weight in layers(form.zoom_rate, view)
        ]
        if form.figure:
            seed = ground_seed(settings)
            self.ground_key = seed, min(settings.nodes, GROUND_NODES), 0
            self.ground = random_network(*self.ground_key)
            far = dataclasses.replace(view, scale=view.scale * GROUND_SCALE, clock=view.clock * GROUND_CLOCK)
            self.ground_numbers = far.numbers(self.ground.plane)
            hit = column["hit"] * self.settings.audio_gain * ("onset" in settings.features)
            self._hit, self._bass = np.minimum(hit, 1.5), np.minimum(self.levels[0], 1.5)

    def figure_numbers(self, moment: int, pixel: float) -> Float32[np.ndarray, " numbers"]:
        """`form_formulas.NUMBERS` of a moment, for pixels of a size (half the shorter side is 1)."""
        hit, light = self._hit[moment], self.settings.light
        away = SHADOW_DISTANCE * math.cos(math.radians(light.elevation))
        angle, slope = math.radians(light.direction), BORDER_SLOPE * pixel
        contrast = self.contrast[moment]
        values = (
            1.05 + 0.22 * self._bass[moment] + 0.15 * hit, 0.35 + 1.6 * hit, 0.08 + 0.5 * hit,
            away * math.cos(angle), -away * math.sin(angle), 1 / (EDGE_PIXELS * slope),
            1 / max(RIM_PIXELS * slope, MIN_RIM), contrast, contrast * GROUND_CONTRAST, *self.accent(moment),
        )  # fmt: skip
        return np.array(values, np.float32)

    # The torch reference

    def near(
        self, xy: Float[torch.Tensor, "points 2"], names: tuple[int, ...]
    ) -> list[Float[torch.Tensor, "moments points"]]:
        """Outputs of the field's own network: the sum of octaves, where it zooms."""
        total = [torch.zeros(1, 1).to(xy)] * len(names)
        for numbers, weights in self.layers:
            outputs = self.network_outputs(xy, names, self.network, numbers)
            weight = torch.from_numpy(weights[:, None]).to(xy)
            total = [a + weight * b for a, b in zip(total, outputs, strict=True)]
        return total

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`."""
        if not self.settings.form.figure:
            (hue,) = self.near(xy, (HUE,))
            return self._palette_color(hue, channels(srgb_table(self.settings.palette)))
        planes = self.numbers(xy, pixel, dtype)
        accents = torch.from_numpy(np.stack([self.accent(n) for n in range(len(planes))])).to(xy)
        rgb = [form_formulas.flat(planes[:, 1 + k], planes[:, 4], accents[:, k, None]) for k in range(3)]
        return torch.stack(rgb, dim=-1)

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments planes points"]:
        """See `PreparedGraph.numbers`; with a figure there is emission."""
        table = channels(color_table(self.settings.palette))
        if not self.settings.form.figure:
            height, hue = self.near(xy, (HEIGHT, HUE))
            color = self._palette_color(hue, table).movedim(-1, 1)
            return torch.cat((height[:, None], color, torch.zeros_like(height)[:, None]), dim=1)
        near = self.near(xy, (HEIGHT, HUE, MASK))
        far = self.network_outputs(xy, (HEIGHT, HUE), self.ground, self.ground_numbers)
        rows = [self.figure_numbers(moment, pixel) for moment in range(len(near[0]))]
        g = torch.from_numpy(np.stack(rows).T[..., None].copy()).to(xy)
        ground_table = channels(color_table(self.settings.form.ground_palette))
        x, y = xy[:, 0][None], xy[:, 1][None]
        return torch.stack(form_formulas.figure(x, y, *near, *far, table, ground_table, g), dim=1)

    # The CPU kernels

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernels: one for all precisions."""
        return "graph-form-f32"

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            self._compose(moment, rows, pixel, kernel.NO_PLANES, target)

        draw_padded(fill, pixel_inputs, out, LANES)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "planes points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `PreparedGraph.draw_numbers`."""

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            self._compose(moment, rows, pixel, target, kernel.NO_PIXELS)

        fill_padded(fill, pixel_inputs, out, LANES)

    def _compose(
        self, moment: int, rows: np.ndarray, pixel: float, planes: np.ndarray, out: np.ndarray
    ) -> None:
        """Fill planes, or bytes where `out` is not empty, of a multiple of `LANES` points."""
        settings, points = self.settings, rows.shape[1]
        encoded = len(out) > 0 and not settings.form.figure
        table = channels((srgb_table if encoded else color_table)(settings.palette))
        target = flat_view(planes), planes.strides[0] // planes.itemsize, out
        outputs = self._near_outputs(
            moment, rows, (HEIGHT, HUE, MASK) if settings.form.figure else (HEIGHT, HUE)
        )
        if not settings.form.figure:
            inputs = flat_view(rows), outputs.ravel(), points
            form_kernel.draw_plain(*inputs, table, self.contrast[moment], *target)
            return
        far = np.empty((2, points), np.float32)
        program = program_of(*self.ground_key, (HEIGHT, HUE))
        self._run_raw(moment, rows, self.ground, program, self.ground_numbers, far)
        ground_table = channels(color_table(settings.form.ground_palette))
        inputs = flat_view(rows), np.concatenate((outputs, far)).ravel(), points
        g = self.figure_numbers(moment, pixel)
        form_kernel.draw_figure(*inputs, table, ground_table, g, *target)

    def _near_outputs(
        self, moment: int, rows: np.ndarray, names: tuple[int, ...]
    ) -> Float32[np.ndarray, "outputs points"]:
        """What `near` is in the reference; sums element by element, so that no bit depends on the block."""
        program, points = self._program(names), rows.shape[1]
        total = np.zeros((len(names), points), np.float32)
        values = np.empty_like(total)
        for numbers, weights in self.layers:
            self._run_raw(moment, rows, self.network, program, numbers, values)
            values *= weights[moment]
            total += values
        return total

    def _run_raw(
        self,
        moment: int,
        rows: np.ndarray,
        network: Network,
        program: Program,
        numbers: Moments,
        values: np.ndarray,
    ) -> None:
        """The outputs of a program as they are."""
        kernel.draw(
            flat_view(rows),
            rows.shape[1],
            numbers[moment],
            network.plane.mirrors,
            network.plane.sectors,
            self.history[moment].ravel(),
            *program.arrays,
            NO_TABLE,
            self.contrast[moment],
            flat_view(values),
            values.shape[1],
            kernel.NO_PIXELS,
        )


NO_TABLE = np.zeros(0, np.float32)


def layers(zoom_rate: float, view: View) -> list[tuple[View, Numbers]]:
    """The views of the octaves of an endless zoom and their weights; without zoom there is one."""
    if not zoom_rate:
        return [(view, 0 * view.clock + 1)]
    return [
        (dataclasses.replace(view, scale=view.scale * scale, delay=view.delay / scale), weight)
        for scale, weight in zip(*octaves(zoom_rate * view.clock), strict=True)
    ]


def octaves(progress: Numbers) -> tuple[list[Numbers], list[Numbers]]:
    """Scales of the octaves of an endless zoom, and their weights, whose squares have the sum 1.

    An octave begins without weight, grows as the view nears it, and has none when it leaves: the next has
    taken its place, and no moment differs from the others. Shepard, "Circularity in judgments of relative
    pitch", JASA 36 (1964), is the same with tones.
    """
    places = [n + 1 - np.mod(progress, 1.0) for n in range(OCTAVES)]
    weights = [0.5 - 0.5 * np.cos(2 * np.pi * place / OCTAVES) for place in places]
    norm = np.sqrt(sum(weight * weight for weight in weights))
    scales = [np.power(OCTAVE_SCALE, place - OCTAVES / 2) for place in places]
    return scales, [weight / norm for weight in weights]


def ground_seed(settings: GraphSettings) -> int:
    """The seed of the ground: the given one, or one that follows from the field's own."""
    if settings.form.ground_seed is not None:
        return settings.form.ground_seed
    stream = np.random.RandomState([settings.seed, GROUND_STREAM])
    return int(stream.randint(0, 2**32, dtype=np.uint64))
