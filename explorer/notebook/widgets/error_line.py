"""Where errors appear: one line in the panel, with the next step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import ipywidgets as widgets

from explorer.errors import error_text
from explorer.notebook.widgets.markup import error_html


class HandlerFactory(Protocol):
    """Makes a widget's handler of an action; what the action raises is shown."""

    def __call__(self, action: Callable[[], Any]) -> Callable[..., None]: ...


class ErrorLine:
    """ipywidgets hides what a callback raises; here it appears, and disappears when something succeeds."""

    def __init__(self) -> None:
        self.widget = widgets.HTML()

    @contextlib.contextmanager
    def catch(self) -> Iterator[None]:
        """Show an error of this block."""
        try:
            yield
            self.clear()
        except Exception as error:
            self.show(error)

    def handler(self, action: Callable[[], Any]) -> Callable[..., None]:
        """The action as a handler of clicks and changes."""

        def handle(*_: object) -> None:
            with self.catch():
                action()

        return handle

    def clear(self) -> None:
        """Show none."""
        if self.widget.value:
            self.widget.value = ""

    def show(self, error: Exception) -> None:
        """Show an error, from any thread."""
        self.widget.value = error_html(error_text(error))
