"""A field whose sections differ, ready to draw: each moment is its section, or two of them and a ring."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, UInt8

from explorer.fields.controls import Controls
from explorer.fields.sections import NAMES, SECTIONS_OFF

SEED_STREAM = 5150  # the random stream of the seeds of later sections
EDGE, FRONT = 0.12, 0.1  # widths of the ring's edge and of its front, half heights
FRONT_HEIGHT, FRONT_LIGHT, FRONT_DECAY = 0.9, 0.7, 0.8  # the last per second
MAX_DISTANCE = 4.5  # half heights: a ring beyond it has left the frame


@lru_cache(maxsize=64)
def section_field(field: Any, number: int) -> Any:
    """The field of a section by its number."""
    sections, changes = field.sections, dict[str, Any](sections=SECTIONS_OFF)
    if number and "seed" in type(field).model_fields:
        seeds = sections.seeds
        stream = np.random.RandomState([field.seed, SEED_STREAM, number])
        own = int(stream.randint(0, 2**32, dtype=np.uint64))
        changes["seed"] = seeds[(number - 1) % len(seeds)] if seeds else own
    if number and sections.palettes and "palette" in type(field).model_fields:
        changes["palette"] = sections.palettes[(number - 1) % len(sections.palettes)]
    return field.replace(**changes)


def pixel_inputs(field: Any, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """What drawing needs of each pixel: the field's own inputs, after the distance from the center."""
    own: Float32[np.ndarray, "inputs points"] = field.pixel_inputs(xy)
    if not field.sections.on:
        return own
    return np.vstack((np.hypot(*xy.T).astype(np.float32)[None], own))


class SectionedField:
    """A field at some moments, each with the field of its section; a `Surface` where the field is one."""

    def __init__(self, field: Any, controls: Controls) -> None:
        number, age = (controls.values[:, controls.names.index(name)] for name in NAMES)
        self._number, speed = number.astype(int), field.sections.speed
        self._radius: Float64[np.ndarray, " moments"] = speed * age.astype(np.float64)
        self._glow = np.exp(-FRONT_DECAY * age.astype(np.float64))
        self._changes = (self._number > 0) & (self._radius < MAX_DISTANCE)
        needed = {*self._number, *(self._number[self._changes] - 1)}
        self._prepared = {n: section_field(field, int(n)).prepare(controls) for n in needed}

    def sections_at(self, moment: int) -> tuple[Any, Any]:
        """The fields of a moment's section and, while it opens, of the one before; else None."""
        number = self._number[moment]
        return self._prepared[number], self._prepared[number - 1] if self._changes[moment] else None

    def ring_at(self, moment: int) -> tuple[float, float]:
        """The radius within which a moment shows its section, half heights, and the light of the front."""
        return float(self._radius[moment]), float(self._glow[moment])

    def with_parts(self, change: Callable[[Any], Any]) -> Self:
        """The same with `change(part)` in the place of each part."""
        other = copy.copy(self)
        other._prepared = {key: change(part) for key, part in self._prepared.items()}
        return other

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`."""
        values = self._mixed(xy, lambda prepared: prepared.colors(xy, pixel, dtype).mT)
        return values.mT

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`."""
        planes = self._mixed(xy, lambda prepared: prepared.numbers(xy, pixel, dtype))
        distance = torch.hypot(xy[:, 0], xy[:, 1])
        for moment in np.flatnonzero(self._changes):
            front = torch.exp(-(((self._radius[moment] - distance) / FRONT) ** 2)) * self._glow[moment]
            planes[moment, 0] += FRONT_HEIGHT * front
            planes[moment, 4] += FRONT_LIGHT * front
        return planes

    def kernel(self, dtype: torch.dtype) -> str:
        """See `Prepared.kernel`."""
        name: str = self._prepared[self._number[0]].kernel(dtype)
        return name

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        number, own = self._number[moment], pixel_inputs[1:]
        self._prepared[number].draw(moment, own, pixel, out, dtype)
        if self._changes[moment]:
            before = np.empty_like(out)
            self._prepared[number - 1].draw(moment, own, pixel, before, dtype)
            share = self._share(moment, pixel_inputs[0])[:, None]
            out[:] = (before + share * (out.astype(np.float32) - before) + 0.5).astype(np.uint8)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        number, own = self._number[moment], pixel_inputs[1:]
        self._prepared[number].draw_numbers(moment, own, pixel, out, dtype)
        if self._changes[moment]:
            before, distance = np.empty_like(out), pixel_inputs[0]
            self._prepared[number - 1].draw_numbers(moment, own, pixel, before, dtype)
            share = self._share(moment, distance)
            out[:] = before + share * (out - before)
            front = np.exp(-(((np.float32(self._radius[moment]) - distance) / np.float32(FRONT)) ** 2))
            front *= np.float32(self._glow[moment])
            out[0] += np.float32(FRONT_HEIGHT) * front
            out[4] += np.float32(FRONT_LIGHT) * front

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`."""
        number = self._number[moment]
        color: Float32[np.ndarray, 3] = self._prepared[number].accent(moment)
        if self._changes[moment]:
            before = self._prepared[number - 1].accent(moment)
            share = np.float32(min(self._radius[moment] / MAX_DISTANCE, 1))
            color = before + share * (color - before)
        return color

    def _share(self, moment: int, distance: Float32[np.ndarray, " points"]) -> Float32[np.ndarray, " points"]:
        """How much of the new section a place at a distance from the center shows."""
        steps = ((np.float32(self._radius[moment]) - distance) / np.float32(EDGE)).clip(-60, 60)
        return np.asarray(1 / (1 + np.exp(-steps)), np.float32)

    def _mixed(self, xy: torch.Tensor, values: Any) -> torch.Tensor:
        """Values (moments, channels, points) of each moment's section, or of two."""
        distance = torch.hypot(xy[:, 0], xy[:, 1])
        of_section = {n: values(prepared) for n, prepared in self._prepared.items()}
        rows = []
        for moment, number in enumerate(self._number):
            row = of_section[number][moment]
            if self._changes[moment]:
                before = of_section[number - 1][moment]
                share = torch.sigmoid((self._radius[moment] - distance) / EDGE)
                row = before + share * (row - before)
            rows.append(row)
        return torch.stack(rows)
