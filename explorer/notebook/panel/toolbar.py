"""The buttons under the picture: undo and redo, an A/B comparison, and the picture as code."""

from __future__ import annotations

import threading
from collections.abc import Callable

import ipywidgets as widgets

from explorer.fields import FieldSettings
from explorer.notebook.panel.undo_history import ABSwitch, Look, UndoHistory
from explorer.notebook.widgets.boxes import box, push_button
from explorer.notebook.widgets.code_view import CodeView
from explorer.notebook.widgets.latest_worker import StaleCheck
from explorer.notebook.widgets.panel_context import PanelContext


class Toolbar:
    """Buttons and the looks that they remember. `code` gives the code of the picture on screen."""

    def __init__(self, context: PanelContext, code: Callable[[], str]) -> None:
        self._context, self._code = context, code
        self._history, self._ab_switch = UndoHistory[Look](), ABSwitch[Look]()
        self._lock = threading.RLock()  # nothing else may be recorded between a step and its drawing
        self.undo_button = push_button("Undo", "undo", "back to the settings before")
        self.redo_button = push_button("Redo", "repeat", "forward to the settings that were undone")
        self.store_button = push_button(
            "Keep as A", "thumb-tack", "store this look, to compare others with it"
        )
        self.swap_button = push_button("Show A", "exchange", "switch between look A and the one you work on")
        self.code_button = widgets.ToggleButton(
            description="Code", icon="code", tooltip="code that draws exactly this picture",
            layout={"width": "auto"},
        )  # fmt: skip
        self.code_view = CodeView()
        for button, action in (
            (self.undo_button, self._undo), (self.redo_button, self._redo),
            (self.store_button, self._store), (self.swap_button, self._swap),
        ):  # fmt: skip
            button.on_click(context.handler(action))
        self.code_button.observe(context.handler(self.refresh_code), "value")
        self._update_buttons()
        buttons = (self.undo_button, self.redo_button, self.store_button, self.swap_button, self.code_button)
        self.widget = box(widgets.HBox, "explorer-tools", *buttons)

    def record(self, field: FieldSettings, stale: StaleCheck) -> None:
        """Add a step to undo: settings whose picture is drawn, unless there is a newer request."""
        with self._lock:
            if stale():
                return
            self._history.record(Look(field, self._context.start))
            self._update_buttons()
        self.refresh_code()

    def refresh_code(self) -> None:
        """Update the code, where it is open."""
        if self.code_button.value:
            self.code_view.show(self._code())
        else:
            self.code_view.hide()

    def _undo(self) -> None:
        with self._lock:
            self._load(self._history.undo())

    def _redo(self) -> None:
        with self._lock:
            self._load(self._history.redo())

    def _store(self) -> None:
        self._ab_switch.store(self._look())
        self._update_buttons()

    def _swap(self) -> None:
        self._load(self._ab_switch.swap(self._look()))

    def _look(self) -> Look:
        return Look(self._context.field, self._context.start)

    def _load(self, look: Look | None) -> None:
        if look is not None:
            self._context.load(look.field, start=look.start)
        self._update_buttons()

    def _update_buttons(self) -> None:
        """Only what can be done can be pressed; the button between two looks names the other one."""
        self.undo_button.disabled = not self._history.can_undo
        self.redo_button.disabled = not self._history.can_redo
        self.swap_button.disabled = self._ab_switch.stored is None
        self.swap_button.description = "Show B" if self._ab_switch.current == "A" else "Show A"
