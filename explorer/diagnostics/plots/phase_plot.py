"""The phase map as a picture: a colored cell and a letter for every verdict, theory's boundary over them."""

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
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.results.phase_map_result import PhaseMapResult
from explorer.diagnostics.verdict import CELL_COLORS, VERDICTS

HATCH = {"noisy": "....."}
BOUNDARY_COLOR = "#b0134f"
DARK_CELLS = ("static", "faint")  # verdicts whose letter is white
CELL_HEIGHT = 0.62  # inches
MIN_WIDTH = 6.6  # inches, of the legend


def draw_phase_map(result: PhaseMapResult) -> Figure:
    """A figure as large as its cells need: the verdict's letter, and in small what it rests on."""
    columns, rows = len(result.x[1]), len(result.y[1])
    size = (max(MIN_WIDTH, CELL_HEIGHT * 1.25 * columns + 1.6), max(2.6, CELL_HEIGHT * rows + 1.7))
    figure = Figure(
        size, dpi=120, facecolor=BACKGROUND_COLOR, layout=ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06)
    )
    axis = figure.add_subplot()
    for row, line in enumerate(result.cells):
        for column, cell in enumerate(line):
            _draw_cell(axis, column, row, cell)
    axis.set_xlim(-0.5, columns - 0.5)
    axis.set_ylim(-0.5, rows - 0.5)
    axis.set_xticks(range(columns), [_label(value) for value in result.x[1]])
    axis.set_yticks(range(rows), [_label(value) for value in result.y[1]])
    axis.set_xlabel(result.x[0].replace("_", " "), color=TEXT_COLOR)
    axis.set_ylabel(result.y[0].replace("_", " "), color=TEXT_COLOR)
    axis.tick_params(length=0, labelsize=9, colors=TEXT_COLOR)
    axis.spines[:].set_visible(False)
    lines = _draw_boundary(axis, result, result.boundary) if result.boundary else []
    patches = [
        Patch(
            facecolor=CELL_COLORS[word],
            hatch=HATCH.get(word),
            edgecolor=BACKGROUND_COLOR,
            label=f"{word[0].upper()}  {word}",
        )
        for word in VERDICTS
    ]
    figure.legend(handles=[*patches, *lines], loc="outside upper left", ncols=4, frameon=False, fontsize=8.5)
    figure.supxlabel(
        "small: correlation of neighboring pixels / of consecutive frames; d deaf, w washed out, f flickers",
        fontsize=7.5,
        color=WAVEFORM_COLOR,
    )
    return figure


def _draw_cell(axis: Axes, column: int, row: int, cell: DiagnosisResult) -> None:
    ink = "#ffffff" if cell.verdict in DARK_CELLS else TEXT_COLOR
    axis.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            1,
            1,
            facecolor=CELL_COLORS[cell.verdict],
            edgecolor=BACKGROUND_COLOR,
            hatch=HATCH.get(cell.verdict),
            linewidth=1.5,
        )
    )
    letter = axis.text(
        column, row + 0.1, cell.verdict[0].upper(), ha="center", va="center", color=ink, zorder=4
    )
    letter.set(fontsize=12, fontweight="bold")
    pixels, frames = (max(0.0, float(r)) for r in (cell.neighbor_correlation, cell.frame_correlation))
    details = " ".join([f"{pixels:.2f}/{frames:.2f}", *[flag[0] for flag in cell.flags]])
    axis.text(column, row - 0.28, details, ha="center", va="center", color=ink, fontsize=7, zorder=4)


def _draw_boundary(axis: Axes, result: PhaseMapResult, theory: Boundary) -> list[Line2D]:
    """Contours of the theory over the cells, whose spacing is that of the given values."""
    gain_across = result.x[0] == "gain"
    gains, layers = (result.x[1], result.y[1]) if gain_across else (result.y[1], result.x[1])
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
            axis.contour(
                *grid, levels=[0], colors=[BOUNDARY_COLOR], linestyles=[style], linewidths=2.2, zorder=3
            )
            lines.append(Line2D([], [], color=BOUNDARY_COLOR, linestyle=style, linewidth=2.2, label=label))
    return lines


def _positions(values: tuple[float, ...], cells: tuple[Any, ...]) -> np.ndarray:
    """Where values lie among evenly spaced cells, whatever the steps between the cells' values."""
    order = np.argsort(cells)
    return np.asarray(np.interp(values, np.array(cells, float)[order], order.astype(float)))


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
