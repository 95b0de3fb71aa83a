"""Whole frames in compute shaders: what the steps from the numbers of a field to bytes have in common.

A frame has one buffer of words: the planes of the surface, with a border of one pixel, then its light and
what follows from it. Each step reads and writes places of it. The numbers of a moment are those of the light
(`shading.NUMBERS`) from `LIGHT` on, then those of rings and finish, then the history of hits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

from explorer.fields.light.columns import DELAYS
from explorer.fields.light.shading import NUMBERS
from explorer.shaders.compute.program import MOMENT_TABLE, PLANES
from explorer.shaders.emitter import function_code
from explorer.shaders.wgsl import WGSL, functions, power_function

GROUP_SIDE = 8  # invocations of a workgroup, each way
LIGHT = 0  # places among the numbers of a moment, in groups of four
RINGS = LIGHT + -(
    -len(NUMBERS) // 4
)  # size of a pixel, focus x and y, steps of the history for half a height
HISTORY = RINGS + 1
NUMBER_COUNT = 4 * HISTORY + len(DELAYS)

HEAD = (
    """
@group(0) @binding(0) var<uniform> sizes: array<vec4u, 2>;
@group(0) @binding(3) var<storage, read> p: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> words: array<u32>;

fn number_at(place: u32) -> f32 {
  return bitcast<f32>(words[place]);
}
fn store(place: u32, value: f32) {
  words[place] = bitcast<u32>(value);
}
"""
    + MOMENT_TABLE
)

# WGSL's own power may be off by many units in the last place near 1, where highlights are
light_function = partial(function_code, replace(WGSL, templates={**WGSL.templates, "pow": "power({0}, {1})"}))


@dataclass(frozen=True)
class FrameStep:
    """A shader, the numbers that it reads in `sizes`, and how many workgroups run, across and down."""

    code: str
    sizes: tuple[int, ...]
    groups: tuple[int, int]


@dataclass(frozen=True)
class FrameMemory:
    """Where what belongs to a frame lies in its buffer of words."""

    width: int
    height: int
    samples: int  # along each side of a pixel

    @property
    def stride(self) -> int:
        """Points of a row of the surface."""
        return self.width * self.samples + 2

    @property
    def rows(self) -> int:
        """Of the surface."""
        return self.height * self.samples + 2

    @property
    def points(self) -> int:
        """Of the surface."""
        return self.stride * self.rows

    @property
    def light(self) -> int:
        """The first word of three planes of linear light."""
        return PLANES * self.points

    @cached_property
    def words(self) -> int:
        """All of them."""
        return self.light + 3 * self.width * self.height


def frame_code(text: str) -> str:
    """The code of a step with all that it can use."""
    return "".join((HEAD, functions(), power_function(), text))


def groups_of(columns: int, rows: int) -> tuple[int, int]:
    """The workgroups for so many invocations."""
    return -(-columns // GROUP_SIDE), -(-rows // GROUP_SIDE)
