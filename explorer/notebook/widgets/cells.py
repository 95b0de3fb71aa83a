"""Which panel belongs to which cell, and which shell of the kernel handles its messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import ipywidgets as widgets
from IPython import get_ipython


class Closable(Protocol):
    def close(self) -> None: ...


@runtime_checkable
class ShowsFields(Protocol):
    def update_classes(self) -> None: ...


_HOOK = "_explorer_updates_classes"  # the attribute of a shell that calls `update_classes` after each cell
_open_panels: dict[str, Closable] = {}  # by cell: the one thing here that outlives a run of a cell


def prepare() -> None:
    """Before a view is made: close what an earlier run of its cell opened, and let no message be lost.

    A re-run would leave the threads of the earlier run behind.
    """
    previous = _open_panels.pop(_cell_id(), None)
    if previous:
        previous.close()
    _queue_all_messages()


def _queue_all_messages() -> None:
    """Let the kernel keep all messages that Jupyter's server has not read yet.

    A panel sends more than a thousand at once. Of those that wait, ZeroMQ drops all beyond the first 1000:
    the panel does not appear, or its cell never ends. Kernels other than ipykernel have no such thread.
    """
    thread = getattr(getattr(get_ipython(), "kernel", None), "iopub_thread", None)
    if thread is not None:
        thread.schedule(lambda: setattr(thread.socket, "sndhwm", 0))  # in the thread that owns the socket


def register(panel: Closable) -> None:
    """Keep a panel until its cell runs again."""
    _open_panels[_cell_id()] = panel
    shell = get_ipython()
    if shell is not None and not getattr(shell, _HOOK, False):
        shell.events.register("post_run_cell", update_classes)
        setattr(shell, _HOOK, True)


def update_classes(*_: object) -> None:
    """Tell the open panels that a cell has run, which may have defined classes of fields."""
    for panel in list(_open_panels.values()):
        if isinstance(panel, ShowsFields):
            panel.update_classes()


def unregister(panel: Closable) -> None:
    """Let go of a closed panel."""
    for cell in [cell for cell, other in _open_panels.items() if other is panel]:
        del _open_panels[cell]


def _cell_id() -> str:
    """The identifier of the running cell; empty where the front end sends none (one panel lives there)."""
    kernel = getattr(get_ipython(), "kernel", None)
    parent: dict[str, Any] = kernel.get_parent() if kernel else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


def widget_tree(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget and all its descendants."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widget_tree(child)


def close_tree(widget: widgets.Widget) -> None:
    """Close a widget and all its descendants."""
    for part in list(widget_tree(widget)):
        part.close()


def reply_from_any_subshell(root: widgets.Widget) -> None:
    """Let messages to these widgets be handled while a cell runs.

    ipykernel 7 sends a widget's messages to the shell that last sent on its channel: the main one, which
    is busy while a cell runs, until the user touches the widget (and again after a cell sets one of its
    values). Here every channel answers which shell replies: the one that the front end chose. The hook is
    private, so a kernel without it keeps its own way.
    """
    for widget in widget_tree(root):
        if hasattr(widget.comm, "_reply_subshell_for"):
            widget.comm._reply_subshell_for = lambda data, default: default
