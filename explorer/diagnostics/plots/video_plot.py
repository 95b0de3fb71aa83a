"""A measured video as a picture: motion, flashes and sound over time, and the lag beside them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from explorer.audio.plot_colors import BACKGROUND_COLOR, GRID_COLOR, TEXT_COLOR, WAVEFORM_COLOR
from explorer.diagnostics.results.video_result import VideoResult
from explorer.diagnostics.sync import Sync
from explorer.rendering.flashes import MAX_FLASHES

MOTION, FLASH, SOUND, STATIC = "#12848a", "#b3312c", "#3d6fb4", "#d9a21b"


def draw_video(result: VideoResult, width: float = 11.0) -> Figure:
    """Rows over time on the left (static stretches shaded, the flash limit a line), lags on the right."""
    rows = 2 + (result.onsets is not None)
    layout = ConstrainedLayoutEngine(h_pad=0.04, w_pad=0.1)
    figure = Figure((width, 1.5 * rows + 0.9), dpi=120, facecolor=BACKGROUND_COLOR, layout=layout)
    figure.suptitle(result.name, x=0.012, ha="left", color=TEXT_COLOR, fontsize=11)
    grid = figure.add_gridspec(rows, 2, width_ratios=(2.4, 1))
    times = np.arange(len(result.change)) / float(result.info.fps)
    motion = _draw_motion(figure.add_subplot(grid[0, 0]), result, times)
    last = _draw_flashes(figure.add_subplot(grid[1, 0], sharex=motion), result, times)
    if result.onsets is not None:
        last = figure.add_subplot(grid[2, 0], sharex=motion)
        last.fill_between(times, 0, result.onsets[: len(times)], color=SOUND, linewidth=0.6)
        _style(last, "onsets of the sound", SOUND)
    last.tick_params(labelbottom=True, labelsize=8, colors=TEXT_COLOR)
    last.set_xlabel("seconds", fontsize=8, color=TEXT_COLOR)
    last.set_xlim(0, max(result.info.duration, 1e-3))
    _draw_lags(figure.add_subplot(grid[:, 1]), result.sync)
    return figure


def _draw_motion(axis: Axes, result: VideoResult, times: np.ndarray) -> Axes:
    axis.fill_between(times, 0, np.sqrt(result.change), color=MOTION, linewidth=0.6)
    for n, stretch in enumerate(result.static):
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
    if result.static:
        axis.legend(loc="upper right", fontsize=8, frameon=False)
    _style(axis, f"change, levels of 255   (frame-to-frame variance {result.frame_variance:.4g})", MOTION)
    return axis


def _draw_flashes(axis: Axes, result: VideoResult, times: np.ndarray) -> Axes:
    axis.fill_between(times, 0, result.flash_rate, step="mid", color=FLASH, alpha=0.8, linewidth=0)
    axis.axhline(MAX_FLASHES, color=TEXT_COLOR, linewidth=0.9, linestyle="--")
    axis.set_ylim(0, max(MAX_FLASHES + 1, 1.1 * float(result.flash_rate.max())))
    verdict = "within the limit" if result.flashes.passed else "MORE THAN ALLOWED"
    red = f", of red {result.flashes.red:g}" if result.flashes.red else ""
    most = f"at most {result.flashes.worst:g}{red}"
    _style(axis, f"flashes in the second just past   ({most}: {verdict})", FLASH)
    return axis


def _draw_lags(axis: Axes, sync: Sync | None) -> None:
    _style(axis, "picture's change against the sound", TEXT_COLOR)
    axis.tick_params(labelbottom=True)
    if sync is None:
        axis.set_axis_off()
        axis.set_title(
            "no sound to compare with, or nothing that varies", fontsize=9, color=WAVEFORM_COLOR, loc="left"
        )
        return
    axis.axhline(0, color=GRID_COLOR, linewidth=0.8)
    axis.axvline(0, color=GRID_COLOR, linewidth=0.8)
    if sync.critical_correlation is not None:
        axis.axhspan(-1, sync.critical_correlation, color=GRID_COLOR, alpha=0.25, linewidth=0)
        axis.text(
            sync.lags_ms[0],
            sync.critical_correlation,
            " by chance: 95 % below",
            va="top",
            fontsize=8,
            color=WAVEFORM_COLOR,
        )
    axis.plot(sync.lags_ms, sync.correlations, color=TEXT_COLOR, linewidth=1.4)
    axis.plot([sync.lag_ms], [sync.correlation], "o", color=FLASH, markersize=6)
    axis.annotate(
        f" {sync.correlation:.2f} at {sync.lag_ms:+.0f} ms",
        (sync.lag_ms, sync.correlation),
        xytext=(4, 6), textcoords="offset points", fontsize=9, color=TEXT_COLOR,
    )  # fmt: skip
    axis.set_ylim(min(-0.3, float(sync.correlations.min()) - 0.05), max(0.5, sync.correlation + 0.15))
    axis.set_xlim(sync.lags_ms[0], sync.lags_ms[-1])
    axis.set_xlabel("lag in ms: to the right the picture is late", fontsize=8, color=TEXT_COLOR)


def _style(axis: Axes, title: str, color: str) -> None:
    axis.set_title(title, fontsize=9, color=color, loc="left", pad=3)
    axis.tick_params(labelsize=8, colors=WAVEFORM_COLOR, labelbottom=False, length=2)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(GRID_COLOR)
    axis.margins(x=0)
    axis.set_ylim(bottom=0)
