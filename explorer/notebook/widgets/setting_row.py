"""A row of the form: a control, a button that takes back what was changed, and what the setting does."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from explorer.notebook.widgets.controls import Control
from explorer.notebook.widgets.error_line import Guard


class Row:
    """One setting. The button appears when its value is not the one that the look started with."""

    def __init__(self, name: str, help: str, control: Control, start: Any, guarded: Guard) -> None:
        self.name, self.control, self.start = name, control, start
        self.reset = widgets.Button(description="\N{ANTICLOCKWISE OPEN CIRCLE ARROW}")
        self.reset.add_class("explorer-reset")
        self.reset.on_click(guarded(self.take_back))
        about = widgets.HTML(f"<div>{html.escape(help)}</div>")
        about.add_class("explorer-about")
        line = widgets.HBox([control.widget, self.reset])
        line.add_class("explorer-row")
        self.widget = widgets.VBox([line, about])
        self.mark()

    @property
    def changed(self) -> bool:
        """Whether the value is another than at the start."""
        return bool(self.control.value != self.start)

    def begin(self, start: Any) -> None:
        """From here on this is the value to go back to."""
        self.start = start
        self.mark()

    def take_back(self) -> None:
        """Back to the start, this setting alone."""
        self.control.set(self.start)

    def mark(self) -> None:
        """Show the button, or hide it; its place stays, so that nothing moves."""
        said = "none" if self.start is None else " ".join(map(str, _listed(self.start)))
        self.reset.tooltip = f"{self.name}: back to {said}"
        self.reset.layout.visibility = "visible" if self.changed else "hidden"


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
