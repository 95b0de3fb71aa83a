"""What `measure_video` found, as a picture: motion, flashes and sound over time, and the lag beside them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from explorer.diagnostics.sync import Sync
from explorer.diagnostics.video import VideoMeasures
from explorer.rendering.flashes import ALLOWED

INK, QUIET, FAINT, PAPER = "#22252b", "#5b6472", "#b9bec7", "#ffffff"
MOTION, FLASH, SOUND, STATIC = "#12848a", "#b3312c", "#3d6fb4", "#d9a21b"


def draw_video(found: VideoMeasures, width: float = 11.0) -> Figure:
    """Rows over time on the left (static stretches shaded, the flash limit a line), lags on the right."""
    rows = 2 + (found.onsets is not None)
    layout = ConstrainedLayoutEngine(h_pad=0.04, w_pad=0.1)
    figure = Figure((width, 1.5 * rows + 0.9), dpi=120, facecolor=PAPER, layout=layout)
    figure.suptitle(found.name, x=0.012, ha="left", color=INK, fontsize=11)
    grid = figure.add_gridspec(rows, 2, width_ratios=(2.4, 1))
    times = np.arange(len(found.change)) / float(found.info.fps)
    motion = _draw_motion(figure.add_subplot(grid[0, 0]), found, times)
    last = _draw_flashes(figure.add_subplot(grid[1, 0], sharex=motion), found, times)
    if found.onsets is not None:
        last = figure.add_subplot(grid[2, 0], sharex=motion)
        last.fill_between(times, 0, found.onsets[: len(times)], color=SOUND, linewidth=0.6)
        _labelled(last, "onsets of the sound", SOUND)
    last.tick_params(labelbottom=True, labelsize=8, colors=INK)
    last.set_xlabel("seconds", fontsize=8, color=INK)
    last.set_xlim(0, max(found.info.duration, 1e-3))
    _draw_lags(figure.add_subplot(grid[:, 1]), found.sync)
    return figure


def _draw_motion(axis: Axes, found: VideoMeasures, times: np.ndarray) -> Axes:
    axis.fill_between(times, 0, np.sqrt(found.change), color=MOTION, linewidth=0.6)
    for n, stretch in enumerate(found.static):
        label = "static" if n == 0 else None
        axis.axvspan(
            stretch.start,
            stretch.end,
            facecolor=STATIC,
            alpha=0.3,
            hatch="///",
            edgecolor=STATIC,
            label=label,
        )
    if found.static:
        axis.legend(loc="upper right", fontsize=8, frameon=False)
    _labelled(axis, f"change, levels of 255   (frame-to-frame variance {found.frame_variance:.4g})", MOTION)
    return axis


def _draw_flashes(axis: Axes, found: VideoMeasures, times: np.ndarray) -> Axes:
    axis.fill_between(times, 0, found.flash_rate, step="mid", color=FLASH, alpha=0.8, linewidth=0)
    axis.axhline(ALLOWED, color=INK, linewidth=0.9, linestyle="--")
    axis.set_ylim(0, max(ALLOWED + 1, 1.1 * float(found.flash_rate.max())))
    said = "within the limit" if found.flashes.passed else "MORE THAN ALLOWED"
    _labelled(axis, f"flashes in the second just past   (at most {found.flashes.worst:g}: {said})", FLASH)
    return axis


def _draw_lags(axis: Axes, sync: Sync | None) -> None:
    _labelled(axis, "picture's change against the sound", INK)
    axis.tick_params(labelbottom=True)
    if sync is None:
        axis.set_axis_off()
        axis.set_title(
            "no sound to compare with, or nothing that varies", fontsize=9, color=QUIET, loc="left"
        )
        return
    axis.axhline(0, color=FAINT, linewidth=0.8)
    axis.axvline(0, color=FAINT, linewidth=0.8)
    if sync.chance is not None:
        axis.axhspan(-1, sync.chance, color=FAINT, alpha=0.25, linewidth=0)
        axis.text(sync.lags_ms[0], sync.chance, " by chance: 95 % below", va="top", fontsize=8, color=QUIET)
    axis.plot(sync.lags_ms, sync.correlations, color=INK, linewidth=1.4)
    axis.plot([sync.lag_ms], [sync.correlation], "o", color=FLASH, markersize=6)
    axis.annotate(
        f" {sync.correlation:.2f} at {sync.lag_ms:+.0f} ms",
        (sync.lag_ms, sync.correlation),
        xytext=(4, 6), textcoords="offset points", fontsize=9, color=INK,
    )  # fmt: skip
    axis.set_ylim(min(-0.3, float(sync.correlations.min()) - 0.05), max(0.5, sync.correlation + 0.15))
    axis.set_xlim(sync.lags_ms[0], sync.lags_ms[-1])
    axis.set_xlabel("lag in ms: to the right the picture is late", fontsize=8, color=INK)


def _labelled(axis: Axes, title: str, colour: str) -> None:
    axis.set_title(title, fontsize=9, color=colour, loc="left", pad=3)
    axis.tick_params(labelsize=8, colors=QUIET, labelbottom=False, length=2)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(FAINT)
    axis.margins(x=0)
    axis.set_ylim(bottom=0)
