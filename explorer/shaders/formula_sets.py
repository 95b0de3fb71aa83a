"""Which formulas the shaders of light, Julia sets and palettes are made of."""

from __future__ import annotations

from typing import Any

from explorer.fields.julia import formulas as julia
from explorer.fields.kernels import color_formulas as colors
from explorer.fields.light import finish, shading, tone
from explorer.fields.light import formulas as light

COLOR_FORMULAS: tuple[Any, ...] = (colors.cosine_color, colors.oklab_color)
JULIA_FORMULAS: tuple[Any, ...] = (
    *(julia.escape_time, julia.tone_of, julia.exterior_weight, julia.color),
    *(julia.log_distance, julia.outer_height, julia.inner_height),
)
LIGHT_FORMULAS: tuple[Any, ...] = (
    *(tone.tone, light.finite_height, light.ring_height, light.ring_light, light.ring_distance),
    *(light.fall_off, light.normal, light.lit, light.film_color, light.line_weight, light.lined_channel),
    *(light.exposed, light.filmic, light.darkened, light.encoded),
)
LIGHT_SIZES = {"n": len(shading.NUMBERS), "f": len(finish.NUMBERS)}  # of the arrays that they take
