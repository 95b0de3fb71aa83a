"""Pictures with a few words, a page at a time; a click on one does something with it."""

from __future__ import annotations

import html
import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import ipywidgets as widgets
from PIL import Image

from explorer.notebook.widgets.error_line import Guard

SHOWN = (360, 240)  # pixels that a thumbnail is made to fit into: sharp at the size it has on screen


@dataclass(frozen=True)
class Item:
    """What a card shows. `about` is what the picture's button is called; `words` is HTML."""

    name: str
    picture: Path | None
    about: str
    words: str
    thing: Any = None


class Card:
    """One picture that is a button, and words; empty until an item is shown."""

    def __init__(self, picked: Callable[[Item], Any], guarded: Guard) -> None:
        self.item: Item | None = None
        self.picture = widgets.Image(layout={"width": "100%"})
        self.button = widgets.Button(tooltip="open")
        self.button.on_click(guarded(self.with_item(picked)))
        self.words = widgets.HTML()
        frame = widgets.VBox([self.picture, self.button])
        frame.add_class("explorer-thumb")
        self.widget = widgets.VBox([frame, *self.below(guarded)], layout={"display": "none"})
        self.widget.add_class("explorer-item")

    def below(self, guarded: Guard) -> list[widgets.Widget]:
        """What stands beside the picture."""
        return [self.words]

    def with_item(self, action: Callable[[Item], Any]) -> Callable[[], None]:
        """The action on what the card shows at that time."""

        def act() -> None:
            if self.item:
                action(self.item)

        return act

    def show(self, item: Item | None) -> None:
        """Show an item, or nothing."""
        if item == self.item:
            return
        before, self.item = self.item, item
        self.widget.layout.display = "" if item else "none"
        if item:
            self.words.value = item.words
            self.button.tooltip = item.about
            if before is None or before.picture != item.picture:
                self.picture.value = thumbnail(item.picture)


AnyCard = TypeVar("AnyCard", bound=Card)


class Shelf(Generic[AnyCard]):
    """A page of cards, with buttons to the pages before and after."""

    def __init__(self, cards: Sequence[AnyCard], guarded: Guard) -> None:
        self.cards, self.items = cards, list[Item]()
        self.page = 0
        self._lock = threading.RLock()  # items may come from a worker while somebody turns the pages
        self._count = widgets.HTML()
        self.before = _arrow("\N{LEFTWARDS ARROW}", "previous page")
        self.after = _arrow("\N{RIGHTWARDS ARROW}", "next page")
        self.before.on_click(guarded(lambda: self.turn(-1)))
        self.after.on_click(guarded(lambda: self.turn(1)))
        self._pages = widgets.HBox([self.before, self._count, self.after], layout={"display": "none"})
        self._pages.add_class("explorer-pages")
        board = widgets.Box([card.widget for card in cards])
        board.add_class("explorer-board")
        self.widget = widgets.VBox([board, self._pages])

    def show(self, items: Sequence[Item]) -> None:
        """Show these; the page stays where it is, as long as there is one."""
        with self._lock:
            self.items = list(items)
            self.turn(0)

    def turn(self, pages: int) -> None:
        """Go some pages on, or back."""
        with self._lock:
            self._turn(pages)

    def _turn(self, pages: int) -> None:
        size = len(self.cards)
        last = max(0, (len(self.items) - 1) // size)
        self.page = min(max(self.page + pages, 0), last)
        first = self.page * size
        shown = self.items[first : first + size]
        for place, card in enumerate(self.cards):
            card.show(shown[place] if place < len(shown) else None)
        self.before.disabled, self.after.disabled = self.page == 0, self.page == last
        self._pages.layout.display = "" if last else "none"
        words = f"{first + 1} to {first + len(shown)} of {len(self.items)}"
        self._count.value = f'<span class="explorer-muted">{words}</span>'


def thumbnail(path: Path | None, size: tuple[int, int] = SHOWN) -> bytes:
    """A picture file as a small JPEG; a grey one where there is none to read."""
    small = Image.new("RGB", (160, 90), (58, 60, 66))
    if path is not None:
        try:
            with Image.open(path) as picture:
                picture.thumbnail(size)
                small = picture.convert("RGB")
        except (OSError, ValueError, SyntaxError):
            pass  # being written, or damaged: the words tell the rest
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def muted(words: str) -> str:
    """Plain words in a quiet colour."""
    return f'<span class="explorer-muted">{html.escape(words)}</span>'


def _arrow(sign: str, tooltip: str) -> widgets.Widget:
    button = widgets.Button(description=sign, tooltip=tooltip, layout={"width": "34px"})
    button.add_class("explorer-small")
    return button
