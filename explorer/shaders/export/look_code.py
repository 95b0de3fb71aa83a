"""A look as portable GLSL: what it needs of a moment, and the color and height of a point."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.audio.features import TIMBRES
from explorer.expressions import inputs
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.julia import formulas as julia
from explorer.fields.julia.drawing import MIN_ACCENT
from explorer.fields.julia.parameters import ESCAPE_RADIUS, EXTENT, TRAP_STEPS
from explorer.fields.julia.timeline import CONTROL_NAMES
from explorer.fields.light.tone import accent_of
from explorer.fields.palette_table import color_table
from explorer.fields.patterns.selection import FAMILIES
from explorer.settings import Knob
from explorer.shaders.descriptions import field_shader
from explorer.shaders.export.network_code import network_code
from explorer.shaders.export.portable_glsl import glsl_of, glsl_procedure, pack
from explorer.shaders.field_shader import FieldShader
from explorer.shaders.formula_sets import JULIA_FORMULAS

KNOB_PREFIX, COLUMN_PREFIX = "knob_", "in_"
JULIA_KNOBS = ("start_angle", "distance", "zoom", "rotation", "hue", "saturation", "brightness")
NETWORK_KNOBS = ("audio_gain", "coord_scale", "gain")


@dataclass(frozen=True, eq=False)
class LookCode:
    """`code` has `void set_moment()`, which fills `p` and `accent` from columns and knobs, and

        vec4 surface_at(vec2 xy, float pixel)

    the color and the height of a point; y points down, and half the shorter side is 1. Columns are globals
    such as `in_bass`, features in [-1, 1]; knobs are numbers such as `knob_zoom`.
    """

    code: str
    groups: int  # of four numbers, in `p`
    columns: tuple[str, ...]
    knobs: Mapping[str, Knob]
    is_linear: bool  # colors are linear light, else sRGB
    palettes: Sequence[Float32[np.ndarray, "colors 3"]] = ()


def look_code(look: Any) -> LookCode:
    """The code of a field that `portable_field` returned."""
    if isinstance(look, CPPN):
        return _network(look)
    return _julia(look) if isinstance(look, Julia) else _formulas(look)


def identifier(name: str) -> str:
    """The name of a column as shaders write it."""
    return COLUMN_PREFIX + re.sub(r"\W", "_", name, flags=re.ASCII)


def knob_identifier(name: str) -> str:
    """The name of a setting as shaders write it; two underlines are reserved."""
    return re.sub("_+", "_", KNOB_PREFIX + name)


def level_text(name: str, column: str) -> str:
    """A feature from 0 at rest to 1, from its column; of a timbre as it is, from -1 to 1."""
    return column if name in TIMBRES else f"({column} * 0.5 + 0.5)"


@dataclass(frozen=True, eq=False)
class MovingShader:
    """The shader that pages draw, with its settings as knobs, and the texts of its inputs by name."""

    shader: FieldShader
    clocks: tuple[str, ...]
    features: tuple[str, ...]
    knobs: Mapping[str, Knob]

    @property
    def columns(self) -> tuple[str, ...]:
        """What it reads of a moment."""
        return *self.clocks, *self.features

    def texts(self, column: Callable[[str], str]) -> dict[str, str]:
        """The texts of inputs, from those of columns."""
        texts = {name: knob_identifier(name) for name in self.knobs}
        texts |= {name: column(name) for name in self.clocks}
        return texts | {name: level_text(name, column(name)) for name in self.features}


def moving_shader(look: Any) -> MovingShader:
    """Of graphs, patterns and sketches."""
    knobs = {name: look.knobs()[name] for name in look.movable if _is_number(look, name)}
    values = {name: float(getattr(look, name)) for name in knobs}
    shader = field_shader(look.replace(keyframes=((0.0, values),)) if values else look)
    return MovingShader(shader, _clocks(look), look.features, knobs)


def _formulas(look: Any) -> LookCode:
    moving = moving_shader(look)
    shader = moving.shader
    targets, numbers = pack(list(shader.numbers))
    moment = glsl_procedure(
        "set_moment", [*targets, *ACCENT], [*numbers, *shader.accent], moving.texts(identifier)
    )
    surface = "vec4 surface_at(vec2 xy, float pixel) { return field_at(xy.x, xy.y, pixel); }"
    return LookCode(
        code="\n".join((moment, re.sub(r"\btanh\(", "hyperbolic_tangent(", shader.code), surface, "")),
        groups=-(-len(numbers) // 4),
        columns=moving.columns,
        knobs=moving.knobs,
        is_linear=shader.is_linear,
        palettes=shader.palettes,
    )


ACCENT = ("accent.r", "accent.g", "accent.b")


def _is_number(look: Any, name: str) -> bool:
    return isinstance(getattr(look, name), int | float)


def _clocks(look: Any) -> tuple[str, ...]:
    if isinstance(look, GraphCPPN):
        return "time", "motion", "rotation"
    return ("time", "motion", *FAMILIES) if isinstance(look, Patterns) else ("time",)


def _network(look: CPPN) -> LookCode:
    from explorer.fields.cppn.drawing import output_statistics  # slow to load

    accent = accent_of(color_table(look.palette)).tolist() if look.light.on else [0.0] * 3
    names = [] if look.weights else [name for name in NETWORK_KNOBS if _is_number(look, name)]
    statistics = output_statistics(look) if look.light.on else None
    texts = {
        name: level_text(name, identifier(name)) if look.weights else identifier(name)
        for name in look.features
    }
    code, groups, palettes = network_code(look, statistics, texts, frozenset(names))
    moment = glsl_procedure("set_accent", ACCENT, accent)
    return LookCode(
        code=f"{code}{moment}void set_moment() {{ set_bias(); set_accent(); }}\n",
        groups=groups,
        columns=("time", *look.features),
        knobs={name: look.knobs()[name] for name in names},
        is_linear=statistics is not None,
        palettes=palettes,
    )


def julia_numbers() -> tuple[list[Any], list[Any]]:
    """The numbers of a moment (c, the turned scale, the scale, the tint), and the tint alone."""
    angle: Any  # expressions that take part in numpy's functions
    rotation: Any
    angle, rotation, distance, zoom, *tint = inputs(*CONTROL_NAMES)
    one, two = (distance * 0.5, distance * -0.25)
    scale = EXTENT / zoom
    numbers = [
        *(np.cos(angle) * one + np.cos(angle * 2) * two, np.sin(angle) * one + np.sin(angle * 2) * two),
        *(scale * np.cos(rotation), scale * np.sin(rotation), scale, *tint),
    ]
    return numbers, tint


def _julia(look: Julia) -> LookCode:
    numbers, tint = julia_numbers()
    glow = julia.glow_light(*tint)
    brightest: Any = np.maximum(np.maximum(np.maximum(glow[0], glow[1]), glow[2]), MIN_ACCENT)
    targets, values = pack(numbers)
    moment = glsl_procedure(
        "set_moment",
        [*targets, *ACCENT],
        [*values, *(channel / brightest for channel in glow)],
        {name: identifier(name) for name in CONTROL_NAMES},
    )
    code = JULIA.format(
        limit=float(ESCAPE_RADIUS**2),
        iterations=look.iterations,
        trap_steps=TRAP_STEPS,
        samples=1 if look.light.on else look.samples,
    )
    formulas = "\n".join(map(glsl_of, JULIA_FORMULAS))
    names = (*JULIA_KNOBS, "audio_gain", "speed")
    return LookCode(
        code="\n".join((moment, formulas, code)),
        groups=2,
        columns=CONTROL_NAMES,
        knobs={name: look.knobs()[name] for name in names},
        is_linear=False,
    )


JULIA = """
vec4 julia_point(vec2 z, float pixel) {{
  vec2 c = p[0].xy;
  float squared = dot(z, z), slope = 1.0, trap = 1e9;
  float nu = {iterations}.0, exterior = 0.0, height = 0.0;
  bool is_inside = true;
  for (int n = 1; n <= {iterations}; n++) {{
    slope = min(slope * (squared * 4.0), 1e30);
    z = vec2(z.x * z.x - z.y * z.y, (z.x + z.x) * z.y) + c;
    squared = dot(z, z);
    if (squared > {limit}) {{
      nu = escape_time(float(n), squared);
      exterior = exterior_weight(squared, slope, pixel);
      height = outer_height(log_distance(squared, slope));
      is_inside = false;
      break;
    }}
    if (n <= {trap_steps}) trap = min(trap, squared);
  }}
  if (is_inside) height = inner_height(trap);
  return vec4(color(nu, tone_of(nu), exterior, trap, p[1].y, p[1].z, p[1].w), height);
}}
vec4 surface_at(vec2 xy, float pixel) {{
  vec2 z = vec2(xy.x * p[0].z - xy.y * p[0].w, xy.x * p[0].w + xy.y * p[0].z);
  float side = pixel * p[1].x;
  vec4 total = vec4(0.0);
  for (int j = 0; j < {samples}; j++) {{
    for (int k = 0; k < {samples}; k++) {{
      vec2 offset = (vec2(float(k), float(j)) + 0.5) / {samples}.0 - 0.5;
      total += julia_point(z + offset * side, side / {samples}.0);
    }}
  }}
  return total / ({samples}.0 * {samples}.0);
}}
"""
