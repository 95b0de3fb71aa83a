"""Thumbnails with a few words, a page at a time; a click on one opens it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import ipywidgets as widgets
from PIL import Image

from explorer.notebook.widgets.boxes import small_button
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.markup import muted

THUMBNAIL_SIZE = (360, 240)  # pixels that a thumbnail fits into: sharp at the size it has on screen
GRAY = (58, 60, 66)


@dataclass(frozen=True)
class ThumbnailItem:
    """What a card shows: `tooltip` is the name of the picture's button, `payload` what a click is about."""

    name: str
    picture: Path | None
    tooltip: str
    html: str
    payload: Any = None


class ThumbnailCard:
    """One picture that is a button, and words; empty until an item is shown."""

    def __init__(self, on_open: Callable[[ThumbnailItem], Any], handler: HandlerFactory) -> None:
        self.item: ThumbnailItem | None = None
        self.picture = widgets.Image(layout={"width": "100%"})
        self.button = widgets.Button(tooltip="open")
        self.button.on_click(handler(self.with_item(on_open)))
        self.words = widgets.HTML()
        frame = widgets.VBox([self.picture, self.button])
        frame.add_class("explorer-thumb")
        self.widget = widgets.VBox([frame, *self.details(handler)], layout={"display": "none"})
        self.widget.add_class("explorer-item")

    def details(self, handler: HandlerFactory) -> list[widgets.Widget]:
        """The widgets below or beside the picture."""
        return [self.words]

    def with_item(self, action: Callable[[ThumbnailItem], Any]) -> Callable[[], None]:
        """The action on the item that the card shows at that time."""

        def act() -> None:
            if self.item:
                action(self.item)

        return act

    def show(self, item: ThumbnailItem | None) -> None:
        """Show an item, or nothing."""
        if item == self.item:
            return
        before, self.item = self.item, item
        self.widget.layout.display = "" if item else "none"
        if item:
            self.words.value = item.html
            self.button.tooltip = item.tooltip
            if before is None or before.picture != item.picture:
                self.picture.value = make_thumbnail(item.picture)


AnyCard = TypeVar("AnyCard", bound=ThumbnailCard)


class ThumbnailGrid(Generic[AnyCard]):
    """A page of cards, with buttons to the pages before and after."""

    def __init__(self, cards: Sequence[AnyCard], handler: HandlerFactory) -> None:
        self.cards, self.items = cards, list[ThumbnailItem]()
        self.page = 0
        self._lock = threading.RLock()  # items may come from a worker while the user turns the pages
        self._count = widgets.HTML()
        self.previous_button = small_button("\N{LEFTWARDS ARROW}", "previous page", width="34px")
        self.next_button = small_button("\N{RIGHTWARDS ARROW}", "next page", width="34px")
        self.previous_button.on_click(handler(lambda: self.turn_pages(-1)))
        self.next_button.on_click(handler(lambda: self.turn_pages(1)))
        row = [self.previous_button, self._count, self.next_button]
        self._page_row = widgets.HBox(row, layout={"display": "none"})
        self._page_row.add_class("explorer-pages")
        board = widgets.Box([card.widget for card in cards])
        board.add_class("explorer-board")
        self.widget = widgets.VBox([board, self._page_row])

    def show(self, items: Sequence[ThumbnailItem], page: int | None = None) -> None:
        """Show these at a page. Without one the first card stays, however many have come before it; on the
        first page the new ones appear.
        """
        with self._lock:
            first = self.items[self.page * len(self.cards)].name if self.page and self.items else ""
            self.items = list(items)
            places = {item.name: place for place, item in enumerate(items)}
            if page is None:
                page = places[first] // len(self.cards) if first in places else self.page
            self._show_page(page)

    def turn_pages(self, count: int) -> None:
        """Go forward by some pages, or back."""
        with self._lock:
            self._show_page(self.page + count)

    def _show_page(self, page: int) -> None:
        size = len(self.cards)
        last = max(0, (len(self.items) - 1) // size)
        self.page = min(max(page, 0), last)
        first = self.page * size
        visible = self.items[first : first + size]
        for place, card in enumerate(self.cards):
            card.show(visible[place] if place < len(visible) else None)
        self.previous_button.disabled, self.next_button.disabled = self.page == 0, self.page == last
        self._page_row.layout.display = "" if last else "none"
        self._count.value = muted(f"{first + 1} to {first + len(visible)} of {len(self.items)}")


def make_thumbnail(path: Path | None, size: tuple[int, int] = THUMBNAIL_SIZE) -> bytes:
    """A picture file as a small JPEG; a gray one where there is none to read."""
    small = Image.new("RGB", (160, 90), GRAY)
    if path is not None:
        try:
            with Image.open(path) as picture:
                picture.thumbnail(size)
                small = picture.convert("RGB")
        except (OSError, ValueError, SyntaxError):
            pass  # being written, or damaged: the words beside it say more
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
