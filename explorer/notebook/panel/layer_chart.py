"""A chart of the layers of a network: the signal in each, measured and by theory.

Drawn as SVG, which takes no time, stays sharp, and takes its colors from the theme, light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.diagnostics import LayerSignal

WIDTH, HEIGHT = 300, 104  # of one chart, in the units of its drawing
LEFT, TOP, BOTTOM = 34, 20, 18  # margins
THEORY = "theory of infinitely wide layers"
LEGEND = f'<div class="explorer-key"><b>&#9679;</b> measured &nbsp; <i>&mdash;</i> {THEORY}</div>'
MIN_SIGNAL = 1e-9  # smaller values are drawn as this: the signal is gone


def layer_chart(layers: Sequence[LayerSignal]) -> str:
    """Two charts side by side: the signal that reaches each layer, and how small differences grow."""
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
    return f'<div class="explorer-charts">{signal}{growth}</div>{LEGEND}'


class _LogAxis:
    """A logarithmic axis upwards that shows all values, and 0.1 to 10 at least."""

    def __init__(self, values: Sequence[float]) -> None:
        values = [max(value, MIN_SIGNAL) for value in values]
        self.low = math.floor(math.log10(min(0.1, *values)))
        self.high = math.ceil(math.log10(max(10.0, *values)))

    def y(self, value: float) -> float:
        """Where a value is drawn."""
        share = (math.log10(max(value, MIN_SIGNAL)) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - min(max(share, 0.0), 1.0) * (HEIGHT - BOTTOM - TOP)

    @property
    def tick_powers(self) -> list[int]:
        """Powers of ten that get a line: five at most."""
        stride = -(-(self.high - self.low) // 5)
        return [power for power in range(self.low, self.high + 1) if power % stride == 0]


def _chart(
    title: str,
    measured: Sequence[float],
    theory: Sequence[float | None],
    names: Sequence[str],
    bars: bool = False,
) -> str:
    """One chart: dots joined by a line, or bars from 1; theory as a short horizontal line."""
    axis = _LogAxis([*measured, *(value for value in theory if value is not None)])
    step = (WIDTH - LEFT) / len(measured)
    centers = [LEFT + step * (n + 0.5) for n in range(len(measured))]
    parts = [_tick_lines(axis), f'<text x="0" y="10" class="title">{title}</text>']
    draw = _bars if bars else _dots
    parts += draw(axis, centers, measured, min(step * 0.5, 26))
    for x, value in zip(centers, theory, strict=True):
        if value is not None:
            y, half = axis.y(value), min(step * 0.38, 13)
            parts.append(f'<path class="theory" d="M{x - half:.1f} {y:.1f}h{2 * half:.1f}"/>')
    wide = step > 38
    for x, name in zip(centers, names, strict=True):
        label = name if wide else name.split()[0][:3]
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 4}" class="name">{label}</text>')
    numbers = ", ".join(f"{name}: {value:.2g}" for name, value in zip(names, measured, strict=True))
    text = f"{title}: {numbers}"
    return (
        f'<svg class="explorer-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{text}">'
        f"<title>{text}</title>{''.join(parts)}</svg>"
    )


def _tick_lines(axis: _LogAxis) -> str:
    lines = []
    for power in axis.tick_powers:
        y, kind = axis.y(10.0**power), "one" if power == 0 else "line"
        lines.append(f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH}"/>')
        lines.append(f'<text x="{LEFT - 5}" y="{y + 3:.1f}" class="tick">{10.0**power:g}</text>')
    return "".join(lines)


def _dots(axis: _LogAxis, centers: Sequence[float], values: Sequence[float], width: float) -> list[str]:
    points = [(x, axis.y(value)) for x, value in zip(centers, values, strict=True)]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots = [f'<circle class="measured" cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>' for x, y in points]
    return [f'<path class="between" d="M{line}"/>', *dots]


def _bars(axis: _LogAxis, centers: Sequence[float], values: Sequence[float], width: float) -> list[str]:
    """Bars from 1: those that point down are where the signal dies."""
    bars, one = [], axis.y(1.0)
    for x, value in zip(centers, values, strict=True):
        y, kind = axis.y(value), "dying" if value < 1 else "measured"
        top, height = min(y, one), max(abs(y - one), 0.8)
        bars.append(
            f'<rect class="{kind}" x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" rx="1.5"/>'
        )
    return bars
