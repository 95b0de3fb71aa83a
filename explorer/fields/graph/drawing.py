"""A graph CPPN ready to draw: the torch reference, and the kernel for the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, UInt8

from explorer.fields.controls import Controls
from explorer.fields.graph import formulas, kernel
from explorer.fields.graph.kernel import CURVE_STEPS, Program
from explorer.fields.graph.network import (
    OUTPUTS,
    Network,
    Numbers,
    Plane,
    network_of,
    pixel_values,
    random_network,
)
from explorer.fields.graph.settings import SOUND_INPUTS, GraphSettings
from explorer.fields.graph.timeline import DELAY_STEP_SECONDS, delay_columns
from explorer.fields.kernels.dither import dither
from explorer.fields.kernels.padding import draw_padded, fill_padded, flat_view
from explorer.fields.kernels.simd import LANES
from explorer.fields.keyframes import AnimatedSettings
from explorer.fields.light.tone import channels, interpolate
from explorer.fields.palette_table import color_table, srgb_table

PRESENT_SHARE, PAST_SHARE = 0.8, 0.5  # of the sound that a pixel hears: at once, and when it arrives
BREATH = 0.06  # how much closer the bass brings the picture
ACCENT_TONE = 0.9  # where the color of highlights is on the palette
HEIGHT, HUE = OUTPUTS.index("height"), OUTPUTS.index("hue")


def pixel_inputs(xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """See `GraphCPPN.pixel_inputs`."""
    x, y = np.ascontiguousarray(xy.T, np.float32)
    return np.stack((x, y, dither(x, y)))


@dataclass(frozen=True, eq=False)
class View:
    """How the plane of a network is seen at each moment; see `Plane.numbers`."""

    turn: Numbers
    scale: Numbers
    warp: Numbers
    clock: Numbers
    delay: Numbers

    def numbers(self, plane: Plane) -> Float32[np.ndarray, "moments numbers"]:
        """The numbers of a plane."""
        return plane.numbers(self.turn, self.scale, self.warp, self.clock, self.delay)


def view_of(
    settings: Any,
    spin: float,
    zoom: Numbers,
    time: Numbers,
    motion: Numbers,
    rotation: Numbers,
    bass: Numbers,
) -> View:
    """The view when the clocks and the level of the bass are so far: arrays or expressions."""
    zero = 0 * time
    speed = settings.sound_speed
    delay = zoom * CURVE_STEPS / (speed * DELAY_STEP_SECONDS) if speed > 0 else zero
    scale = (1 - BREATH * np.minimum(bass, 2)) / zoom
    return View(spin * time + rotation, scale, settings.warp + zero, time + motion, delay)


class PreparedGraph:
    """Some moments of `GraphCPPN`, ready to be drawn."""

    def __init__(self, settings: GraphSettings, controls: Controls) -> None:
        self.settings = AnimatedSettings.from_controls(settings, controls)
        self.network = network_of(settings)
        column = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        zero = np.zeros(len(controls.values))
        gain, zoom = self.settings.audio_gain + zero, self.settings.zoom + zero
        self.levels = [gain * (column.get(name, zero - 1) + 1) / 2 for name in SOUND_INPUTS]
        past = [[column.get(name, zero) for name in delay_columns(feature)] for feature in SOUND_INPUTS]
        sound = PRESENT_SHARE * np.array(self.levels)[:, None] + PAST_SHARE * gain * np.array(past)
        self.history = smooth_curve(sound.transpose(2, 0, 1)).astype(np.float32)
        time, motion, rotation = (column[name] for name in ("time", "motion", "rotation"))
        self.view = view_of(self.settings, settings.spin, zoom, time, motion, rotation, self.levels[0])
        self.numbers_of_moments = self.view.numbers(self.network.plane)
        self.contrast = (self.settings.contrast + zero).astype(np.float32)

    def outputs(
        self, xy: Float[torch.Tensor, "points 2"], names: tuple[int, ...]
    ) -> list[Float[torch.Tensor, "moments points"]]:
        """Some of `OUTPUTS` at points `xy`."""
        return self.network_outputs(xy, names, self.network, self.numbers_of_moments)

    def network_outputs(
        self,
        xy: Float[torch.Tensor, "points 2"],
        names: tuple[int, ...],
        network: Network,
        numbers: Float32[np.ndarray, "moments numbers"],
    ) -> list[Float[torch.Tensor, "moments points"]]:
        """Some outputs of any network, seen as `numbers` of its plane say."""
        p = torch.from_numpy(numbers.T[..., None]).to(xy)
        x, y = formulas.warped(xy[:, 0][None], xy[:, 1][None], p)
        position = formulas.distance(x, y) * p[formulas.DELAY]
        history = torch.from_numpy(self.history).to(xy)
        sound = [interpolate(history[:, n], position) for n in range(len(SOUND_INPUTS))]
        values = pixel_values(x, y, p, network.plane, sound)
        return [value.expand(x.shape) for value in network.graph.part(names).evaluate(values)]

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. `dtype` has no effect: there are no matrix products."""
        (hue,) = self.outputs(xy, (HUE,))
        return self._palette_color(hue, channels(srgb_table(self.settings.palette)))

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments planes points"]:
        """Height, base color in linear light, and emission (none), for the shading."""
        height, hue = self.outputs(xy, (HEIGHT, HUE))
        color = self._palette_color(hue, channels(color_table(self.settings.palette))).movedim(-1, 1)
        return torch.cat((height[:, None], color, torch.zeros_like(height)[:, None]), dim=1)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """The color of highlights, in linear light."""
        return accent_of(self.settings.palette)

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel: one for all precisions."""
        return "graph-f32"

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        program, table = self._program((HUE,)), channels(srgb_table(self.settings.palette))

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            self._run(moment, rows, program, table, kernel.NO_PLANES, target)

        draw_padded(fill, pixel_inputs, out, LANES)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "planes points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Fill the planes of `numbers` for one block of pixels on one thread, without the GIL."""
        program, table = self._program((HEIGHT, HUE)), channels(color_table(self.settings.palette))

        def fill(rows: np.ndarray, planes: np.ndarray) -> None:
            self._run(moment, rows, program, table, planes, kernel.NO_PIXELS)

        fill_padded(fill, pixel_inputs, out, LANES)

    def _program(self, outputs: tuple[int, ...]) -> Program:
        settings = self.settings
        return program_of(settings.seed, settings.nodes, settings.symmetry, outputs, settings.genome)

    def _run(
        self,
        moment: int,
        rows: np.ndarray,
        program: Program,
        table: np.ndarray,
        planes: np.ndarray,
        out: np.ndarray,
    ) -> None:
        plane = self.network.plane
        kernel.draw(
            flat_view(rows),
            rows.shape[1],
            self.numbers_of_moments[moment],
            plane.mirrors,
            plane.sectors,
            self.history[moment].ravel(),
            *program.arrays,
            table,
            self.contrast[moment],
            flat_view(planes),
            planes.strides[0] // planes.itemsize,
            out,
        )

    def _palette_color(self, hue: torch.Tensor, table: np.ndarray) -> torch.Tensor:
        contrast = torch.from_numpy(self.contrast[:, None]).to(hue)
        return torch.stack(formulas.palette_color(hue, contrast, table), dim=-1)


