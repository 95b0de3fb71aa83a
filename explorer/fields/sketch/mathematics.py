"""Numbers: every function is defined everywhere, so x / 0 and sqrt(-1) are 0. Angles grow clockwise."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math
from typing import Any

from explorer.expressions import Value
from explorer.fields.sketch.library import library_function, operation

SMALLEST = 1e-30  # a number nearer to 0 is divided by as 0 is
MAX_EXPONENT = 69.0  # of e: about the largest constant
# atan x = x P(x^2) on [0, 1], off by less than 2e-6
ARCTANGENT = (0.99997726, -0.33262347, 0.19354346, -0.11643287, 0.05265332, -0.01172120)

pi, tau, e = math.pi, math.tau, math.e


@library_function
def sin(x):
    """The sine of an angle."""
    return operation("sin", x)


@library_function
def cos(x):
    """The cosine of an angle."""
    return operation("cos", x)


@library_function
def tan(x):
    """The tangent of an angle."""
    return sin(x) * inverse(cos(x))


@library_function
def exp(x):
    """e to the power of x, for x up to 69."""
    return operation("exp", min(max(x, -MAX_EXPONENT), MAX_EXPONENT))


@library_function
def log(x):
    """The natural logarithm; of what is not above 0 that of a tiny number."""
    return operation("log2", max(x, SMALLEST)) * math.log(2)


@library_function
def sqrt(x):
    """The square root; 0 below 0."""
    return operation("sqrt", max(x, 0.0))


@library_function
def pow(x, exponent):
    """x to a power; of what is not above 0 that of a tiny number, but for whole exponents up to 16."""
    constant = Value.of(exponent).constant
    if constant is not None and constant == int(constant) and -16 <= constant <= 16:
        return _whole_power(x, int(constant))
    return sqrt(x) if constant == 0.5 else exp(log(x) * exponent)


def _whole_power(x, exponent):
    if exponent < 0:
        return inverse(_whole_power(x, -exponent))
    result: Any = 1.0
    while exponent:
        if exponent % 2:
            result = x * result
        x, exponent = x * x, exponent // 2
    return result


@library_function
def abs(x):
    """|x|."""
    return operation("abs", x)


@library_function
def min(a, b, *more):
    """The smallest."""
    smaller = operation("min", a, b)
    return min(smaller, *more) if more else smaller


@library_function
def max(a, b, *more):
    """The largest."""
    larger = operation("max", a, b)
    return max(larger, *more) if more else larger


@library_function
def floor(x):
    """The whole number below."""
    return operation("floor", x)


@library_function
def round(x):
    """The nearest whole number; of two as near the upper one."""
    return floor(x + 0.5)


@library_function
def fract(x):
    """What is above the whole number below: from 0 to 1."""
    return x - floor(x)


@library_function
def mod(x, period):
    """The remainder, with the sign of the period."""
    return x - period * floor(divide(x, period))


@library_function
def sign(x):
    """-1, 0 or 1."""
    return where(operation("less", x, 0.0), -1.0, where(operation("less", 0.0, x), 1.0, 0.0))


@library_function
def clamp(x, low=0.0, high=1.0):
    """x, but not below low and not above high."""
    return min(max(x, low), high)


@library_function
def mix(a, b, share):
    """a where the share is 0, b where it is 1, linear between; of numbers or of tuples."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(mix(one, other, share) for one, other in zip(a, b, strict=True))
    return a + (b - a) * share


@library_function
def step(edge, x):
    """0 below the edge, else 1."""
    return where(operation("less", x, edge), 0.0, 1.0)


@library_function
def smoothstep(low, high, x):
    """0 below low, 1 above high, and a smooth curve between: 3 s^2 - 2 s^3."""
    share = clamp(divide(x - low, high - low))
    return share * share * (3.0 - share * 2.0)


@library_function
def where(condition, yes, no):
    """`yes` where the comparison holds, else `no`; of numbers or of tuples."""
    if isinstance(yes, tuple) and isinstance(no, tuple):
        return tuple(where(condition, one, other) for one, other in zip(yes, no, strict=True))
    if not isinstance(condition, Value):  # it is known already
        return yes if condition else no
    constant = condition.constant
    if constant is not None:
        return yes if constant else no
    return operation("where", condition, yes, no)


@library_function
def length(x, y, z=0.0):
    """The distance from the center."""
    return sqrt(x * x + y * y + z * z)


@library_function
def angle(x, y):
    """The direction of a point from the center, from -pi to pi: 0 is right, pi / 2 is below."""
    wide, high = abs(x), abs(y)
    ratio = divide(min(wide, high), max(wide, high))
    square = ratio * ratio
    curve: Any = 0.0
    for coefficient in reversed(ARCTANGENT):
        curve = curve * square + coefficient
    eighth = curve * ratio
    quarter = where(operation("less", wide, high), math.pi / 2 - eighth, eighth)
    half = where(operation("less", x, 0.0), math.pi - quarter, quarter)
    return where(operation("less", y, 0.0), 0.0 - half, half)


@library_function
def rotate(x, y, turn):
    """The point, turned clockwise around the center."""
    across, along = cos(turn), sin(turn)
    return x * across - y * along, x * along + y * across


def inverse(x: Any) -> Any:
    """1 / x; 0 of what is nearly 0."""
    constant = Value.of(x).constant
    if constant is not None:
        return 0.0 if -SMALLEST < constant < SMALLEST else 1.0 / constant
    return where(operation("less", abs(x), SMALLEST), 0.0, operation("div", 1.0, x))


def divide(a: Any, b: Any) -> Any:
    """a / b; 0 where b is nearly 0."""
    return a * inverse(b)
