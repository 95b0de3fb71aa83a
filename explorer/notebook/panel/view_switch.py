"""Switches between the still picture and the live view, which plays with the sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from explorer.fields import FieldSettings
from explorer.notebook.widgets.panel_context import PanelContext


class ViewSwitch:
    """The still picture and its time slider, or in their place the live view, made when it is needed.

    `on_switch` is called with the moment after the view has changed: while it is live nothing else is drawn.
    """

    def __init__(
        self,
        context: PanelContext,
        still_widgets: Sequence[widgets.Widget],
        on_switch: Callable[[float], None],
        size: tuple[int, int],
    ) -> None:
        self._context, self._on_switch, self._size = context, on_switch, size
        self.live_view: Any = None  # a LiveView while it is on screen
        self.button = widgets.ToggleButton(
            description="Live", icon="play", tooltip="play the sound and let the picture move with it",
            layout={"width": "auto"},
        )  # fmt: skip
        self.button.observe(context.handler(self._toggle), "value")
        self._still_widgets = tuple(still_widgets)
        self.widget = widgets.VBox(self._still_widgets)
        self.widget.add_class("explorer-stage")

    @property
    def is_live(self) -> bool:
        """Whether the live view is on screen."""
        return self.live_view is not None

    def load(self, field: FieldSettings) -> None:
        """Let the live view, if it is on screen, draw another field, or from a track with more columns."""
        view, track, flash_limit = self.live_view, self._context.track, self._context.flash_limit
        if view and (view.field != field or view.track is not track or view.flash_limit != flash_limit):
            view.track, view.flash_limit = track, flash_limit
            view.load(field)

    def close(self) -> None:
        """End the live view."""
        view, self.live_view = self.live_view, None
        if view:
            view.close()

    def _toggle(self) -> None:
        if self.button.value == self.is_live:
            return
        t = self._context.t
        if self.button.value:
            self.live_view = self._make_live_view(t)
            self.widget.children = (self.live_view,)
        else:
            self.widget.children = self._still_widgets
            self.close()
        self._on_switch(t)

    def _make_live_view(self, t: float) -> Any:
        from explorer.notebook.live import LiveView  # only who presses Live waits for it

        context = self._context
        return LiveView(
            context.track,
            context.audio,
            context.field,
            size=self._size,
            device=context.device,
            flash_limit=context.flash_limit,
            autoplay=True,  # Live was pressed to play
            t=t,
        )
