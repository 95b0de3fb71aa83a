"""How the losses went: a table and a picture."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from explorer.audio.plot_colors import BACKGROUND_COLOR, GRID_COLOR, TEXT_COLOR
from explorer.files import atomic_path
from explorer.learn.checkpoint import Row

LEARNED, HELD_OUT = "#12848a", "#d9822b"


def write_history(folder: Path, history: list[Row]) -> None:
    """Write history.csv, a row for every epoch."""
    with atomic_path(folder / "history.csv") as part, part.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(history[0]))
        table.writeheader()
        table.writerows(history)


def draw_history(history: list[Row], names: Sequence[str] = (), columns: int = 4) -> Figure:
    """The sum of the losses, and each of them, on what is trained on and on what is held out.

    `names` chooses some of them; "loss" is the sum.
    """
    parts = (name.removeprefix("validation ") for name in history[0] if name.startswith("validation "))
    names = names or ["loss", *parts]
    rows = -(-len(names) // columns)
    figure = Figure((11, 2.1 * rows), dpi=100, facecolor=BACKGROUND_COLOR, layout="constrained")
    epochs = [row["epoch"] for row in history]
    for number, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, number + 1, facecolor=BACKGROUND_COLOR)
        other = "validation" if name == "loss" else f"validation {name}"
        axes.plot(epochs, [row[name] for row in history], color=LEARNED, marker=".", label="trained on")
        axes.plot(epochs, [row[other] for row in history], color=HELD_OUT, marker=".", label="held out")
        axes.set_title("sum of all" if name == "loss" else name, fontsize=9, color=TEXT_COLOR)
        axes.tick_params(labelsize=7, colors=TEXT_COLOR)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.grid(color=GRID_COLOR, linewidth=0.5)
        if number == 0:
            axes.legend(fontsize=7, frameon=False)
    figure.supxlabel("epoch", fontsize=9, color=TEXT_COLOR)
    return figure
