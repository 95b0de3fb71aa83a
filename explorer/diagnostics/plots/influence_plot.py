"""Influence as a picture: a frame, and for each feature a bar and a map of where it acts."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from explorer.audio.plot_colors import (
    BACKGROUND_COLOR,
    FEATURE_COLORS,
    GRID_COLOR,
    TEXT_COLOR,
    WAVEFORM_COLOR,
)
from explorer.diagnostics.results.influence_result import InfluenceResult
from explorer.formatting import percent_text

COLUMNS = 4  # of pictures beside the bars
COLORMAP = "magma"  # its lightness grows evenly, so it reads in gray too
BRIGHTEST_PERCENTILE = 99.5  # of the changes, drawn brightest


def draw_influence(result: InfluenceResult, width: float = 11.0) -> Figure:
    """A figure `width` inches wide: bars of the features' shares, strongest first, and their maps."""
    maps = dict(zip(result.features, result.maps, strict=True))
    rows = max(2, math.ceil((len(maps) + 1) / COLUMNS))
    layout = ConstrainedLayoutEngine(h_pad=0.05, w_pad=0.05)
    figure = Figure((width, 1.35 * rows + 0.5), dpi=120, facecolor=BACKGROUND_COLOR, layout=layout)
    grid = figure.add_gridspec(rows, COLUMNS + 1, width_ratios=[2.0, *[1.0] * COLUMNS])
    _draw_bars(figure.add_subplot(grid[:, 0]), result)
    axes = [figure.add_subplot(grid[divmod(n, COLUMNS)[0], 1 + n % COLUMNS]) for n in range(len(maps) + 1)]
    _bare(axes[0], "a frame", TEXT_COLOR)
    axes[0].imshow(result.picture)
    brightest = max(1e-6, float(np.percentile(result.maps, BRIGHTEST_PERCENTILE))) if maps else 1.0
    for axis, name in zip(axes[1:], result.ranked, strict=True):
        heat = axis.imshow(maps[name], cmap=COLORMAP, vmin=0, vmax=brightest, interpolation="bilinear")
        _bare(axis, f"{name}  {result.level[name]:.1f} levels", FEATURE_COLORS.get(name, TEXT_COLOR))
    if maps:
        bar = figure.colorbar(heat, ax=axes, location="right", shrink=0.8, pad=0.01)
        bar.set_label("change in levels of 255", fontsize=8, color=TEXT_COLOR)
        bar.ax.tick_params(labelsize=7, colors=WAVEFORM_COLOR)
        bar.outline.set_visible(False)
    return figure


def _draw_bars(axis: Axes, result: InfluenceResult) -> None:
    names = result.ranked
    shares = [result.share[name] for name in names]
    values = np.array([share.value for share in shares])
    reach = (
        np.array([[share.value - share.low, share.high - share.value] for share in shares]).reshape(-1, 2).T
    )
    rows = np.arange(len(names))
    axis.barh(rows, values, 0.66, color=[FEATURE_COLORS.get(name, TEXT_COLOR) for name in names])
    axis.errorbar(values, rows, xerr=reach, fmt="none", ecolor=TEXT_COLOR, elinewidth=1.1, capsize=2.5)
    for row, share in zip(rows, shares, strict=True):
        axis.text(
            share.high + 0.012,
            float(row),
            percent_text(share.value),
            va="center",
            fontsize=9,
            color=TEXT_COLOR,
        )
    axis.set_yticks(rows, names, fontsize=9.5, color=TEXT_COLOR)
    axis.invert_yaxis()
    axis.set_xlim(0, max(0.1, 1.22 * max((share.high for share in shares), default=0)))
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[["top", "right", "bottom"]].set_visible(False)
    axis.spines["left"].set_color(GRID_COLOR)
    title = f"share of what the features move\nall together: {result.together:.1f} levels of 255"
    axis.set_title(title, fontsize=9.5, color=TEXT_COLOR, loc="left")


def _bare(axis: Axes, title: str, color: str) -> None:
    axis.set_title(title, fontsize=8.5, color=color, loc="left", pad=3)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
