"""The CPU kernels of glow: blurred and stretched planes; every number goes through the same sums in order."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from explorer.fields.kernels.simd import compiled, source_stamp


def _blur(STAMP: str) -> Any:
    def blur(planes, weights):
        """Planes (3, rows, columns) convolved with symmetric weights along both axes; edges are held."""
        STAMP  # noqa: B018
        count, rows, columns = planes.shape
        reach = weights.size // 2
        row = np.empty(columns + 2 * reach, np.float32)
        across = np.zeros_like(planes)
        out = np.zeros_like(planes)
        for plane in range(count):
            for y in range(rows):
                source, target = planes[plane, y], across[plane, y]
                for x in range(row.size):  # as a slice: numba takes 2 s more, for its message about lengths
                    row[x] = source[min(max(x - reach, 0), columns - 1)]
                for tap in range(weights.size):
                    weight = weights[tap]
                    for x in range(columns):
                        target[x] += weight * row[x + tap]
            for y in range(rows):
                target = out[plane, y]
                for tap in range(weights.size):
                    weight = weights[tap]
                    source = across[plane, min(max(y + tap - reach, 0), rows - 1)]
                    for x in range(columns):
                        target[x] += weight * source[x]
        return out

    return compiled(blur)


def _stretch(STAMP: str) -> Any:
    def stretch(planes, before, share):
        """Planes (3, rows, more): column x is `share[x]` of the way from column `before[x]` to the next."""
        STAMP  # noqa: B018
        count, rows, columns = planes.shape
        out = np.empty((count, rows, before.size), np.float32)
        for plane in range(count):
            for y in range(rows):
                source, target = planes[plane, y], out[plane, y]
                for x in range(before.size):
                    first = source[before[x]]
                    target[x] = first + (source[min(before[x] + 1, columns - 1)] - first) * share[x]
        return out

    return compiled(stretch)


def _add_stretched(STAMP: str) -> Any:
    def add_stretched(total, weight, planes, before, share):
        """Adds `weight` x planes; row y is `share[y]` of the way from row `before[y]` to the next."""
        STAMP  # noqa: B018
        count, rows, columns = total.shape
        last = planes.shape[1] - 1
        for plane in range(count):
            for y in range(rows):
                upper, lower = planes[plane, before[y]], planes[plane, min(before[y] + 1, last)]
                target, part = total[plane, y], share[y]
                for x in range(columns):
                    target[x] += weight * (upper[x] + (lower[x] - upper[x]) * part)

    return compiled(add_stretched)


_STAMP = source_stamp(Path(__file__).parent)
blur, stretch, add_stretched = _blur(_STAMP), _stretch(_STAMP), _add_stretched(_STAMP)
