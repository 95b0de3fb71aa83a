"""A training to look at: the proof as bars, and pictures of before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from matplotlib.figure import Figure
from PIL import Image

from explorer.audio.live import LIVE_FPS
from explorer.audio.plot_colors import BACKGROUND_COLOR, GRID_COLOR, TEXT_COLOR
from explorer.files import atomic_path
from explorer.learn.checkpoint import Row
from explorer.learn.dataset import Track
from explorer.learn.evaluation import live_track, untrained_in
from explorer.learn.loss_history import draw_history
from explorer.learn.training_run import field_of
from explorer.rendering.renderer import Renderer

FEATURE_COLORS = {"trained": "#12848a", "untrained": "#b5b8bd", "shifted": "#d9822b"}
MOMENTS = 6  # of a sheet
LENGTH = 4.0  # seconds that a sheet spans
SIZE = (320, 240)
LETTERS = 34  # pixels: a sheet of about 2000 is shown at a third of that in a notebook


def write_pictures(folder: Path, track: Track, proof: dict[str, Any], history: list[Row]) -> None:
    """Write history.png, proof.png, and sheet.jpg: the same moments by an untrained model and the trained."""
    from explorer.video.sheet import contact_sheet

    figures = {"proof.png": draw_proof(proof)} | ({"history.png": draw_history(history)} if history else {})
    for name, figure in figures.items():
        with atomic_path(folder / name) as part:
            figure.savefig(part, format="png")
    with untrained_in(folder) as before:
        images = [*moments(before, track), *moments(folder, track)]
    times = sheet_times(track)
    labels = [f"{who}, {t:.2f} s" for who in ("untrained", "trained") for t in times]
    sheet = contact_sheet(images, MOMENTS, labels, f"{track.name}: before and after", LETTERS)
    with atomic_path(folder / "sheet.jpg") as part:
        Image.fromarray(sheet).save(part, format="JPEG", quality=88)


def sheet_times(track: Track) -> list[float]:
    """Moments around the loudest change of a track."""
    span = min(LENGTH, track.seconds)
    width = max(1, round(span * LIVE_FPS))
    moving = np.convolve(track.values[:, 2], np.ones(width), "valid") if len(track.values) > width else [0.0]
    first = int(np.argmax(moving)) / LIVE_FPS
    return [first + span * n / MOMENTS for n in range(MOMENTS)]


def moments(
    model: Path, track: Track, size: tuple[int, int] = SIZE
) -> list[UInt8[np.ndarray, "height width 3"]]:
    """Rendered frames of a track at `sheet_times`, moved by the model in a folder."""
    with Renderer(field_of(model), live_track(track), size, device="cpu") as renderer:
        return list(renderer.frames(sheet_times(track)))


def draw_proof(proof: dict[str, Any]) -> Figure:
    """The correlation of every pair, by the trained model with its interval, if any, and by the others."""
    figure = Figure((9, 3.6), dpi=110, facecolor=BACKGROUND_COLOR, layout="constrained")
    axes = figure.add_subplot(facecolor=BACKGROUND_COLOR)
    names = list(proof["pairs"])
    for offset, (who, colour) in zip((-0.27, 0, 0.27), FEATURE_COLORS.items(), strict=True):
        told = [pair if who == "trained" else pair[who] for pair in proof["pairs"].values()]
        heights = [pair["r"] for pair in told]
        axes.bar(np.arange(len(names)) + offset, heights, 0.25, color=colour, label=who)
        if who == "trained" and all(pair["interval"] for pair in told):
            ends = np.array([pair["interval"] for pair in told]).T
            errors = np.abs(ends - heights)
            axes.errorbar(
                np.arange(len(names)) + offset, heights, errors, fmt="none", ecolor=TEXT_COLOR, capsize=3
            )
    axes.axhline(0, color=TEXT_COLOR, linewidth=0.7)
    axes.set_xticks(range(len(names)), names, fontsize=8, color=TEXT_COLOR)
    axes.set_ylabel("correlation over 2.1 s", fontsize=9, color=TEXT_COLOR)
    axes.grid(axis="y", color=GRID_COLOR, linewidth=0.5)
    axes.legend(fontsize=8, frameon=False, ncols=3)
    axes.set_title(f"held out: {', '.join(proof['tracks'])}"[:110], fontsize=9, color=TEXT_COLOR)
    return figure
