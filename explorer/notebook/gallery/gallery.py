"""The gallery: what was kept earlier, found, opened, starred and compared."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from explorer.experiments import star
from explorer.notebook.gallery.comparison import RunComparison
from explorer.notebook.gallery.recipe_loader import RecipeLoader
from explorer.notebook.gallery.run_list import RunEntry, list_runs, filter_runs
from explorer.notebook.panel.diagnosis_html import badge
from explorer.notebook.widgets.panel_context import PanelContext
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.layout import card
from explorer.notebook.widgets.thumbnail_grid import ThumbnailCard, ThumbnailItem, ThumbnailGrid, muted

PAGE = 6
EMPTY = "nothing is kept yet: press Save look or Export MP4"


class RunCard(ThumbnailCard):
    """A run with a star and a button that compares it."""

    def __init__(
        self,
        picked: Callable[[ThumbnailItem], Any],
        starred: Callable[[ThumbnailItem], Any],
        compared: Callable[[ThumbnailItem], Any],
        handler: HandlerFactory,
    ) -> None:
        self._actions = starred, compared
        self.star = _small("\N{WHITE STAR}")
        self.compare = _small("Compare")
        self.compare.tooltip = "choose two runs to see them side by side"
        super().__init__(picked, handler)
        self.widget.add_class("explorer-run")

    def below(self, handler: HandlerFactory) -> list[widgets.Widget]:
        starred, compared = self._actions
        self.star.on_click(handler(self.with_item(starred)))
        self.compare.on_click(handler(self.with_item(compared)))
        tools = widgets.HBox([self.star, self.compare])
        tools.add_class("explorer-tools")
        return [widgets.VBox([self.words, tools])]

    def show(self, item: ThumbnailItem | None) -> None:
        super().show(item)
        if item:
            on = item.payload.starred
            self.star.description = "\N{BLACK STAR}" if on else "\N{WHITE STAR}"
            self.star.tooltip = "take the star away" if on else "give it a star"


class Gallery:
    """Lists on a thread of its own: hundreds of runs take a moment to read."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self._kept: list[RunEntry] = []
        self._latest = LatestWorker(self._list, context.fail, name="explorer-runs")
        self.loader = RecipeLoader(context)
        self.comparison = RunComparison(context.handler)
        self._first: RunEntry | None = None  # of two that are to be compared
        self.filter = widgets.Text(
            placeholder="filter: alive, molten, starred, gain 4 ...", description="filter",
            tooltip="words that a run must have: name, sound, verdict, date, settings, starred",
            style={"description_width": "40px"}, layout={"width": "auto", "flex": "1 1 auto"},
        )  # fmt: skip
        self.filter.observe(context.handler(self._show), "value")
        self.again = _small("Refresh")
        self.again.tooltip = "look again for runs"
        self.again.on_click(context.handler(self.refresh))
        make = (self.open, self.star, self.compare, context.handler)
        self.shelf = ThumbnailGrid([RunCard(*make) for _ in range(PAGE)], context.handler)
        self.line = widgets.HTML()
        find = widgets.HBox([self.filter, self.again])
        runs = card("earlier runs", find, self.line, self.shelf.widget)
        self.widget = widgets.VBox([self.loader.widget, runs])
        self.widget.add_class("explorer-form")

    def refresh(self) -> None:
        """Look for runs; returns at once."""
        self._latest.submit(None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the list is up to date."""
        return self._latest.wait(timeout)

    def open(self, item: ThumbnailItem) -> None:
        """Load a run into the controls."""
        self.loader.load(item.payload.folder)

    def star(self, item: ThumbnailItem) -> None:
        """Give a run a star, or take it away."""
        star(item.payload.folder, not item.payload.starred)
        self.refresh()

    def compare(self, item: ThumbnailItem) -> None:
        """The first of two runs, or the second: then both are shown."""
        first, self._first = self._first, item.payload
        if first is None or first.folder == item.payload.folder:
            self.line.value = muted(f"comparing {item.payload.name} with ... press Compare on another one")
            return
        self._first = None
        self.line.value = ""
        self.comparison.show(first, item.payload)

    def close(self) -> None:
        """End the thread."""
        self._latest.close()

    def _list(self, _: None, stale: StaleCheck) -> None:
        self._kept = list_runs(self._context.explorations)
        self._show()

    def _show(self) -> None:
        """The runs that match the filter."""
        found = filter_runs(self._kept, self.filter.value)
        self.shelf.show([_item(run) for run in found])
        none = "no run has all of these words" if self._kept else EMPTY
        self.line.value = "" if found else muted(none)


def _item(run: RunEntry) -> ThumbnailItem:
    verdict = badge(run.verdict) if run.verdict else ""
    state = "" if run.status == "done" else f" <i>{html.escape(run.status)}</i>"
    look = f"<b>{html.escape(run.look)}</b> " if run.look else ""
    settings = look + html.escape(run.settings or "default settings")
    words = (
        f'<div class="explorer-words">{verdict}{state} <small>{run.date}</small><br>'
        f'<span title="{html.escape(run.name)}">{settings}</span></div>'
    )
    return ThumbnailItem(run.name, run.thumb, f"open {run.name}", words, run)


def _small(name: str) -> widgets.Widget:
    button = widgets.Button(description=name, layout={"width": "auto"})
    button.add_class("explorer-small")
    return button
