"""Patterns as shaders: a function for each family that may be seen, mixed by the shares of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.expressions import Value, inputs
from explorer.fields.kernels.color import TABLE
from explorer.fields.light.tone import accent_of
from explorer.fields.palette_table import color_table
from explorer.fields.patterns.audio_levels import HUE_SHIFT, AudioLevels
from explorer.fields.patterns.colors import height_of, palette_color, pattern_palette_numbers
from explorer.fields.patterns.families import FAMILY_FORMULAS
from explorer.fields.patterns.selection import FAMILIES
from explorer.fields.patterns.settings import PatternSettings
from explorer.shaders.field_shader import (
    HISTORY_ROW,
    FieldShader,
    TextureRow,
    Uniform,
    level,
    moving_settings,
)
from explorer.shaders.glsl import glsl_function, glsl_of

ARGUMENTS = ("x", "y", "radius", "angle", "pixel")


def patterns_shader(field: PatternSettings) -> FieldShader:
    """The shader of patterns; inputs of its programs named like families are their shares."""
    families, settings = visible_families(field), moving_settings(field)
    shares = dict(zip(families, inputs(*(FAMILIES[n] for n in families)), strict=True))
    levels, rows, palettes = _levels(settings), list(shares.values()), []
    functions, calls = [], []
    for place, n in enumerate(families):
        numbers = FAMILY_FORMULAS[n].numbers(settings, levels)
        kind, palette = pattern_palette_numbers(_palette_name(settings, n))
        coefficients: Any = palette.tolist()
        if kind == TABLE:
            palettes.append(palette.reshape(3, -1).T)
            coefficients = TextureRow(HISTORY_ROW + len(palettes))
        functions.append(_family_function(settings, n, Uniform(len(rows)), kind, coefficients))
        share = Uniform()[place].arguments[0]
        arguments = ", ".join(ARGUMENTS)
        calls.append(f"  if ({share} > 0.0) total += {share} * family_{n}({arguments});\n")
        rows += numbers
    code = "\n".join((*functions, glsl_of(height_of), MIXTURE.format(calls="".join(calls))))
    accents = [(share, accent_of(color_table(_palette_name(settings, n)))) for n, share in shares.items()]
    accent = [sum((share * color[k] for share, color in accents), Value.of(0)) for k in range(3)]
    return FieldShader(code, rows, accent, palettes, is_linear=False)


MIXTURE = """vec4 field_at(float x, float y, float pixel) {{
  float radius = length(vec2(x, y)), angle = atan(x, y);
  vec4 total = vec4(0.0);
{calls}  return vec4(total.rgb, height_of(total.a));
}}"""


def visible_families(settings: PatternSettings) -> list[int]:
    """Which families the settings may show."""
    if settings.weights is not None:
        return [n for n, weight in enumerate(settings.weights) if weight > 0]
    if settings.timeline is None and settings.family in FAMILIES:
        return [FAMILIES.index(settings.family)]
    return list(range(len(FAMILIES)))


def _family_function(
    settings: PatternSettings, n: int, p: Uniform, kind: int, palette: Sequence[float] | TextureRow
) -> str:
    """Color and light of a family, for a point."""
    values = family_values(n, getattr(settings, FAMILY_FORMULAS[n].count), p, kind, palette)
    return glsl_function(f"family_{n}", [f"float {name}" for name in ARGUMENTS], values)


def family_values(n: int, count: int, p: Any, kind: int, palette: Any) -> list[Value]:
    """Red, green, blue and light of a family, of the inputs `ARGUMENTS`."""
    x, y, radius, angle, pixel = inputs(*ARGUMENTS)
    position, light = FAMILY_FORMULAS[n].shade(x, y, radius, angle, p, count, pixel)
    return [*palette_color(position, light, kind, palette), light]


def _levels(settings: PatternSettings) -> AudioLevels:
    """See `AudioLevels.from_controls`; timbres are inputs in [-1, 1]."""
    gain, features = settings.audio_gain, settings.features
    time, motion = inputs("time", "motion")
    bass, mid, treble, onset = (gain * level(features, name) for name in ("bass", "mid", "treble", "onset"))
    rough, bright = (gain * level(features, name) for name in ("flatness", "centroid"))
    return AudioLevels(time + motion, bass, mid, treble, onset, rough, HUE_SHIFT * bright)


def _palette_name(settings: PatternSettings, n: int) -> str:
    return FAMILY_FORMULAS[n].palette if settings.palette == "family" else settings.palette
