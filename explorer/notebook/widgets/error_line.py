"""Where errors appear: one line in the panel, with the next step."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import ipywidgets as widgets

from explorer.errors import error_text


class Guard(Protocol):
    """Makes a widget's handler of an action: what it raises is told, and nothing is hidden."""

    def __call__(self, action: Callable[[], Any]) -> Callable[..., None]: ...


class ErrorLine:
    """ipywidgets hides what a callback raises; here it appears, and goes when something succeeds."""

    def __init__(self) -> None:
        self.widget = widgets.HTML()

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Show an error of this block."""
        try:
            yield
            if self.widget.value:
                self.widget.value = ""
        except Exception as error:
            self.show(error)

    def guarded(self, action: Callable[[], Any]) -> Callable[..., None]:
        """The action as a handler of clicks and changes."""

        def handler(*_: object) -> None:
            with self.telling():
                action()

        return handler

    def show(self, error: Exception) -> None:
        """Tell an error, from any thread."""
        self.widget.value = error_html(error_text(error))


def error_html(words: str) -> str:
    """What went wrong, as a line that nobody overlooks."""
    return f'<div class="explorer-error" role="alert">{html.escape(words)}</div>'
