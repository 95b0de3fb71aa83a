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
from explorer.notebook.gallery.run_list import RunEntry
from explorer.notebook.widgets.boxes import box
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.markup import heading
from explorer.notebook.widgets.thumbnail_grid import make_thumbnail

PICTURE_SIZE = (640, 640)  # pixels that a picture fits into


class RunComparison:
    """A card below the panel; hidden until two runs are compared."""

    def __init__(self, handler: HandlerFactory) -> None:
        self.runs: tuple[RunEntry, ...] = ()
        self.pictures = [widgets.Image(layout={"width": "100%"}) for _ in range(2)]
        self.names = [widgets.HTML() for _ in range(2)]
        self.table = widgets.HTML()
        self.close_button = widgets.Button(
            description="Close", tooltip="close the comparison", layout={"width": "auto"}
        )
        self.close_button.on_click(handler(self.hide))
        sides = [widgets.VBox([p, n]) for p, n in zip(self.pictures, self.names, strict=True)]
        title = widgets.HTML(heading("side by side"))
        head = box(widgets.HBox, "explorer-between", title, self.close_button)
        pair = box(widgets.HBox, "explorer-pair", *sides)
        self.widget = box(widgets.VBox, "explorer-card", head, pair, self.table)
        self.widget.layout.display = "none"

    def show(self, first: RunEntry, second: RunEntry) -> None:
        """Show two runs."""
        self.runs = (first, second)
        results: list[Any] = [load(run.folder) for run in self.runs]  # runs and points
        for run, result, picture, name in zip(self.runs, results, self.pictures, self.names, strict=True):
            picture.value = make_thumbnail(_picture(result) or run.thumb, PICTURE_SIZE)
            name.value = f"<b>{html.escape(run.name)}</b> {html.escape(run.verdict)}"
        self.table.value = _table(differences(*(result.field for result in results)))
        self.widget.layout.display = ""

    def hide(self) -> None:
        """Hide the card."""
        self.runs = ()
        self.widget.layout.display = "none"


def differences(first: FieldSettings, second: FieldSettings) -> dict[str, tuple[Any, Any]]:
    """The settings in which two fields differ; None where a field has no such setting."""
    left, right = first.model_dump(mode="json"), second.model_dump(mode="json")
    names = dict.fromkeys([*left, *right])
    return {n: (left.get(n), right.get(n)) for n in names if left.get(n) != right.get(n)}


def _picture(result: Any) -> Path | None:
    """The largest picture of the moment that the thumbnail shows."""
    if isinstance(result, Point):
        return result.frames[len(result.frames) // 2] if result.frames else None
    return result.poster if result.poster.is_file() else None


def _table(settings: Mapping[str, tuple[Any, Any]]) -> str:
    if not settings:
        return '<span class="explorer-muted">the same settings</span>'
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(name.replace('_', ' '))}</th>"
        f"<td>{html.escape(value_text(left))}</td><td>{html.escape(value_text(right))}</td></tr>"
        for name, (left, right) in settings.items()
    )
    return f'<table class="explorer-differences"><tr><th></th><th>left</th><th>right</th></tr>{rows}</table>'
