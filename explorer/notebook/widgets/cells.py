"""Which panel belongs to which cell, and who answers its messages: the sides of a kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import ipywidgets as widgets
from IPython import get_ipython


class Closable(Protocol):
    def close(self) -> None: ...


_open: dict[str, Closable] = {}  # by cell: the one thing here that outlives a run of a cell


def close_previous() -> None:
    """Close what an earlier run of this cell opened, or a re-run would leave its threads behind."""
    previous = _open.pop(_cell(), None)
    if previous:
        previous.close()


def remember(panel: Closable) -> None:
    """Hold a panel until its cell runs again."""
    _open[_cell()] = panel


def forget(panel: Closable) -> None:
    """Let go of a closed panel."""
    for cell in [cell for cell, known in _open.items() if known is panel]:
        del _open[cell]


def _cell() -> str:
    """The identifier of the running cell; empty where the front end sends none (one panel lives there)."""
    kernel = getattr(get_ipython(), "kernel", None)
    parent: dict[str, Any] = kernel.get_parent() if kernel else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


def tree(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from tree(child)


def answer_in_any_shell(root: widgets.Widget) -> None:
    """Let messages to these widgets be handled while a cell runs.

    ipykernel 7 sends a widget's messages to the shell that last sent on its channel: the main one, which
    is busy while a cell runs, until someone touches the widget (and again after a cell sets one of its
    values). Asked which shell answers, every channel says here: the one the front end chose. The hook is
    private, so a kernel without it keeps its own way.
    """
    for widget in tree(root):
        if hasattr(widget.comm, "_reply_subshell_for"):
            widget.comm._reply_subshell_for = lambda data, default: default
