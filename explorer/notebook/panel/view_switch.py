"""Where the picture stands: still, or live with the sound while Play is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from explorer.fields import FieldSettings
from explorer.notebook.panel.panel_context import Desk
from explorer.notebook.widgets import cells


class Stage:
    """The still picture and its time slider, or the live view, made when it is needed, in their place.

    `turned` is called with the moment after the view was changed: while it is live nothing else is drawn.
    """

    def __init__(
        self,
        desk: Desk,
        still: list[widgets.Widget],
        turned: Callable[[float], None],
        size: tuple[int, int],
    ) -> None:
        self._desk, self._turned, self._size = desk, turned, size
        self.view: Any = None  # a LiveView while it is shown
        self.button = widgets.ToggleButton(
            description="Live", icon="play", tooltip="play the sound and let the picture move with it",
            layout={"width": "auto"},
        )  # fmt: skip
        self.button.observe(desk.guarded(self._toggle), "value")
        self._still = tuple(still)
        self.widget = widgets.VBox(still)
        self.widget.add_class("explorer-stage")

    @property
    def live(self) -> bool:
        """Whether the live view is shown."""
        return self.view is not None

    def load(self, field: FieldSettings) -> None:
        """Let the live view, if it is shown, draw another field, or from a track that has more columns."""
        track = self._desk.track
        if self.view and (self.view.field != field or self.view.track is not track):
            self.view.track = track
            self.view.load(field)

    def close(self) -> None:
        """End the live view."""
        view, self.view = self.view, None
        if view:
            view.close()

    def _toggle(self) -> None:
        if self.button.value == self.live:
            return
        t = self._desk.t
        if self.button.value:
            from explorer.notebook.live import LiveView

            desk = self._desk
            self.view = LiveView(desk.track, desk.audio, desk.field, size=self._size, device=desk.device)
            self.view.t = t
            cells.answer_in_any_shell(self.view)
            self.widget.children = (self.view,)
        else:
            self.widget.children = self._still
            self.close()
        self._turned(t)
