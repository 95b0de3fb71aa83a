"""Formulas as WGSL functions, for compute shaders.

WGSL asks for sines within 2^-11 on [-pi, pi] alone, so ours are the polynomials of the CPU kernels after a
reduction of their own: pi in three parts, whose multiples are exact without a fused product.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache, partial
from types import FunctionType
from typing import Any

from explorer.expressions import Value
from explorer.fields.kernels import fastmath, portable, simd
from explorer.shaders.emitter import OPERATORS, Dialect, formula_code, function_code

WGSL = Dialect(
    templates={
        **OPERATORS,
        "mod": "({0} - floor({0} / {1}) * {1})",
        "exp": "exp(min({0}, 88.0))",  # infinity is not defined
        "sigmoid": "sigmoid({0})",
        "tanh": "hyperbolic_tangent({0})",
        "hypot": "length(vec2f({0}, {1}))",
        "atan2": "atan2({0}, {1})",
        "where": "select({2}, {1}, {0})",
        "table": "look_up(u32({0}), u32({1}), {2})",  # first entry, number of entries, position
        "moment_table": "look_up_moment(u32({0}), u32({1}), {2})",
        "mantissa": "binary_mantissa({0})",
        "exponent": "binary_exponent({0})",
    },
    vectors={1: "f32", 2: "vec2f", 3: "vec3f", 4: "vec4f", 5: "array<f32, 5>"},
    array="{name}: array<f32, {size}>",
    argument="{name}: {type}",
    variable="let {name} = {value};",
    function="fn {name}({arguments}) -> {kind} {{\n{body}}}",
)

wgsl_of = partial(formula_code, WGSL)
wgsl_function = partial(function_code, WGSL)

PI_PARTS = (3.140625, 0.0009670257568359375)  # of 8 and 9 bits; a third one is the rest
SINES = """
fn reduced{suffix}(z: {kind}, n: {kind}) -> {kind} {{
  return ((z - n * {first}) - n * {second}) - n * {third};
}}
fn sine{suffix}(z: {kind}) -> {kind} {{
  let n = round(z * {inverse});
  let s = sin_polynomial{suffix}(reduced{suffix}(z, n));
  return select(s, -s, ({integers}(n) & {integers}(1)) != {integers}(0));
}}
fn cosine{suffix}(z: {kind}) -> {kind} {{
  let n = round(z * {inverse});
  let c = cos_polynomial{suffix}(reduced{suffix}(z, n));
  return select(c, -c, ({integers}(n) & {integers}(1)) != {integers}(0));
}}
fn hyperbolic_tangent{suffix}(z: {kind}) -> {kind} {{
  let e = exp(-2.0 * min(abs(z), {kind}(15.0)));
  return sign(z) * ((1.0 - e) / (1.0 + e));
}}
fn sigmoid{suffix}(z: {kind}) -> {kind} {{
  return 1.0 / (1.0 + exp(min(-z, {kind}(80.0))));
}}
"""

POWERS = """
fn binary_exponent(x: f32) -> f32 {{
  return f32((bitcast<i32>(x) - {bits}) >> 23u);
}}
fn binary_mantissa(x: f32) -> f32 {{
  return bitcast<f32>(bitcast<i32>(x) - ((bitcast<i32>(x) - {bits}) & {exponents}));
}}
{logarithm}
fn power(x: f32, exponent: f32) -> f32 {{
  return exp2(max(logarithm(x), {least} / exponent) * exponent);
}}
"""


@cache
def functions() -> str:
    """Sines, `hyperbolic_tangent` and `sigmoid` of numbers, and of four numbers with the ending `4`."""
    text = ""
    for kind, suffix, integers in (("f32", "", "i32"), ("vec4f", "4", "vec4i")):
        dialect = replace(WGSL, vectors={1: kind})
        for kernel in (fastmath.sin_polynomial, fastmath.cos_polynomial):
            text += formula_code(dialect, polynomial_formula(kernel, kernel.__name__ + suffix)) + "\n"
        text += SINES.format(
            kind=kind,
            suffix=suffix,
            integers=integers,
            inverse=1 / math.pi,
            first=PI_PARTS[0],
            second=PI_PARTS[1],
            third=math.pi - sum(PI_PARTS),
        )
    return text


@cache
def power_function() -> str:
    """`power(x, exponent)` for x > 0 through the logarithm of the CPU kernels: WGSL's is inexact near 1."""
    return POWERS.format(
        bits=simd.SQRT_HALF_BITS,
        exponents=-(1 << 23),
        logarithm=wgsl_of(polynomial_formula(fastmath.log2, "logarithm")),
        least=fastmath.MIN_EXPONENT,
    )


def polynomial_formula(kernel: Any, name: str) -> FunctionType:
    """A polynomial of the CPU kernels as a formula: + and * with `fma`, and the two parts of a number."""
    names = {"fma": portable.fma, "binary_mantissa": _mantissa, "binary_exponent": _exponent}
    return FunctionType(kernel.py_func.__code__, names, name)


def _mantissa(x: Any) -> Value:
    return Value("mantissa", x)


def _exponent(x: Any) -> Value:
    return Value("exponent", x)


class StoredTable:
    """Numbers for formulas, in a row of a buffer: `table` for constants, `moment_table` for the moment's."""

    def __init__(self, first: int, operation: str = "table") -> None:
        self._first, self._operation = first, operation

    def look_up(self, position: Any, start: int, length: int) -> Value:
        """The number at a position; see `portable.look_up`."""
        return Value(self._operation, Value.of(self._first + start), Value.of(length), Value.of(position))
