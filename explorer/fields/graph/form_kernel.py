"""The CPU kernel of forms: from the outputs of networks at a strip of pixels to planes or bytes."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.graph import form_formulas, formulas
from explorer.fields.kernels.memory import load, store, store_rgb
from explorer.fields.kernels.simd import LANES, broadcast, compiled, fma, inlined, source_stamp


@inlined
def store_bytes(out, pixel, red, green, blue, noise):
    """Rounds sRGB to bytes with a dither."""
    store_rgb(out, pixel, fma(red, 255.0, noise), fma(green, 255.0, noise), fma(blue, 255.0, noise))


def _plain_kernel(STAMP: str) -> Any:
    """Compiles `draw_plain`; STAMP names its sources in the key of numba's cache."""

    def draw(pixel_inputs, outputs, points, table, contrast, planes, plane, out):
        """outputs: flat rows height and hue of `points`; the rest as in `kernel.draw`."""
        STAMP  # noqa: B018
        row = (pixel_inputs.size - points) // 2
        for i in range(0, points, LANES):
            red, green, blue = formulas.palette_color(load(outputs, points + i), contrast, table)
            if out.shape[0]:
                store_bytes(out, i, red, green, blue, load(pixel_inputs, 2 * row + i))
            else:
                store(planes, i, load(outputs, i))
                store(planes, plane + i, red)
                store(planes, 2 * plane + i, green)
                store(planes, 3 * plane + i, blue)
                store(planes, 4 * plane + i, broadcast(0.0))

    return compiled(draw)


def _figure_kernel(STAMP: str) -> Any:
    """Compiles `draw_figure`; STAMP names its sources in the key of numba's cache."""

    def draw(pixel_inputs, outputs, points, table, ground_table, g, planes, plane, out):
        """outputs: flat rows height, hue, mask, and height and hue of the ground."""
        STAMP  # noqa: B018
        row = (pixel_inputs.size - points) // 2
        for i in range(0, points, LANES):
            height, red, green, blue, emission = form_formulas.figure(
                load(pixel_inputs, i), load(pixel_inputs, row + i), load(outputs, i),
                load(outputs, points + i), load(outputs, 2 * points + i), load(outputs, 3 * points + i),
                load(outputs, 4 * points + i), table, ground_table, g,
            )  # fmt: skip
            if out.shape[0]:
                red = form_formulas.flat(red, emission, g[9])
                green = form_formulas.flat(green, emission, g[10])
                blue = form_formulas.flat(blue, emission, g[11])
                store_bytes(out, i, red, green, blue, load(pixel_inputs, 2 * row + i))
            else:
                store(planes, i, height)
                store(planes, plane + i, red)
                store(planes, 2 * plane + i, green)
                store(planes, 3 * plane + i, blue)
                store(planes, 4 * plane + i, emission)

    return compiled(draw)


_STAMP = source_stamp(Path(__file__).parent)
draw_plain, draw_figure = _plain_kernel(_STAMP), _figure_kernel(_STAMP)
