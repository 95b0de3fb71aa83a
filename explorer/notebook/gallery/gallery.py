"""The gallery: earlier runs, to filter, open, star and compare."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from explorer.experiments import star
from explorer.notebook.gallery.comparison import RunComparison
from explorer.notebook.gallery.recipe_loader import RecipeLoader
from explorer.notebook.gallery.run_list import RunEntry, filter_runs, list_runs
from explorer.notebook.widgets.boxes import box, card, small_button
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.markup import badge, muted
from explorer.notebook.widgets.panel_context import PanelContext
from explorer.notebook.widgets.thumbnail_grid import ThumbnailCard, ThumbnailGrid, ThumbnailItem

CARDS_PER_PAGE = 6
NO_RUNS = "there are no runs yet: press Save look or Export video"


class RunCard(ThumbnailCard):
    """A run with a star and a button that compares it."""

    def __init__(
        self,
        on_open: Callable[[ThumbnailItem], Any],
        on_star: Callable[[ThumbnailItem], Any],
        on_compare: Callable[[ThumbnailItem], Any],
        handler: HandlerFactory,
    ) -> None:
        self._actions = on_star, on_compare
        self.star_button = small_button("\N{WHITE STAR}", "")
        self.compare_button = small_button("Compare", "choose two runs to see them side by side")
        super().__init__(on_open, handler)
        self.widget.add_class("explorer-run")

    def details(self, handler: HandlerFactory) -> list[widgets.Widget]:
        on_star, on_compare = self._actions
        self.star_button.on_click(handler(self.with_item(on_star)))
        self.compare_button.on_click(handler(self.with_item(on_compare)))
        buttons = box(widgets.HBox, "explorer-tools", self.star_button, self.compare_button)
        return [widgets.VBox([self.words, buttons])]

    def show(self, item: ThumbnailItem | None) -> None:
        super().show(item)
        if item:
            starred = item.payload.starred
            self.star_button.description = "\N{BLACK STAR}" if starred else "\N{WHITE STAR}"
            self.star_button.tooltip = "remove the star" if starred else "give it a star"


class Gallery:
    """Lists runs on a thread of its own: hundreds of them take a moment to read."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self._runs: list[RunEntry] = []
        self._worker = LatestWorker(self._list, context.fail, name="explorer-runs")
        self.loader = RecipeLoader(context)
        self.comparison = RunComparison(context.handler)
        self._first: RunEntry | None = None  # of two to compare
        self.filter = widgets.Text(
            placeholder="filter: alive, molten, starred, gain 4 ...", description="filter",
            tooltip="words that a run must have: name, sound, verdict, date, settings, starred",
            style={"description_width": "40px"}, layout={"width": "auto", "flex": "1 1 auto"},
        )  # fmt: skip
        self.filter.observe(context.handler(self._show), "value")
        self.refresh_button = small_button("Refresh", "look for runs again")
        self.refresh_button.on_click(context.handler(self.refresh))
        actions = (self.open, self.star, self.compare, context.handler)
        self.thumbnails = ThumbnailGrid([RunCard(*actions) for _ in range(CARDS_PER_PAGE)], context.handler)
        self.line = widgets.HTML()
        search = widgets.HBox([self.filter, self.refresh_button])
        runs = card("earlier runs", search, self.line, self.thumbnails.widget)
        self.widget = box(widgets.VBox, "explorer-form", self.loader.widget, runs)

    def refresh(self) -> None:
        """Look for runs; returns at once."""
        self._worker.submit(None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the list is up to date."""
        return self._worker.wait(timeout)

    def open(self, item: ThumbnailItem) -> None:
        """Load a run into the controls."""
        self.loader.load(item.payload.folder)

    def star(self, item: ThumbnailItem) -> None:
        """Give a run a star, or remove it."""
        star(item.payload.folder, not item.payload.starred)
        self.refresh()

    def compare(self, item: ThumbnailItem) -> None:
        """Choose the first of two runs, or the second: then both are shown."""
        first, self._first = self._first, item.payload
        if first is None or first.folder == item.payload.folder:
            self.line.value = muted(f"comparing {item.payload.name} with ... press Compare on another one")
            return
        self._first = None
        self.line.value = ""
        self.comparison.show(first, item.payload)

    def close(self) -> None:
        """End the thread."""
        self._worker.close()

    def _list(self, _: None, stale: StaleCheck) -> None:
        self._runs = list_runs(self._context.explorations)
        self._show()

    def _show(self) -> None:
        """Show the runs that match the filter."""
        runs = filter_runs(self._runs, self.filter.value)
        self.thumbnails.show([_make_item(run) for run in runs])
        reason = "no run has all of these words" if self._runs else NO_RUNS
        self.line.value = "" if runs else muted(reason)


def _make_item(run: RunEntry) -> ThumbnailItem:
    verdict = badge(run.verdict) if run.verdict else ""
    status = "" if run.status == "done" else f" <i>{html.escape(run.status)}</i>"
    look = f"<b>{html.escape(run.look)}</b> " if run.look else ""
    settings = look + html.escape(run.settings or "default settings")
    words = (
        f'<div class="explorer-words">{verdict}{status} <small>{run.date}</small><br>'
        f'<span title="{html.escape(run.name)}">{settings}</span></div>'
    )
    return ThumbnailItem(run.name, run.thumb, f"open {run.name}", words, run)
