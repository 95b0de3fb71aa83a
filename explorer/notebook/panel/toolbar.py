"""Under the picture: undo and redo, two looks to compare, and the picture as code."""

from __future__ import annotations

import threading
from collections.abc import Callable

import ipywidgets as widgets

from explorer.fields import FieldSettings
from explorer.notebook.panel.panel_context import Desk
from explorer.notebook.panel.undo_history import History, Pair
from explorer.notebook.widgets.as_code import CodeView
from explorer.notebook.widgets.latest_worker import Stale
from explorer.notebook.widgets.layout import push_button


class Toolbar:
    """Buttons and what they remember. `code` gives the code of what is shown."""

    def __init__(self, desk: Desk, code: Callable[[], str]) -> None:
        self._desk, self._code = desk, code
        self._history, self._pair = History(), Pair()
        self._lock = threading.RLock()  # between a step and its drawing nothing else may come to rest
        self.undo = push_button("Undo", "undo", "back to the settings before")
        self.redo = push_button("Redo", "repeat", "on to the settings that were undone")
        self.keep = push_button("Keep as A", "thumb-tack", "remember this look, to compare others with it")
        self.swap = push_button("Show A", "exchange", "go between the look A and the one you work on")
        self.copy = widgets.ToggleButton(
            description="Code", icon="code", tooltip="code that draws exactly this picture",
            layout={"width": "auto"},
        )  # fmt: skip
        self.code = CodeView()
        for button, action in ((self.undo, self._undo), (self.redo, self._redo), (self.keep, self._keep)):
            button.on_click(desk.guarded(action))
        self.swap.on_click(desk.guarded(self._swap))
        self.copy.observe(desk.guarded(self.refresh_code), "value")
        self.undo.disabled = self.redo.disabled = self.swap.disabled = True
        self.widget = widgets.HBox([self.undo, self.redo, self.keep, self.swap, self.copy])
        self.widget.add_class("explorer-tools")

    def settled(self, field: FieldSettings, stale: Stale) -> None:
        """These settings came to rest, unless something newer was asked for: a step to go back to."""
        with self._lock:
            if stale():
                return
            self._history.record(field)
            self._mark()
        self.refresh_code()

    def refresh_code(self) -> None:
        """Bring the code, where it is open, up to date."""
        if self.copy.value:
            self.code.show(self._code())
        else:
            self.code.hide()

    def _undo(self) -> None:
        with self._lock:
            self._go(self._history.undo())

    def _redo(self) -> None:
        with self._lock:
            self._go(self._history.redo())

    def _keep(self) -> None:
        self._pair.keep(self._desk.field)
        self._mark()

    def _swap(self) -> None:
        self._go(self._pair.swap(self._desk.field))

    def _go(self, field: FieldSettings | None) -> None:
        if field is not None:
            self._desk.load(field)
        self._mark()

    def _mark(self) -> None:
        """Only what can be done can be pressed; the button between two looks names the other one."""
        self.undo.disabled, self.redo.disabled = not self._history.can_undo, not self._history.can_redo
        self.swap.disabled = self._pair.kept is None
        self.swap.description = "Show B" if self._pair.shown == "A" else "Show A"
