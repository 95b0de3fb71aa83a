"""Short polynomials for a vector of pixels: sin, cos, exp(-z^2), tanh, sigmoid and powers.

All are float32 in `SimdVector`, free of division and table look-ups, and the same bits in every lane.
Largest absolute errors, measured against float64:

    function    range             error
    sin, cos    |z| <= 1e6        1.5e-7  (5e-6 up to 1e7; meaningless above, as float32 itself is)
    gaussian    all               1.7e-7
    tanh        all               1.5e-7
    sigmoid     all               1.1e-7
    power       [0, 1]            8e-7  (to 1/2.4, times 1.055: the sRGB curve)

Coefficients are minimax fits (Lawson's iteratively reweighted least squares in float64).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from explorer.fields.kernels.simd import (
    binary_exponent,
    binary_mantissa,
    copysign,
    fma,
    inlined,
    ldexp,
    maximum,
    minimum,
    neg,
    neg_abs,
    neg_where_odd,
    where_less,
)

# adding this rounds |x| < 2^22 to the nearest integer, which stays in the last bits of the sum
ROUND_TO_INTEGER = 1.5 * 2.0**23

# pi in two parts: with fma, z - n PI_HIGH is exact for |n| < 2^22, and n PI_LOW is off by less than 1e-8.
PI_HIGH = float(np.float32(math.pi))
PI_LOW = math.pi - PI_HIGH
LOG2_E = 1 / math.log(2)
MAX_EXP_ARGUMENT = 87.0  # exp(-87) is still a normal float32
MIN_EXPONENT = -126.0  # 2^-126 is still a normal float32


@inlined
def sin_polynomial(r):
    """sin r on [-pi/2, pi/2]. (`explorer.shaders.wgsl` translates it, and the next one, for GPUs.)"""
    square = r * r
    p = fma(square, 2.59990003e-06, -1.98065457e-04)
    p = fma(square, p, 8.33301634e-03)
    p = fma(square, p, -1.66666571e-01)
    return fma(r * square, p, r)


@inlined
def cos_polynomial(r):
    """cos r on [-pi/2, pi/2]."""
    square = r * r
    p = fma(square, -2.60756379e-07, 2.47618068e-05)
    p = fma(square, p, -1.38884020e-03)
    p = fma(square, p, 4.16666406e-02)
    p = fma(square, p, -4.99999995e-01)
    return fma(square, p, 1.0)


@inlined
def sin(z):
    """sin z = (-1)^n sin(z - n pi): n by rounding, then r + r^3 P(r^2) on [-pi/2, pi/2]."""
    shifted = fma(z, 1 / math.pi, ROUND_TO_INTEGER)
    n = shifted - ROUND_TO_INTEGER
    return neg_where_odd(sin_polynomial(fma(n, -PI_LOW, fma(n, -PI_HIGH, z))), shifted)


@inlined
def cos(z):
    """cos z = (-1)^n cos(z - n pi): n by rounding, then 1 + r^2 P(r^2) on [-pi/2, pi/2]."""
    shifted = fma(z, 1 / math.pi, ROUND_TO_INTEGER)
    n = shifted - ROUND_TO_INTEGER
    return neg_where_odd(cos_polynomial(fma(n, -PI_LOW, fma(n, -PI_HIGH, z))), shifted)


@inlined
def exp2_scaled(x, scale):
    """2^(x scale) for x scale in [-126, 127]: an integer power in the exponent, a polynomial for the rest."""
    shifted = fma(x, scale, ROUND_TO_INTEGER)
    f = fma(x, scale, neg(shifted - ROUND_TO_INTEGER))
    p = fma(f, 0.00134073, 0.00967193)
    p = fma(f, p, 0.05550308)
    p = fma(f, p, 0.24022234)
    p = fma(f, p, 0.69314722)
    return ldexp(fma(f, p, 1.0), shifted)


@inlined
def exp_neg(z):
    """exp(-z) for z >= 0."""
    return exp2_scaled(minimum(z, MAX_EXP_ARGUMENT), -LOG2_E)


@inlined
def gaussian(z):
    """exp(-z^2)."""
    return exp_neg(z * z)


@inlined
def reciprocal(d):
    """1 / d for d in [1, 2]: a parabola within 1 %, and two Newton steps."""
    r = fma(d, fma(d, 0.3232319, -1.45454418), 2.12121124)
    r = fma(r, fma(neg(d), r, 1.0), r)
    return fma(r, fma(neg(d), r, 1.0), r)


@inlined
def sigmoid(z):
    """1 / (1 + e^-z), from e^-|z|."""
    e = exp2_scaled(maximum(neg_abs(z), -MAX_EXP_ARGUMENT), LOG2_E)
    r = reciprocal(e + 1.0)
    return where_less(z, 0.0, 1.0 - r, r)


@inlined
def tanh(z):
    """(1 - e) / (1 + e) with the sign of z, e = e^(-2 |z|)."""
    e = exp2_scaled(maximum(neg_abs(z), -MAX_EXP_ARGUMENT / 2), 2 * LOG2_E)
    return copysign((1.0 - e) * reciprocal(e + 1.0), z)


@inlined
def log2(x):
    """log2 x for x > 0 (finite, and low, for 0)."""
    f = binary_mantissa(x) - 1.0
    p = fma(f, -0.20659305, 0.32215715)
    p = fma(f, p, -0.36749034)
    p = fma(f, p, 0.47934781)
    p = fma(f, p, -0.72113183)
    p = fma(f, p, 1.44271348)
    return fma(f, p, binary_exponent(x))


@inlined
def power(x, exponent):
    """x^exponent for x > 0 and exponent > 0 (about 0 for 0, and for what is below the smallest number)."""
    return exp2_scaled(maximum(log2(x), MIN_EXPONENT / exponent), exponent)
