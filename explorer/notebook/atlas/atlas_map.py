"""The picture of an atlas with its cells: hover, click, and a box around some of them. See atlas_map.js.

page -> kernel   {kind: "hover" | "open", cell: [column, row]}, {kind: "select", cells: [[column, row], ...]}
Columns and rows are counted from the lowest values; only cells that have a look are sent.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from explorer.experiments.atlases.cells import Cell

Handler = Callable[[list[Cell]], Any]


class AtlasMap(anywidget.AnyWidget):
    """`picture` is a JPEG of all cells. `handlers` are called with the cells of a message, by its kind."""

    _esm = Path(__file__).with_name("atlas_map.js")
    _css = Path(__file__).with_name("atlas_map.css")

    picture = traitlets.Bytes().tag(sync=True)
    cells = traitlets.Int(2).tag(sync=True)  # along each axis
    filled = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)  # cells with a look
    selected = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)  # likewise
    axes = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, handlers: dict[str, Handler], **values: Any) -> None:
        super().__init__(**values)
        self._handlers = handlers
        self.on_msg(lambda _, message, __: self._receive(message))

    def _receive(self, message: Any) -> None:
        """A message of the page. Malformed messages, and cells without a look, are ignored."""
        kind = message.get("kind") if isinstance(message, dict) else None
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is None:
            return
        cells = message.get("cells", [message.get("cell")])
        cells = cells if isinstance(cells, list) else []
        cells = [(cell[0], cell[1]) for cell in cells if cell in self.filled]
        if cells or kind == "select":
            handler(cells)
