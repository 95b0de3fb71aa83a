"""OKLab to sRGB, written once for tensors and kernels (Bjorn Ottosson, 2020)."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.portable import formula, greatest, least, srgb
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS


@formula
def oklab_to_srgb(lightness, a, b):
    """Red, green and blue in [0, 1]; what lies outside is cut off."""
    long, medium, short = (
        _cube(_row(lightness, a, b, 0)),
        _cube(_row(lightness, a, b, 1)),
        _cube(_row(lightness, a, b, 2)),
    )
    return _curve(long, medium, short, 0), _curve(long, medium, short, 1), _curve(long, medium, short, 2)


@formula
def _row(lightness, a, b, k):
    return lightness * OKLAB_TO_LMS[k][0] + a * OKLAB_TO_LMS[k][1] + b * OKLAB_TO_LMS[k][2]


@formula
def _cube(x):
    return x * x * x


@formula
def _curve(long, medium, short, k):
    linear = long * LMS_TO_LINEAR[k][0] + medium * LMS_TO_LINEAR[k][1] + short * LMS_TO_LINEAR[k][2]
    return srgb(least(greatest(linear, 0.0), 1.0))
