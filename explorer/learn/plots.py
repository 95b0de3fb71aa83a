"""Plots and images of a training: losses, evaluation, sheet before and after, preview while it runs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from explorer.audio.live import LIVE_FPS
from explorer.audio.plot_colors import BACKGROUND_COLOR, GRID_COLOR, TEXT_COLOR
from explorer.experiments.runs.run_folder import SHEET
from explorer.fields import Julia
from explorer.files import memory_file
from explorer.learn.checkpoint import LossRow
from explorer.learn.dataset import LiveTrack
from explorer.learn.evaluation import feature_track, untrained_model
from explorer.learn.model import AudioToVisualModel, save_model
from explorer.learn.run_folder import EVALUATION_PLOT, HISTORY_PLOT, PREVIEW
from explorer.learn.teaching.parameters import plain_field, sound_track
from explorer.learn.training_run import field_with_model
from explorer.rendering.renderer import Renderer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRAINING_COLOR, HELD_OUT_COLOR = "#12848a", "#d9822b"
MODEL_COLORS = {"trained": "#12848a", "untrained": "#b5b8bd", "shifted": "#d9822b"}
SHEET_COLUMNS = 6
SHEET_SECONDS = 4.0
SHEET_SIZE = (320, 240)  # of an image
SHEET_LABEL_PIXELS = 34  # a sheet about 2000 pixels wide is shown at a third of that in a notebook
PREVIEW_SIZE = (200, 150)  # of an image
PREVIEW_LABEL_PIXELS = 26
MAX_PREVIEW_SHARE = 0.03  # of the time of a training


def write_plots(folder: Path, track: LiveTrack, evaluation: dict[str, Any], history: list[LossRow]) -> None:
    """Write history.png, proof.png and sheet.jpg: the same moments by an untrained and the trained model."""
    from explorer.video.sheet import contact_sheet

    figures = {EVALUATION_PLOT: draw_evaluation(evaluation)}
    if history:
        figures[HISTORY_PLOT] = draw_history(history)
    for name, figure in figures.items():
        with memory_file(folder / name) as file:
            figure.savefig(file, format="png")
    with untrained_model(folder) as untrained:
        images = [*sheet_frames(untrained, track), *sheet_frames(folder, track)]
    times = sheet_times(track)
    labels = [f"{model}, {t:.2f} s" for model in ("untrained", "trained") for t in times]
    sheet = contact_sheet(
        images, SHEET_COLUMNS, labels, f"{track.name}: before and after", SHEET_LABEL_PIXELS
    )
    with memory_file(folder / SHEET) as file:
        Image.fromarray(sheet).save(file, format="JPEG", quality=88)


def sheet_times(track: LiveTrack) -> list[float]:
    """Moments around the loudest change of a track."""
    span = min(SHEET_SECONDS, track.seconds)
    width = max(1, round(span * LIVE_FPS))
    flux = np.convolve(track.values[:, 2], np.ones(width), "valid") if len(track.values) > width else [0.0]
    first = int(np.argmax(flux)) / LIVE_FPS
    return [first + span * n / SHEET_COLUMNS for n in range(SHEET_COLUMNS)]


def sheet_frames(
    model: Path, track: LiveTrack, size: tuple[int, int] = SHEET_SIZE
) -> list[UInt8[np.ndarray, "height width 3"]]:
    """Rendered frames of a track at `sheet_times`, driven by the model in a folder."""
    field = field_with_model(model)
    is_julia = isinstance(field, Julia)
    sound = feature_track(track) if is_julia else sound_track(plain_field(field), track)
    with Renderer(field, sound, size, device="cpu") as renderer:
        return list(renderer.frames(sheet_times(track)))


def draw_evaluation(evaluation: dict[str, Any]) -> Figure:
    """The correlation of every pair: by the trained model, with its interval if any, and by the baselines."""
    from matplotlib.figure import Figure  # slow to load

    figure = Figure((9, 3.6), dpi=110, facecolor=BACKGROUND_COLOR, layout="constrained")
    axes = figure.add_subplot(facecolor=BACKGROUND_COLOR)
    names = list(evaluation["pairs"])
    for offset, (model, color) in zip((-0.27, 0, 0.27), MODEL_COLORS.items(), strict=True):
        statistics = [pair if model == "trained" else pair[model] for pair in evaluation["pairs"].values()]
        heights = [pair["r"] for pair in statistics]
        axes.bar(np.arange(len(names)) + offset, heights, 0.25, color=color, label=model)
        if model == "trained" and all(pair["interval"] for pair in statistics):
            ends = np.array([pair["interval"] for pair in statistics]).T
            errors = np.abs(ends - heights)
            axes.errorbar(
                np.arange(len(names)) + offset, heights, errors, fmt="none", ecolor=TEXT_COLOR, capsize=3
            )
    axes.axhline(0, color=TEXT_COLOR, linewidth=0.7)
    axes.set_xticks(range(len(names)), names, fontsize=8, color=TEXT_COLOR)
    axes.set_ylabel("correlation over 2.1 s", fontsize=9, color=TEXT_COLOR)
    axes.grid(axis="y", color=GRID_COLOR, linewidth=0.5)
    axes.legend(fontsize=8, frameon=False, ncols=3)
    axes.set_title(f"held out: {', '.join(evaluation['tracks'])}"[:110], fontsize=9, color=TEXT_COLOR)
    return figure


def draw_history(history: list[LossRow], names: Sequence[str] = (), columns: int = 4) -> Figure:
    """The sum of the losses, and each of them, on the training data and on the held-out tracks.

    `names` selects some of them; "loss" is the sum.
    """
    from matplotlib.figure import Figure  # slow to load
    from matplotlib.ticker import MaxNLocator

    parts = (name.removeprefix("validation ") for name in history[0] if name.startswith("validation "))
    names = names or ["loss", *parts]
    rows = -(-len(names) // columns)
    figure = Figure((11, 2.1 * rows), dpi=100, facecolor=BACKGROUND_COLOR, layout="constrained")
    epochs = [row["epoch"] for row in history]
    for number, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, number + 1, facecolor=BACKGROUND_COLOR)
        validation = "validation" if name == "loss" else f"validation {name}"
        for column, color, label in (
            (name, TRAINING_COLOR, "trained on"),
            (validation, HELD_OUT_COLOR, "held out"),
        ):
            axes.plot(epochs, [row[column] for row in history], color=color, marker=".", label=label)
        axes.set_title("sum of all" if name == "loss" else name, fontsize=9, color=TEXT_COLOR)
        axes.tick_params(labelsize=7, colors=TEXT_COLOR)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.grid(color=GRID_COLOR, linewidth=0.5)
        if number == 0:
            axes.legend(fontsize=7, frameon=False)
    figure.supxlabel("epoch", fontsize=9, color=TEXT_COLOR)
    return figure


class TrainingPreview:
    """Keeps preview.jpg up to date: the loudest seconds of a track, by the untrained and by the latest model.

    The real renderer draws it, and training is not affected. An epoch is skipped if drawing after every one
    would take more than `MAX_PREVIEW_SHARE` of the time.
    """

    def __init__(self, folder: Path, track: LiveTrack, model: AudioToVisualModel) -> None:
        self._path = folder / PREVIEW
        first = round(sheet_times(track)[0] * LIVE_FPS)
        excerpt = track.values[first : first + round(SHEET_SECONDS * LIVE_FPS)]
        self._excerpt = LiveTrack(track.name, "", excerpt)
        self._untrained = self._draw(model)
        self._end, self._duration = time.monotonic(), 0.0
        self._write(self._untrained, "not trained yet")

    def update(self, model: AudioToVisualModel, epoch: int) -> None:
        """Show the model after an epoch, if there is time for that."""
        start = time.monotonic()
        if start - self._end < self._duration / MAX_PREVIEW_SHARE:
            return
        self._write(self._draw(model), f"after epoch {epoch}")
        self._end = time.monotonic()
        self._duration = self._end - start

    def _draw(self, model: AudioToVisualModel) -> list[UInt8[np.ndarray, "height width 3"]]:
        with tempfile.TemporaryDirectory() as path:
            save_model(Path(path), model)
            return sheet_frames(Path(path), self._excerpt, PREVIEW_SIZE)

    def _write(self, images: list[UInt8[np.ndarray, "height width 3"]], label: str) -> None:
        from explorer.video.sheet import contact_sheet

        labels = ["untrained", *[""] * (SHEET_COLUMNS - 1), label, *[""] * (SHEET_COLUMNS - 1)]
        images = [*self._untrained, *images]
        sheet = contact_sheet(images, SHEET_COLUMNS, labels, letters=PREVIEW_LABEL_PIXELS)
        with memory_file(self._path) as file:
            Image.fromarray(sheet).save(file, format="JPEG", quality=85)
