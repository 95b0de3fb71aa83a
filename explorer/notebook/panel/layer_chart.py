"""The layers of a network as a small drawing: the signal in each, measured and by theory.

Drawn as SVG, which takes no time, stays sharp, and takes its ink from the theme, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.diagnostics import LayerSignal

WIDTH, HEIGHT = 300, 104  # of one chart, in the units of its drawing
LEFT, TOP, BOTTOM = 34, 20, 18
THEORY = "theory of infinitely wide layers"
KEY = f'<div class="explorer-key"><b>&#9679;</b> measured &nbsp; <i>&mdash;</i> {THEORY}</div>'
FLOOR = 1e-9  # nothing below is drawn: the signal is gone


def layer_chart(layers: Sequence[LayerSignal]) -> str:
    """Both charts side by side: the signal that reaches each layer, and how small differences grow."""
    if not layers:
        return ""
    names = [f"{layer.number} {layer.activation}" for layer in layers[:-1]] + ["output"]
    hidden = layers[:-1]
    signal = _chart(
        "signal in each layer",
        [layer.signal for layer in layers],
        [layer.predicted.signal if layer.predicted else None for layer in layers],
        names,
    )
    growth = _chart(
        "growth of differences, below 1 they die",
        [layer.growth or 0.0 for layer in hidden],
        [layer.predicted.growth if layer.predicted else None for layer in hidden],
        names[:-1],
        bars=True,
    )
    return f'<div class="explorer-charts">{signal}{growth}</div>{KEY}'


class _Axis:
    """A logarithmic axis upwards that shows all values, and 0.1 to 10 at least."""

    def __init__(self, values: Sequence[float]) -> None:
        shown = [max(value, FLOOR) for value in values]
        self.low = math.floor(math.log10(min(0.1, *shown)))
        self.high = math.ceil(math.log10(max(10.0, *shown)))

    def place(self, value: float) -> float:
        share = (math.log10(max(value, FLOOR)) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - min(max(share, 0.0), 1.0) * (HEIGHT - BOTTOM - TOP)

    @property
    def lines(self) -> list[int]:
        """Powers of ten that get a line: five at most."""
        every = -(-(self.high - self.low) // 5)
        return [power for power in range(self.low, self.high + 1) if power % every == 0]


def _chart(
    title: str,
    measured: Sequence[float],
    theory: Sequence[float | None],
    names: Sequence[str],
    bars: bool = False,
) -> str:
    """One chart: dots joined by a line, or bars from 1; theory as a stroke across."""
    axis = _Axis([*measured, *(value for value in theory if value is not None)])
    step = (WIDTH - LEFT) / len(measured)
    centres = [LEFT + step * (n + 0.5) for n in range(len(measured))]
    parts = [_grid(axis), f'<text x="0" y="10" class="title">{title}</text>']
    draw = _bars if bars else _dots
    parts += draw(axis, centres, measured, min(step * 0.5, 26))
    for x, value in zip(centres, theory, strict=True):
        if value is not None:
            y, half = axis.place(value), min(step * 0.38, 13)
            parts.append(f'<path class="theory" d="M{x - half:.1f} {y:.1f}h{2 * half:.1f}"/>')
    wide = step > 38
    for x, name in zip(centres, names, strict=True):
        label = name if wide else name.split()[0][:3]
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 4}" class="name">{label}</text>')
    told = ", ".join(f"{name}: {value:.2g}" for name, value in zip(names, measured, strict=True))
    return (
        f'<svg class="explorer-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}: {told}">'
        f"<title>{title}: {told}</title>{''.join(parts)}</svg>"
    )


def _grid(axis: _Axis) -> str:
    lines = []
    for power in axis.lines:
        y, kind = axis.place(10.0**power), "one" if power == 0 else "line"
        lines.append(f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH}"/>')
        lines.append(f'<text x="{LEFT - 5}" y="{y + 3:.1f}" class="tick">{10.0**power:g}</text>')
    return "".join(lines)


def _dots(axis: _Axis, centres: Sequence[float], values: Sequence[float], width: float) -> list[str]:
    places = [(x, axis.place(value)) for x, value in zip(centres, values, strict=True)]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = [f'<circle class="measured" cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>' for x, y in places]
    return [f'<path class="between" d="M{line}"/>', *dots]


def _bars(axis: _Axis, centres: Sequence[float], values: Sequence[float], width: float) -> list[str]:
    """Bars from 1: those that point down are where the signal dies."""
    found, one = [], axis.place(1.0)
    for x, value in zip(centres, values, strict=True):
        y, kind = axis.place(value), "dying" if value < 1 else "measured"
        top, height = min(y, one), max(abs(y - one), 0.8)
        found.append(
            f'<rect class="{kind}" x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" rx="1.5"/>'
        )
    return found
