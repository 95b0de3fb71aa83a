"""Whole frames in compute shaders: what the steps from the numbers of a field to bytes have in common.

A frame has one buffer of words: regions that the programs of fields write (the planes of a surface with a
border of one pixel, or bytes of colors), of which the first is that of the frame in the end, then its light,
its glow and its bytes. Each step reads and writes places of it.
The numbers of a moment are those of the light (`shading.NUMBERS`), then those of rings and finish, then the
history of hits and the weights of blurs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

from explorer.fields.light.columns import DELAYS
from explorer.fields.light.finish import GLOWS, GlowSize
from explorer.fields.light.shading import NUMBERS
from explorer.shaders.compute.program import MOMENT_TABLE, PACKED_BYTES, PLANES
from explorer.shaders.emitter import function_code
from explorer.shaders.wgsl import WGSL, functions, power_function

GROUP_SIDE, GROUP_POINTS = 8, 256  # pixels of a workgroup: each way, or in a row, four for each invocation
MAX_ROW_GROUPS = 2**15  # of workgroups in one dimension
LIGHT = 0  # places among the numbers of a moment, in groups of four
# size of a pixel, focus x and y, steps of the history for half a height
RINGS = LIGHT - (-len(NUMBERS) // 4)
FINISH = RINGS + 1  # `finish.NUMBERS`
NOISE = FINISH + 1  # where the noise of the first row starts: two parts for grain, one for rounding
GLOW = NOISE + 1  # the factor of each blur, and the threshold
HISTORY = GLOW + 1
WEIGHTS = HISTORY + len(DELAYS) // 4

HEAD = (
    """
@group(0) @binding(0) var<uniform> sizes: array<vec4u, 2>;
@group(0) @binding(2) var<storage, read> noise: array<f32>;
@group(0) @binding(3) var<storage, read> p: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> words: array<u32>;

fn number_at(place: u32) -> f32 {
  return bitcast<f32>(words[place]);
}
fn store(place: u32, value: f32) {
  words[place] = bitcast<u32>(value);
}
fn store_channels(place: u32, plane: u32, value: vec3f) {
  store(place, value.r);
  store(place + plane, value.g);
  store(place + 2u * plane, value.b);
}
fn levels_of(first: u32, point: u32) -> vec3f {
  var levels = vec3f(0.0);
  for (var channel = 0u; channel < 3u; channel++) {
    let place = 3u * point + channel;
    levels[channel] = f32((words[first + place / 4u] >> (8u * (place % 4u))) & 255u);
  }
  return levels;
}
fn channels_at(place: u32, plane: u32) -> vec3f {
  return vec3f(number_at(place), number_at(place + plane), number_at(place + 2u * plane));
}
"""
    + MOMENT_TABLE
    + PACKED_BYTES
)

# WGSL's own power may be off by many units in the last place near 1, where highlights are
light_function = partial(function_code, replace(WGSL, templates={**WGSL.templates, "pow": "power({0}, {1})"}))


@dataclass(frozen=True)
class FrameStep:
    """A shader, the eight numbers that it reads in `sizes`, and how many workgroups run, across and down."""

    code: str
    sizes: tuple[int, ...]
    groups: tuple[int, int]


@dataclass(frozen=True)
class FrameMemory:
    """Where what belongs to a frame lies in its buffer of words."""

    width: int
    height: int
    samples: int  # along each side of a pixel
    lit: bool  # a surface, else colors
    bloom: bool
    finished: bool = True  # else the bytes that the field's program writes are those of the frame
    regions: int = 1  # each with room for what a field's program writes

    @property
    def stride(self) -> int:
        """Points of a row that the field's program draws."""
        return self.width * self.samples + 2 * self.lit

    @property
    def rows(self) -> int:
        """That the field's program draws."""
        return self.height * self.samples + 2 * self.lit

    @property
    def points(self) -> int:
        """That the field's program draws."""
        return self.stride * self.rows

    def region(self, number: int) -> int:
        """The first word of a region."""
        return number * (PLANES * self.points if self.lit else byte_words(self.points))

    @property
    def size(self) -> int:
        """Pixels of the frame."""
        return self.width * self.height

    @property
    def light(self) -> int:
        """The first word of three planes of linear light."""
        return self.region(self.regions)

    @property
    def bytes(self) -> int:
        """The first word of the bytes of the frame."""
        return self.light + 3 * self.size if self.finished else 0

    @property
    def glow(self) -> int:
        """The first word of three planes of what glows, and of the glow in the end."""
        return self.bytes + byte_words(self.size) if self.finished else self.light

    @cached_property
    def glow_size(self) -> GlowSize:
        """The size of the image of the glow."""
        return GlowSize.of(self.width, self.height)

    @cached_property
    def blurs(self) -> list[Blur]:
        """The images that each blur takes."""
        images, size = [], self.glow_size
        first = self.glow + 3 * size.rows * size.columns
        for *_, reduction in GLOWS:
            columns, rows = -(-size.columns // reduction), -(-size.rows // reduction)
            images.append(Blur(reduction, columns, rows, first))
            first = images[-1].end
        return images

    @property
    def words(self) -> int:
        """All of them."""
        return self.blurs[-1].end if self.bloom else self.glow


@dataclass(frozen=True)
class Blur:
    """A blur of the glow: two images of three planes in the memory of a frame, `first` and `across`."""

    reduction: int
    columns: int
    rows: int
    first: int  # the reduced image, and the blurred one in the end

    @property
    def across(self) -> int:
        """The image that is blurred in one direction."""
        return self.first + 3 * self.columns * self.rows

    @property
    def end(self) -> int:
        """The word after both."""
        return self.first + 6 * self.columns * self.rows


def byte_words(points: int) -> int:
    """The words that three bytes for each point take, in groups of four points."""
    return 3 * -(-points // 4)


def frame_code(text: str) -> str:
    """The code of a step with all that it can use."""
    return "".join((HEAD, functions(), power_function(), text))


def groups_of(columns: int, rows: int) -> tuple[int, int]:
    """The workgroups of a step with an invocation for each place."""
    return -(-columns // GROUP_SIDE), -(-rows // GROUP_SIDE)


def row_groups(points: int) -> tuple[int, int]:
    """The workgroups of a step that takes points four by four."""
    groups = -(-points // GROUP_POINTS)
    across = min(groups, MAX_ROW_GROUPS)
    return across, -(-groups // across)
