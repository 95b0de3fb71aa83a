"""Thumbnails of which one moves: that which is pointed at, or has the focus."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
from PIL import Image

from explorer.errors import ExplorerError
from explorer.fields import FieldSettings
from explorer.notebook.live.field_grid import FieldGrid
from explorer.notebook.widgets.boxes import box
from explorer.notebook.widgets.panel_context import PanelContext
from explorer.notebook.widgets.thumbnail_grid import ThumbnailGrid

LISTENER = Path(__file__).with_name("pointer_listener.js")
LOOP_SECONDS = 4.0
SIZE = (240, 135)  # that a moving picture fits into

FieldAtMoment = tuple[FieldSettings, float]  # a field, and the second of its picture


class PointerListener(anywidget.AnyWidget):
    """Shows nothing; calls `on_index` with the place of the picture that is pointed at.

    page -> kernel   {index}
    kernel -> page   {generation}: that of the fields of the grid from now on
    """

    _esm = LISTENER

    def __init__(self, on_index: Callable[[int], Any], **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(lambda _, content, __: on_index(int(content["index"])))


class MovingThumbnails:
    """A grid of thumbnails in `widget`. `look_of` gives the field of what a card shows, or None.

    The picture loops over some seconds of the sound from its moment on, and is drawn by a `FieldGrid`,
    which is made for the first one. A picture whose field cannot be drawn with that sound stays still.
    """

    def __init__(
        self,
        thumbnails: ThumbnailGrid[Any],
        context: PanelContext,
        look_of: Callable[[Any], FieldAtMoment | None],
    ) -> None:
        self._thumbnails, self._context, self._look_of = thumbnails, context, look_of
        self.grid: FieldGrid | None = None
        self.listener = PointerListener(self._point)
        self.widget = box(widgets.VBox, "explorer-thumbnails", thumbnails.widget, self.listener)

    def close(self) -> None:
        """End the threads of the grid."""
        if self.grid:
            self.grid.close()

    def _point(self, index: int) -> None:
        cards = self._thumbnails.cards
        item = cards[index].item if 0 <= index < len(cards) else None
        if item is None or item.picture is None:
            return
        with contextlib.suppress(ExplorerError, OSError):  # the picture stays still
            look = self._look_of(item.payload)
            if look:
                self._show(*look, _size(item.picture))

    def _show(self, field: FieldSettings, t: float, size: tuple[int, int]) -> None:
        track, device = self._context.track, self._context.device
        if self.grid is None:
            self.grid = FieldGrid([field], track, columns=1, loop=(t, LOOP_SECONDS), size=size, device=device)
            self.grid.add_class("explorer-moving")
            self.widget.children = (*self.widget.children, self.grid)
        else:
            self.grid.load([field], track=track, loop=(t, LOOP_SECONDS), size=size)
        self.listener.send({"generation": self.grid.generation})


def _size(picture: Path) -> tuple[int, int]:
    """The largest size that fits, in the shape of a picture."""
    with Image.open(picture) as image:
        scale = min(SIZE[0] / image.width, SIZE[1] / image.height)
        return round(scale * image.width), round(scale * image.height)
