"""The phase map as a picture: a coloured cell and a letter for every verdict, theory's boundary over them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from explorer.audio.plot_colors import BACKGROUND_COLOR, TEXT_COLOR, WAVEFORM_COLOR
from explorer.diagnostics.boundary import Boundary
from explorer.diagnostics.diagnosis import Diagnosis
from explorer.diagnostics.phase_map import PhaseMap
from explorer.diagnostics.verdict import VERDICTS

# Their lightness differs as much as their hue does: about 25, 50, 90 and 70 of 100.
FILL = {"static": "#2d3a55", "faint": "#55799f", "alive": "#f3e3a2", "noisy": "#ec9a6d"}
LETTER = {"static": "S", "faint": "F", "alive": "A", "noisy": "N"}
HATCH = {"noisy": "....."}
LINE = "#b0134f"
PALE = ("static", "faint")  # verdicts whose cells are dark
CELL = 0.62  # inches


def draw_phase_map(found: PhaseMap) -> Figure:
    """A figure as large as its cells need: the verdict's letter, and in small what it rests on."""
    columns, rows = len(found.x[1]), len(found.y[1])
    size = (max(5.5, CELL * 1.25 * columns + 1.6), max(2.6, CELL * rows + 1.7))
    figure = Figure(
        size, dpi=120, facecolor=BACKGROUND_COLOR, layout=ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06)
    )
    axis = figure.add_subplot()
    for row, line in enumerate(found.cells):
        for column, cell in enumerate(line):
            _draw_cell(axis, column, row, cell)
    axis.set_xlim(-0.5, columns - 0.5)
    axis.set_ylim(-0.5, rows - 0.5)
    axis.set_xticks(range(columns), [_spoken(value) for value in found.x[1]])
    axis.set_yticks(range(rows), [_spoken(value) for value in found.y[1]])
    axis.set_xlabel(found.x[0].replace("_", " "), color=TEXT_COLOR)
    axis.set_ylabel(found.y[0].replace("_", " "), color=TEXT_COLOR)
    axis.tick_params(length=0, labelsize=9, colors=TEXT_COLOR)
    axis.spines[:].set_visible(False)
    lines = _draw_boundary(axis, found, found.boundary) if found.boundary else []
    patches = [
        Patch(
            facecolor=FILL[word],
            hatch=HATCH.get(word),
            edgecolor=BACKGROUND_COLOR,
            label=f"{LETTER[word]}  {word}",
        )
        for word in VERDICTS
    ]
    figure.legend(handles=[*patches, *lines], loc="outside upper left", ncols=4, frameon=False, fontsize=8.5)
    figure.supxlabel(
        "small: correlation of neighbouring pixels / of consecutive frames; d deaf, w washed out, f flickers",
        fontsize=7.5,
        color=WAVEFORM_COLOR,
    )
    return figure


def _draw_cell(axis: Axes, column: int, row: int, cell: Diagnosis) -> None:
    ink = "#ffffff" if cell.verdict in PALE else TEXT_COLOR
    axis.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            1,
            1,
            facecolor=FILL[cell.verdict],
            edgecolor=BACKGROUND_COLOR,
            hatch=HATCH.get(cell.verdict),
            linewidth=1.5,
        )
    )
    letter = axis.text(column, row + 0.1, LETTER[cell.verdict], ha="center", va="center", color=ink, zorder=4)
    letter.set(fontsize=12, fontweight="bold")
    pixels, frames = (max(0.0, float(r)) for r in (cell.neighbour_correlation, cell.frame_correlation))
    beside = " ".join([f"{pixels:.2f}/{frames:.2f}", *[flag[0] for flag in cell.flags]])
    axis.text(column, row - 0.28, beside, ha="center", va="center", color=ink, fontsize=7, zorder=4)


def _draw_boundary(axis: Axes, found: PhaseMap, theory: Boundary) -> list[Line2D]:
    """Contours of the theory over the cells, whose spacing is that of the given values."""
    gain_across = found.x[0] == "gain"
    gains, layers = (found.x[1], found.y[1]) if gain_across else (found.y[1], found.x[1])
    across, down = _positions(theory.gains, gains), _positions(theory.layers, layers)
    kinds: tuple[tuple[np.ndarray, Literal["--", "-"], str], ...] = (
        (theory.life, "--", "theory: still left of it"),
        (theory.order, "-", "theory: noise right of it"),
    )
    lines = []
    for values, style, label in kinds:
        grid = (across, down, values) if gain_across else (down, across, values.T)
        if min(values.shape) > 1 and values.min() < 0 < values.max():
            axis.contour(
                *grid,
                levels=[0],
                colors=[BACKGROUND_COLOR],
                linestyles=["-"],
                linewidths=4.5,
                alpha=0.7,
                zorder=3,
            )
            axis.contour(*grid, levels=[0], colors=[LINE], linestyles=[style], linewidths=2.2, zorder=3)
            lines.append(Line2D([], [], color=LINE, linestyle=style, linewidth=2.2, label=label))
    return lines


def _positions(values: tuple[float, ...], cells: tuple[Any, ...]) -> np.ndarray:
    """Where values lie among cells that stand evenly, whatever the steps between their values."""
    order = np.argsort(cells)
    return np.asarray(np.interp(values, np.array(cells, float)[order], order.astype(float)))


def _spoken(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