def accent_of(palette: str) -> Float32[np.ndarray, 3]:
    """The color of highlights of a palette, in linear light."""
    table = color_table(palette)
    positions = np.arange(len(table))
    at = ACCENT_TONE * (len(table) - 1)
    return np.array([np.interp(at, positions, channel) for channel in table.T], np.float32)


def smooth_curve(values: Float64[np.ndarray, "*rows delays"]) -> Float64[np.ndarray, "*rows positions"]:
    """`CURVE_STEPS` values a delay along the cubic B-spline of each row, so that waves have no edges.

    Element by element: a matrix product rounds in an order that depends on the number of rows.
    """
    count = values.shape[-1]
    padded = np.concatenate((values[..., :1], values, values[..., -1:], values[..., -1:]), axis=-1)
    a, b, c, d = (padded[..., n : n + count] for n in range(4))
    curve = np.empty((*values.shape, CURVE_STEPS))
    for step in range(CURVE_STEPS):
        f = step / CURVE_STEPS
        weights = (1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3
        curve[..., step] = (a * weights[0] + b * weights[1] + c * weights[2] + d * weights[3]) / 6
    flat: Float64[np.ndarray, "*rows positions"] = curve.reshape(*values.shape[:-1], -1)
    return flat[..., : 1 - CURVE_STEPS]


@lru_cache(maxsize=64)
def program_of(seed: int, nodes: int, symmetry: int, outputs: tuple[int, ...], genome: str = "") -> Program:
    """The part of a network that some outputs depend on, as the kernel runs it."""
    return Program.of(random_network(seed, nodes, symmetry, genome).graph.part(outputs))
