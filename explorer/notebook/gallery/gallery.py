"""The gallery: earlier runs, to filter, open, star and compare."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from explorer.experiments import load_recipe, star
from explorer.notebook.gallery.comparison import RunComparison
from explorer.notebook.gallery.recipe_loader import RecipeLoader
from explorer.notebook.gallery.run_list import RunEntry, filter_runs, fold_sweeps, list_runs, points_of
from explorer.notebook.live.moving_thumbnails import FieldAtMoment, MovingThumbnails
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
            is_sweep = item.payload.kind == "sweep"
            self.star_button.layout.display = self.compare_button.layout.display = "none" if is_sweep else ""


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
            placeholder="molten, starred, 640x360 ...", description="filter",
            tooltip="words that a run must have: look, kind (render, sweep, julia), sound, size, verdict, "
            "date, settings, starred",
            style={"description_width": "40px"}, layout={"width": "auto", "flex": "1 1 auto"},
        )  # fmt: skip
        self.filter.observe(context.handler(self._show), "value")
        self.refresh_button = small_button("Refresh", "look for runs again")
        self.refresh_button.on_click(context.handler(self.refresh))
        self._sweep = ""  # whose points are on screen, by name
        self._pages: dict[tuple[str, str], int] = {}  # where one was, by sweep and filter
        self._view = ("", "")  # the sweep and filter on screen
        self.back_button = small_button("\N{LEFTWARDS ARROW} All runs", "back to all runs", display="none")
        self.back_button.on_click(context.handler(lambda: self.open_sweep("")))
        actions = (self.open, self.star, self.compare, context.handler)
        self.thumbnails = ThumbnailGrid([RunCard(*actions) for _ in range(CARDS_PER_PAGE)], context.handler)
        self.line = widgets.HTML()
        search = widgets.HBox([self.filter, self.refresh_button])
        head = box(widgets.HBox, "explorer-tools", self.back_button, self.line)
        self.moving = MovingThumbnails(self.thumbnails, context, _look_of)
        runs = card("earlier runs", search, head, self.moving.widget)
        self.widget = box(widgets.VBox, "explorer-form", self.loader.widget, runs)

    def refresh(self) -> None:
        """Look for runs; returns at once."""
        self._worker.submit(None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the list is up to date."""
        return self._worker.wait(timeout)

    def open(self, item: ThumbnailItem) -> None:
        """Load a run into the controls, or show the points of a sweep."""
        if item.payload.kind == "sweep":
            self.open_sweep(item.payload.name)
        else:
            self.loader.load(item.payload.folder)

    def open_sweep(self, name: str) -> None:
        """Show the points of a sweep; with no name all runs again, at the page where one was."""
        self._sweep = name
        self._show()

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
        """End the threads."""
        self._worker.close()
        self.moving.close()

    def _list(self, _: None, stale: StaleCheck) -> None:
        self._runs = list_runs(self._context.explorations)
        self._show()

    def _show(self) -> None:
        """Show the runs that match the filter, or the points of a sweep that do."""
        runs = filter_runs(self._runs, self.filter.value)
        runs = points_of(self._sweep, runs) if self._sweep else fold_sweeps(runs)
        view, before = (self._sweep, self.filter.value), self._view
        self._pages[before], self._view = self.thumbnails.page, view
        page = None if view == before else self._pages.get(view, 0)
        self.thumbnails.show([_make_item(run) for run in runs], page)
        self.back_button.layout.display = "" if self._sweep else "none"
        reason = "no run has all of these words" if self._runs else NO_RUNS
        self.line.value = muted(self._sweep if runs else reason)


def _look_of(run: RunEntry) -> FieldAtMoment | None:
    """What a run drew, and the moment of its picture, about; None for a sweep."""
    if run.kind == "sweep":
        return None
    recipe = load_recipe(run.folder)
    return recipe.field, recipe.frames.start


def _make_item(run: RunEntry) -> ThumbnailItem:
    is_sweep = run.kind == "sweep"
    verdict = badge("sweep" if is_sweep else run.verdict) if is_sweep or run.verdict else ""
    status = "" if run.status == "done" else f" <i>{html.escape(run.status)}</i>"
    look = f"<b>{html.escape(run.look)}</b> " if run.look else ""
    settings = f"{run.varied or 'points'}: {run.verdict}" if is_sweep else run.varied or run.changes
    if not run.look and not settings:
        settings = "default settings"
    words = (
        f'<div class="explorer-words">{verdict}{status} <small>{run.date} {html.escape(run.size)}</small><br>'
        f'<span title="{html.escape(run.name)}">{look}{html.escape(settings)}</span></div>'
    )
    tooltip = f"show the points of {run.name}" if is_sweep else f"open {run.name}"
    return ThumbnailItem(run.name, run.thumb, tooltip, words, run)
