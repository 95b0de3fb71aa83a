"""Influence as a picture: a frame, and for each feature a bar and a map of where it acts."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from explorer.audio.plot_colors import COLOURS, FAINT, INK, PAPER, WAVE
from explorer.diagnostics.influence import Influence
from explorer.formatting import percent_text

COLUMNS = 4  # of pictures beside the bars
HEAT = "magma"  # its lightness grows evenly, so it reads in grey too
TOP = 99.5  # percentile of the changes that is drawn brightest


def draw_influence(found: Influence, width: float = 11.0) -> Figure:
    """A figure `width` inches wide: bars of the features' shares, strongest first, and their maps."""
    ranked = sorted(range(len(found.features)), key=lambda n: -found.share[found.features[n]].value)
    rows = max(2, math.ceil((len(ranked) + 1) / COLUMNS))
    layout = ConstrainedLayoutEngine(h_pad=0.05, w_pad=0.05)
    figure = Figure((width, 1.35 * rows + 0.5), dpi=120, facecolor=PAPER, layout=layout)
    grid = figure.add_gridspec(rows, COLUMNS + 1, width_ratios=[2.0, *[1.0] * COLUMNS])
    _draw_bars(figure.add_subplot(grid[:, 0]), found, ranked)
    places = [
        figure.add_subplot(grid[divmod(n, COLUMNS)[0], 1 + n % COLUMNS]) for n in range(len(ranked) + 1)
    ]
    _bare(places[0], "a frame", INK)
    places[0].imshow(found.picture)
    brightest = max(1e-6, float(np.percentile(found.maps, TOP))) if len(ranked) else 1.0
    for axis, n in zip(places[1:], ranked, strict=True):
        name = found.features[n]
        heat = axis.imshow(found.maps[n], cmap=HEAT, vmin=0, vmax=brightest, interpolation="bilinear")
        _bare(axis, f"{name}  {found.level[name]:.1f} levels", COLOURS.get(name, INK))
    if ranked:
        bar = figure.colorbar(heat, ax=places, location="right", shrink=0.8, pad=0.01)
        bar.set_label("change in levels of 255", fontsize=8, color=INK)
        bar.ax.tick_params(labelsize=7, colors=WAVE)
        bar.outline.set_visible(False)
    return figure


def _draw_bars(axis: Axes, found: Influence, ranked: list[int]) -> None:
    names = [found.features[n] for n in ranked]
    shares = [found.share[name] for name in names]
    values = np.array([share.value for share in shares])
    reach = (
        np.array([[share.value - share.low, share.high - share.value] for share in shares]).reshape(-1, 2).T
    )
    places = np.arange(len(names))
    axis.barh(places, values, 0.66, color=[COLOURS.get(name, INK) for name in names])
    axis.errorbar(values, places, xerr=reach, fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5)
    for place, share in zip(places, shares, strict=True):
        axis.text(
            share.high + 0.012, float(place), percent_text(share.value), va="center", fontsize=9, color=INK
        )
    axis.set_yticks(places, names, fontsize=9.5, color=INK)
    axis.invert_yaxis()
    axis.set_xlim(0, max(0.1, 1.22 * max((share.high for share in shares), default=0)))
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[["top", "right", "bottom"]].set_visible(False)
    axis.spines["left"].set_color(FAINT)
    said = f"share of what the features move\nall together: {found.together:.1f} levels of 255"
    axis.set_title(said, fontsize=9.5, color=INK, loc="left")


def _bare(axis: Axes, title: str, colour: str) -> None:
    axis.set_title(title, fontsize=8.5, color=colour, loc="left", pad=3)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)
