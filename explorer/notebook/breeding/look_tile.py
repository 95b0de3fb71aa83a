"""One look of a generation: a picture to click, its key on the keyboard, and a star."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from explorer.evolution import Individual
from explorer.notebook.widgets.boxes import small_button
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.markup import badge

SELECTED_CLASS = "explorer-selected"
KEYS = "1234567890-="  # of the looks in their order


class LookTile:
    """Shows an individual. `on_select` and `on_star` are called with the tile."""

    def __init__(
        self,
        place: int,
        on_select: Callable[[LookTile], Any],
        on_star: Callable[[LookTile], Any],
        handler: HandlerFactory,
    ) -> None:
        self.keyboard_key = KEYS[place] if place < len(KEYS) else ""
        self.individual: Individual | None = None
        self.picture = widgets.Image(format="jpeg", layout={"width": "100%"})
        self.button = widgets.Button(tooltip="choose this look")
        self.button.on_click(handler(lambda: on_select(self)))
        self.star_button = small_button("\N{WHITE STAR}", "give it a star")
        self.star_button.on_click(handler(lambda: on_star(self)))
        self.words = widgets.HTML()
        frame = widgets.VBox([self.picture, self.button])
        frame.add_class("explorer-thumb")
        self.widget = widgets.VBox([frame, widgets.HBox([self.star_button, self.words])])
        self.widget.add_class("explorer-item")

    def show(self, individual: Individual | None, selected: bool = False) -> None:
        """Show an individual with its still picture, or nothing."""
        self.individual = individual
        self.widget.layout.display = "" if individual else "none"
        if individual is None:
            return
        self.picture.format, self.picture.value = "jpeg", individual.thumbnail.read_bytes()
        self.select(selected)

    def animate(self, loop: bytes) -> None:
        """Show the moving picture."""
        self.picture.format, self.picture.value = "webp", loop

    def select(self, selected: bool) -> None:
        """Frame the picture, and say so in words."""
        individual = self.individual
        if individual is None:
            return
        (self.widget.add_class if selected else self.widget.remove_class)(SELECTED_CLASS)
        self.button.tooltip = f"{'drop' if selected else 'choose'} look {individual.key}"
        self.star_button.description = "\N{BLACK STAR}" if individual.starred else "\N{WHITE STAR}"
        self.star_button.tooltip = "remove the star" if individual.starred else "give it a star"
        key = f"<kbd>{html.escape(self.keyboard_key)}</kbd> " if self.keyboard_key else ""
        verdict = "" if individual.verdict == "alive" else badge(individual.verdict)
        origin = html.escape(", ".join(individual.operators) or "a look to start from")
        self.words.value = (
            f'<div class="explorer-words">{key}{"<b>chosen</b> " if selected else ""}{verdict}'
            f'<span title="{origin}">{individual.key}</span></div>'
        )
