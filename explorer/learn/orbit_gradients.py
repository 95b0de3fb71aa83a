"""Compiled orbits of the differentiable Julia image: z <- z^2 + c, together with dz/dc and dz/dz_0.

    d nu / dc = -conj( (dz/dc) / z ) / (ln 2 ln|z|)        as a vector of real and imaginary part

The orbit is holomorphic in c and in z_0, so this gradient is exact. Near the set it grows without
bounds and says nothing about a pixel: exact gradients of many iterations are chaotic and useless. Hence few
iterations, and no gradient of a pixel is longer than `MAX_GRADIENT`.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.julia.parameters import ESCAPE_RADIUS, TRAP_STEPS
from explorer.fields.kernels.fastmath import log2
from explorer.fields.kernels.memory import load, splat, store
from explorer.fields.kernels.simd import (
    LANES,
    abs,
    broadcast,
    compiled,
    fma,
    inlined,
    maximum,
    minimum,
    neg,
    source_stamp,
    sqrt,
    where_less,
)

ITERATIONS = TRAP_STEPS
MAX_GRADIENT = 100.0  # of |d nu / dc| and |d nu / dz_0| in one pixel
LIMIT = ESCAPE_RADIUS**2
LN2_SQUARED = 0.4804530139182014


@inlined
def _until_escape(squared, old, new):
    """`new` until a point has escaped, then `old`."""
    return where_less(LIMIT, squared, old, new)


@inlined
def _derivative_step(zr, zi, dr, di):
    """2 z d, the chain rule of z^2."""
    return 2.0 * fma(zr, dr, neg(zi * di)), 2.0 * fma(zr, di, zi * dr)


@inlined
def _store_gradient(zr, zi, dr, di, slope, real, imag, at):
    """slope conj(conj(z) d), clipped, to two arrays; the larger part first, so that no square overflows."""
    r, i = slope * fma(zr, dr, zi * di), slope * fma(zi, dr, neg(zr * di))
    scale = MAX_GRADIENT / maximum(maximum(abs(r), abs(i)), MAX_GRADIENT)
    r, i = r * scale, i * scale
    factor = MAX_GRADIENT / maximum(sqrt(fma(r, r, i * i)), MAX_GRADIENT)
    store(real, at, r * factor)
    store(imag, at, i * factor)


def _kernel(STAMP: str) -> Any:
    """Compiles `escape`; STAMP names its sources in the key of numba's cache."""

    def escape(x, y, c, steps, squares, slopes, traps, by_c_real, by_c_imag, by_x, by_y):
        """Runs the orbits of every moment's points, x and y (moments, points), under c (moments, 2).

        Fills, per point, the number of steps, the final |z|^2 and |dz/dz_0|^2, the minimum of |z|^2, and the
        gradients of nu. All arrays are flat; a moment's points are whole vectors.
        """
        STAMP  # noqa: B018
        moments = c.size // 2
        points = x.size // moments
        for moment in range(moments):
            cr, ci = splat(c, 2 * moment), splat(c, 2 * moment + 1)
            for i in range(moment * points, (moment + 1) * points, LANES):
                zr, zi = load(x, i), load(y, i)
                one, zero = broadcast(1.0), broadcast(0.0)
                pr, pi, qr, qi = zero, zero, one, zero  # dz/dc, dz/dz_0
                count, trap = zero, broadcast(LIMIT)
                squared = fma(zr, zr, zi * zi)
                for _ in range(ITERATIONS):
                    gr, gi = _derivative_step(zr, zi, pr, pi)
                    hr, hi = _derivative_step(zr, zi, qr, qi)
                    pr, pi = _until_escape(squared, pr, gr + 1.0), _until_escape(squared, pi, gi)
                    qr, qi = _until_escape(squared, qr, hr), _until_escape(squared, qi, hi)
                    nr, ni = fma(zr, zr, fma(neg(zi), zi, cr)), fma(2.0 * zr, zi, ci)
                    zr, zi = _until_escape(squared, zr, nr), _until_escape(squared, zi, ni)
                    count = _until_escape(squared, count, count + 1.0)
                    squared = fma(zr, zr, zi * zi)
                    trap = minimum(squared, trap)
                # d nu = -d ln|z| / (ln 2 ln|z|) and ln|z| = ln 2 log2(|z|^2) / 2
                slope = -2.0 / (LN2_SQUARED * log2(maximum(squared, LIMIT)) * squared)
                slope = where_less(LIMIT, squared, slope, 0.0)
                _store_gradient(zr, zi, pr, pi, slope, by_c_real, by_c_imag, i)
                _store_gradient(zr, zi, qr, qi, slope, by_x, by_y, i)
                store(steps, i, count)
                store(squares, i, squared)
                store(slopes, i, fma(qr, qr, qi * qi))
                store(traps, i, trap)

    return compiled(escape)


escape = _kernel(source_stamp(Path(__file__).parent))
