"""Echoes without state: level lines of a field's last moments, each scaled and turned further.

The last moments are columns of the controls: those of the field without light, at earlier times. Nothing is
fed back, so a frame needs no other frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields import sections
from explorer.fields.controls import Controls
from explorer.fields.light import formulas
from explorer.fields.light.columns import ECHO_MARK, HIT_NAMES, LINE_COLUMN, NAMES, columns
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF, Light
from explorer.fields.light.shading import NUMBERS

LINE_LIGHT = (0.3, 0.8)  # of a line without a hit, more by a hit
DECAY = 0.8  # of light from echo to echo
GROUND = 0.6  # of the square of the color of the surface: a ground is dim, and its color deep
LINES, ACCENT = NUMBERS.index("lines"), NUMBERS.index("accent_red")


@lru_cache(maxsize=16)
def unlit(field: Any) -> Any:
    """The field that echoes draw; its track has the routed columns already."""
    return field.replace(light=LIGHT_OFF, finish=FINISH_OFF, routing=())


def echo_columns(
    field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> tuple[Float64[np.ndarray, "moments columns"], list[str]]:
    """The light of each echo's lines, 0 before the start, and the columns of the field at its moment."""
    values, names, (base, by_hit) = [], [], LINE_LIGHT
    for n in range(field.light.echoes + 1):
        past = times - n * field.light.echo_delay
        moments = np.maximum(past, 0)
        hit = columns(track, moments)[:, NAMES.index(HIT_NAMES[0])]
        presence = (past / field.light.echo_delay + 1).clip(0, 1)
        values.append((DECAY**n * presence * (base + by_hit * hit))[:, None])
        names.append(f"{LINE_COLUMN}{ECHO_MARK}{n}")
        if n:  # the present has its columns
            controls = unlit(field).controls(track, moments)
            values.append(controls.values)
            names += [f"{name}{ECHO_MARK}{n}" for name in controls.names]
    return np.hstack(values), names


def echo_places(light: Light, n: int, xy: Any) -> Any:
    """Where echo `n` is seen at points: an array or a tensor (points, 2) of the same kind."""
    scale, angle = light.echo_scale**n, math.radians(light.echo_turn * n)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    x, y = xy[:, 0], xy[:, 1]
    stack = torch.stack if isinstance(xy, torch.Tensor) else np.stack
    return stack((x * c - y * s, x * s + y * c), -1)


class Echoes:
    """The echoes of some moments: the light of their lines, the present first, and surfaces of the past."""

    def __init__(self, field: Any, controls: Controls, prepare: Callable[[Any, Controls], Any]) -> None:
        self.light: Light = field.light
        count, after = self.light.echoes, len(sections.NAMES) if field.sections.on else 0
        # of the field without light, which `completed` writes once for the present and once for each echo
        width = (len(controls.names) - len(NAMES) - (count + 1)) // (count + 1)
        lines = width - after + len(NAMES) + np.append(0, 1 + (width + 1) * np.arange(count))
        own = np.r_[0 : width - after, len(controls.names) - after : len(controls.names)]
        names = tuple(controls.names[place] for place in own)
        self.surfaces = [
            prepare(unlit(field), Controls(np.ascontiguousarray(controls.values[:, n : n + width]), names))
            for n in lines[1:] + 1
        ]
        self.strengths: Float32[np.ndarray, "echoes moments"] = controls.values[:, lines].T.copy()

    def draw_lines(
        self,
        planes: Float32[np.ndarray, "5 padded"],
        past: Iterable[Float32[np.ndarray, "5 padded"]],
        moment: int,
        numbers: Float32[np.ndarray, " numbers"],
        stride: int,
        points: int,
    ) -> None:
        """Dims the colors of a band (rows of `stride` with a border, `points` in all) and draws all lines.

        past: the planes of the surfaces on the same points.
        """
        from explorer.fields.light import kernel

        n, plane, inner = numbers.copy(), planes.shape[1], points - 2 * stride
        n[LINES] = density(self.light)
        present = planes.copy()
        planes[1:4] *= planes[1:4] * np.float32(GROUND)
        for echo, strength in zip(chain((present,), past), self.strengths[:, moment], strict=True):
            kernel.add_lines(planes.ravel(), echo.ravel(), plane, stride, inner, n, strength)

    def reference(
        self,
        planes: Float[torch.Tensor, "moments 5 steps points"],
        places: Float[torch.Tensor, "steps points 2"],
        pixel: float,
        dtype: torch.dtype,
        n: Float[torch.Tensor, "numbers moments 1"],
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """The reference: planes of points with the lines of all echoes; steps: they and their neighbors."""
        (height, *colors, emission), e = planes[:, :, 0].unbind(1), n.clone()
        colors, e[LINES] = [color * (color * GROUND) for color in colors], density(self.light)
        for echo in range(self.light.echoes + 1):
            past = planes
            if echo:
                xy = echo_places(self.light, echo, places.reshape(-1, 2))
                past = self.surfaces[echo - 1].numbers(xy, pixel * self.light.echo_scale**echo, dtype)
                past = past.reshape(planes.shape)
            level = formulas.finite_height(past[:, 0])
            across, down = level[:, 2] - level[:, 1], level[:, 4] - level[:, 3]
            strength = torch.from_numpy(self.strengths[echo][:, None]).to(planes)
            line = formulas.line_weight(level[:, 0], across, down, e) * strength
            colors = [
                formulas.echoed_channel(color, past[:, 1 + k, 0], line, e[ACCENT + k])
                for k, color in enumerate(colors)
            ]
            emission = emission + line
        return torch.stack((height, *colors, emission), 1)


def density(light: Light) -> float:
    """Lines per unit of height."""
    return light.lines or 1.0
