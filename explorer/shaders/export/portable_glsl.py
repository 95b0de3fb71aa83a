"""GLSL that every host compiles: no arrays of constants, no integers beyond loops, sines of our own.

It is at once GLSL ES 1.00 (ISF in a browser), GLSL ES 3.00 (Shadertoy) and desktop GLSL (TouchDesigner).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from explorer.expressions import Value
from explorer.fields.kernels import fastmath
from explorer.shaders.emitter import OPERATORS, formula_code, function_code, procedure_code
from explorer.shaders.glsl import GLSL
from explorer.shaders.wgsl import PI_PARTS, polynomial_formula

PORTABLE_GLSL = replace(
    GLSL,
    templates={
        **OPERATORS,
        "mod": "mod({0}, {1})",
        "exp": "exp(min({0}, 88.0))",  # infinity is not defined
        "tanh": "hyperbolic_tangent({0})",
        "hypot": "length(vec2({0}, {1}))",
        "atan2": "atan({0}, {1})",
        "where": "({0} ? {1} : {2})",
        "look_up": "look_up({0}, {1}, {2})",  # row of the state, number of entries, position
    },
)
glsl_of = partial(formula_code, PORTABLE_GLSL)
glsl_function = partial(function_code, PORTABLE_GLSL)
SINES = """
{kind} sine{suffix}({kind} z) {{
  {kind} n = floor(z * {inverse} + 0.5);
  return sin_polynomial{suffix}(((z - n * {first}) - n * {second}) - n * {third}) * (1.0 - 2.0 * mod(n, 2.0));
}}
{kind} cosine{suffix}({kind} z) {{
  {kind} n = floor(z * {inverse} + 0.5);
  return cos_polynomial{suffix}(((z - n * {first}) - n * {second}) - n * {third}) * (1.0 - 2.0 * mod(n, 2.0));
}}
{kind} hyperbolic_tangent{suffix}({kind} z) {{
  {kind} e = exp(-2.0 * min(abs(z), 15.0));
  return sign(z) * ((1.0 - e) / (1.0 + e));
}}
"""


@cache
def functions() -> str:
    """`sine`, `cosine` and `hyperbolic_tangent` of numbers, and of four numbers with the ending `_4`."""
    text = ""
    for kind, suffix in (("float", ""), ("vec4", "_4")):
        dialect = replace(PORTABLE_GLSL, vectors={1: kind})
        for kernel in (fastmath.sin_polynomial, fastmath.cos_polynomial):
            text += formula_code(dialect, polynomial_formula(kernel, kernel.__name__ + suffix))
        first, second = PI_PARTS
        third = math.pi - sum(PI_PARTS)
        text += SINES.format(
            kind=kind, suffix=suffix, inverse=1 / math.pi, first=first, second=second, third=third
        )
    return text


def glsl_procedure(
    name: str, targets: Iterable[str], results: Iterable[Any], inputs: Mapping[str, str] | None = None
) -> str:
    """See `procedure_code`."""
    return procedure_code(PORTABLE_GLSL, name, targets, results, inputs or {})


def number(value: float) -> str:
    """A number as GLSL writes it, in single precision."""
    text = f"{value:.9g}"
    return text if any(mark in text for mark in ".en") else f"{text}.0"


def vector(values: Iterable[float]) -> str:
    """Two to four numbers, or the sixteen of a matrix by columns."""
    numbers = [number(value) for value in values]
    return f"{'mat4' if len(numbers) == 16 else f'vec{len(numbers)}'}({', '.join(numbers)})"


def pack(values: list[Value]) -> tuple[list[str], list[Value]]:
    """Targets `p[0].x`, `p[0].y`, ... and what is assigned to them."""
    return [f"p[{n // 4}].{'xyzw'[n % 4]}" for n in range(len(values))], values
