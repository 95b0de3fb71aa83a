"""Two runs side by side, and the settings in which they differ."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from explorer.experiments import Point, load
from explorer.experiments.sweeps.parameter_paths import value_text
from explorer.fields import FieldSettings
from explorer.notebook.gallery.run_list import Kept
from explorer.notebook.widgets.error_line import Guard
from explorer.notebook.widgets.thumbnail_grid import thumbnail

LARGE = (640, 640)  # pixels of a picture


class Comparison:
    """A card below the panel; hidden until two runs are to be compared."""

    def __init__(self, guarded: Guard) -> None:
        self.runs: tuple[Kept, ...] = ()
        self.pictures = [widgets.Image(layout={"width": "100%"}) for _ in range(2)]
        self.names = [widgets.HTML() for _ in range(2)]
        self.table = widgets.HTML()
        self.close_button = widgets.Button(
            description="Close", tooltip="close the comparison", layout={"width": "auto"}
        )
        self.close_button.on_click(guarded(self.hide))
        sides = [widgets.VBox([p, n]) for p, n in zip(self.pictures, self.names, strict=True)]
        pair = widgets.HBox(sides)
        pair.add_class("explorer-pair")
        head = widgets.HBox([widgets.HTML("<h4>side by side</h4>"), self.close_button])
        head.add_class("explorer-between")
        self.widget = widgets.VBox([head, pair, self.table], layout={"display": "none"})
        self.widget.add_class("explorer-card")

    def show(self, one: Kept, other: Kept) -> None:
        """Show two runs."""
        self.runs = (one, other)
        opened: list[Any] = [load(run.folder) for run in self.runs]  # runs and points
        for run, made, picture, name in zip(self.runs, opened, self.pictures, self.names, strict=True):
            picture.value = thumbnail(_picture(made) or run.thumb, LARGE)
            name.value = f"<b>{html.escape(run.name)}</b> {html.escape(run.verdict)}"
        self.table.value = _table(differences(*(made.field for made in opened)))
        self.widget.layout.display = ""

    def hide(self) -> None:
        """Take it away."""
        self.runs = ()
        self.widget.layout.display = "none"


def differences(one: FieldSettings, other: FieldSettings) -> dict[str, tuple[Any, Any]]:
    """The settings of two fields that are not the same; None where a field has no such setting."""
    mine, theirs = one.model_dump(mode="json"), other.model_dump(mode="json")
    names = dict.fromkeys([*mine, *theirs])
    return {n: (mine.get(n), theirs.get(n)) for n in names if mine.get(n) != theirs.get(n)}


def _picture(made: Any) -> Path | None:
    """The largest picture of the moment that the thumbnail shows."""
    if isinstance(made, Point):
        return made.frames[len(made.frames) // 2] if made.frames else None
    return made.poster if made.poster.is_file() else None


def _table(found: Mapping[str, tuple[Any, Any]]) -> str:
    if not found:
        return '<span class="explorer-muted">the same settings</span>'
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(name.replace('_', ' '))}</th>"
        f"<td>{html.escape(value_text(mine))}</td><td>{html.escape(value_text(theirs))}</td></tr>"
        for name, (mine, theirs) in found.items()
    )
    return f'<table class="explorer-differences"><tr><th></th><th>left</th><th>right</th></tr>{rows}</table>'
