"""Progress of long work: one callback, by default a silent one.

A callback that raises stops the work cleanly; `Stopped` is the error meant for that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable


@runtime_checkable
class Progress(Protocol):
    """Called often, from any thread: `step` names the work, `done` of `total` units are finished."""

    def __call__(self, step: str, done: float, total: float) -> None: ...


def silent(step: str, done: float, total: float) -> None:
    """The default: no report."""


_compilation_observers: list[Callable[[], None]] = []


@contextmanager
def observing_compilation(observer: Callable[[], None]) -> Iterator[None]:
    """Call `observer` within the block whenever this process begins to compile a kernel, in any thread."""
    _compilation_observers.append(observer)
    try:
        yield
    finally:
        _compilation_observers.remove(observer)


def report_compilation() -> None:
    """Tell all observers that a kernel is compiled."""
    for observer in tuple(_compilation_observers):
        observer()
