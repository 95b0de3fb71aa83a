"""Wide networks in WGSL: a workgroup takes a tile of pixels through the network, layer by layer.

The values of a layer lie in the workgroup's memory (at most 16 kB, which every adapter has), four pixels
together. Each invocation holds four neurons for all pixels of a tile in registers, and weights are streamed:
one load of four weights serves 4 x pixels products. Small networks put several tiles into a workgroup.
In half precision are weights and values of hidden layers, and sums of four products. The first layer, which
has the coordinates, all sums of a layer, and so what enters a sine, are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from explorer.shaders.compute.narrow_network import ACTIVATIONS
from explorer.shaders.compute.program import HEAD
from explorer.shaders.wgsl import functions

HALVES = """enable f16;
@group(0) @binding(5) var<storage, read> halves: array<vec4<f16>>;  // the constants
"""
MAX_WORKGROUP_BYTES = 16384
MAX_TILE_POINTS = 16
INVOCATIONS = 64  # of a workgroup, about

NETWORK = """
var<workgroup> a: array<{vector}, {memory}>;
{tail}
@compute @workgroup_size({invocations})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {{
  let j = t % {groups}u;  // which four neurons
  let tile = t / {groups}u;
  let base = tile * {tile_memory}u;
  let first = (group.x * {tiles}u + tile) * {points}u;
{body}
}}
"""


@dataclass(frozen=True)
class Tile:
    """How a layer of so many groups of four neurons is shared among the invocations of a workgroup."""

    groups: int  # of four neurons: one for each invocation
    quads: int  # groups of four pixels in a tile
    tiles: int  # in a workgroup

    @classmethod
    def of(cls, hidden: int) -> Self:
        """For so many hidden neurons."""
        groups = -(-hidden // 4)
        quads = min(MAX_TILE_POINTS // 4, MAX_WORKGROUP_BYTES // (64 * groups))
        return cls(groups, quads, max(1, INVOCATIONS // groups))

    @property
    def points(self) -> int:
        """That a workgroup draws."""
        return 4 * self.quads * self.tiles


def code(tile: Tile, rows: int, activations: tuple[str, ...], tail: str, half: bool = False) -> str:
    """The shader; `tail` has `store_points(first: u32, outputs: array<vec3f, 4>)`."""
    vector, weights = ("vec4<f16>", "halves") if half else ("vec4f", "constants")
    lines = _first_layer(tile, rows, activations[0], vector)
    offset = rows * tile.groups * (2 if half else 1)
    layer = _half_layer if half else _hidden_layer
    for name in activations[1:]:
        lines += ["workgroupBarrier();", *layer(tile, offset), "workgroupBarrier();"]
        lines += _stored(tile, name, vector)
        offset += 4 * tile.groups**2
    lines += ["workgroupBarrier();", *_outputs(tile, offset, weights)]
    text = NETWORK.format(
        vector=vector,
        memory=tile.tiles * 4 * tile.groups * tile.quads,
        tail=tail,
        invocations=tile.tiles * tile.groups,
        groups=tile.groups,
        tile_memory=4 * tile.groups * tile.quads,
        tiles=tile.tiles,
        points=4 * tile.quads,
        body="".join(f"  {line}\n" for line in lines),
    )
    return (HALVES if half else "") + HEAD + functions() + text


def _first_layer(tile: Tile, rows: int, activation: str, vector: str) -> list[str]:
    """Four neurons at all pixels of the tile, from the rows of pixel inputs."""
    lines = [f"let w{n} = constants[{n * tile.groups}u + j];" for n in range(rows)]
    for q in range(tile.quads):
        lines += [f"let x{n}_{q} = row4({n}u, first + {4 * q}u);" for n in range(rows)]
        for k, lane in enumerate("xyzw"):
            total = "p[j]"
            for n in range(rows):
                total = f"fma(w{n}, vec4f(x{n}_{q}.{lane}), {total})"
            lines.append(f"var z{4 * q + k} = {total};")
    return lines + _stored(tile, activation, vector)


def _hidden_layer(tile: Tile, offset: int) -> list[str]:
    """The products of a layer."""
    count = 4 * tile.quads
    lines = [f"z{n} = vec4f(0.0);" for n in range(count)]
    lines.append(f"for (var k = 0u; k < {4 * tile.groups}u; k++) {{")
    lines.append(f"  let w = constants[{offset}u + k * {tile.groups}u + j];")
    for q in range(tile.quads):
        lines.append(f"  let x{q} = a[base + k * {tile.quads}u + {q}u];")
        for k, lane in enumerate("xyzw"):
            lines.append(f"  z{4 * q + k} = fma(w, vec4f(x{q}.{lane}), z{4 * q + k});")
    return [*lines, "}"]


def _half_products(values: list[str]) -> str:
    """The sum of products of `w0` to `w3`, each with a value, in half precision."""
    total = f"w0 * {values[0]}"
    for m in range(1, 4):
        total = f"fma(w{m}, vec4<f16>({values[m]}), {total})"
    return total


def _half_layer(tile: Tile, offset: int) -> list[str]:
    """The products of a layer in half precision, four neurons before together."""
    lines = [f"z{n} = vec4f(0.0);" for n in range(4 * tile.quads)]
    lines.append(f"for (var k = 0u; k < {4 * tile.groups}u; k += 4u) {{")
    lines += [f"  let w{m} = halves[{offset}u + (k + {m}u) * {tile.groups}u + j];" for m in range(4)]
    for q in range(tile.quads):
        lines += [f"  let x{q}_{m} = a[base + (k + {m}u) * {tile.quads}u + {q}u];" for m in range(4)]
        for k, lane in enumerate("xyzw"):
            values = [f"x{q}_{m}.{lane}" for m in range(4)]
            lines.append(f"  z{4 * q + k} += vec4f({_half_products(values)});")
    return [*lines, "}"]


def _stored(tile: Tile, activation: str, vector: str) -> list[str]:
    """Activations to the memory of the workgroup, four pixels of a neuron together."""
    lines = [f"z{n} = {ACTIVATIONS[activation].format(f'z{n}')};" for n in range(4 * tile.quads)]
    for k, lane in enumerate("xyzw"):
        for q in range(tile.quads):
            pixels = ", ".join(f"z{4 * q + n}.{lane}" for n in range(4))
            lines.append(f"a[base + (4u * j + {k}u) * {tile.quads}u + {q}u] = {vector}(vec4f({pixels}));")
    return lines


def _outputs(tile: Tile, offset: int, weights: str) -> list[str]:
    """The last layer: an invocation for four pixels, in turn."""
    return [
        f"for (var q = j; q < {tile.quads}u; q += {tile.groups}u) {{",
        "  let point = first + 4u * q;",
        "  if (point >= part.y) { continue; }",
        "  var o = array<vec3f, 4>();",
        f"  for (var k = 0u; k < {4 * tile.groups}u; k++) {{",
        f"    let w = vec3f({weights}[{offset}u + k].xyz);",
        f"    let x = vec4f(a[base + k * {tile.quads}u + q]);",
        "    o[0] = fma(w, vec3f(x.x), o[0]);",
        "    o[1] = fma(w, vec3f(x.y), o[1]);",
        "    o[2] = fma(w, vec3f(x.z), o[2]);",
        "    o[3] = fma(w, vec3f(x.w), o[3]);",
        "  }",
        "  store_points(point, o);",
        "}",
    ]
