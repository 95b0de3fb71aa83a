"""A row of a form: a control, a button that resets it, and what the setting does."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from explorer.notebook.widgets.boxes import shared_layout, shared_style
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.knob_controls import Control


class SettingRow:
    """One setting. The reset button appears when its value is not the one that the look started with."""

    def __init__(self, name: str, help: str, control: Control, start: Any, handler: HandlerFactory) -> None:
        self.name, self.control, self.start = name, control, start
        self.reset_button = widgets.Button(
            description="\N{ANTICLOCKWISE OPEN CIRCLE ARROW}", style=shared_style(widgets.Button),
            layout=_visibility(False),
        )  # fmt: skip
        self.reset_button.add_class("explorer-reset")
        self.reset_button.on_click(handler(self.reset))
        style, layout = shared_style(widgets.HTML), shared_layout()
        about = widgets.HTML(f"<div>{html.escape(help)}</div>", style=style, layout=layout)
        about.add_class("explorer-about")
        line = widgets.HBox([control.widget, self.reset_button], layout=layout)
        line.add_class("explorer-row")
        self.widget = widgets.VBox([line, about], layout=layout)
        self.update()

    @property
    def changed(self) -> bool:
        """Whether the value differs from that at the start."""
        return bool(self.control.value != self.start)

    def reset(self) -> None:
        """Set the value at the start again, of this setting alone."""
        self.control.set(self.start)

    def update(self) -> None:
        """Show the button, or hide it; its place stays, so that nothing moves."""
        text = "none" if self.start is None else " ".join(map(str, _as_tuple(self.start)))
        self.reset_button.tooltip = f"{self.name}: back to {text}"
        self.reset_button.layout = _visibility(self.changed)


def _visibility(visible: bool) -> widgets.Layout:
    return shared_layout(visibility="visible" if visible else "hidden")


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
