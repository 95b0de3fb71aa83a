"""Sobol shares as a picture: a bar for every group alone and for groups together, and the totals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from explorer.audio.plot_colors import BACKGROUND_COLOR, GRID_COLOR, TEXT_COLOR, WAVEFORM_COLOR
from explorer.diagnostics.measure import Measure
from explorer.diagnostics.results.sobol_result import SobolResult
from explorer.formatting import percent_text

GROUP_COLORS = ("#3d6fb4", "#d9822b", "#b3312c")  # space, time, audio
TOGETHER_COLOR = "#8d94a1"
ROW_HEIGHT = 0.34  # inches


def draw_shares(result: SobolResult, width: float = 8.0) -> Figure:
    """A figure `width` inches wide: the parts, which add up to all of the variance, and the totals."""
    colors = dict(zip(result.first, GROUP_COLORS, strict=False))
    parts = {**result.first, **result.interactions}
    layout = ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08)
    rows = (len(parts), len(result.total))
    height = ROW_HEIGHT * sum(rows) + 1.2
    figure = Figure((width, height), dpi=120, facecolor=BACKGROUND_COLOR, layout=layout)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=rows)
    _draw_bars(above, parts, colors, "each alone, and together beyond that: these add up to 100 %")
    _draw_bars(below, result.total, colors, "with everything it takes part in")
    below.set_xlabel("share of the variance of colors", fontsize=9, color=WAVEFORM_COLOR)
    return figure


def _draw_bars(axis: Axes, shares: Mapping[str, Measure], colors: Mapping[str, str], title: str) -> None:
    names = list(shares)
    values = np.array([share.value for share in shares.values()])
    lows, highs = (np.array([getattr(share, end) for share in shares.values()]) for end in ("low", "high"))
    rows = np.arange(len(names))
    axis.barh(rows, values, 0.64, color=[colors.get(name, TOGETHER_COLOR) for name in names])
    reach = np.stack((values - lows, highs - values))
    axis.errorbar(values, rows, xerr=reach, fmt="none", ecolor=TEXT_COLOR, elinewidth=1.1, capsize=2.5)
    for row, (value, high) in enumerate(zip(values, highs, strict=True)):
        text = percent_text(max(0.0, float(value)))
        axis.text(high + 0.012, row, text, va="center", fontsize=9, color=TEXT_COLOR)
    axis.set_yticks(rows, names, fontsize=9.5, color=TEXT_COLOR)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.set_xlim(min(0.0, float(lows.min(initial=0))), 1.12)
    axis.set_xticks(np.arange(0, 1.01, 0.25), [percent_text(tick) for tick in np.arange(0, 1.01, 0.25)])
    axis.tick_params(length=0, labelsize=9, colors=TEXT_COLOR)
    axis.grid(axis="x", color=GRID_COLOR, linewidth=0.5)
    axis.set_axisbelow(True)
    axis.spines[:].set_visible(False)
    axis.set_title(title, fontsize=9.5, color=TEXT_COLOR, loc="left")
