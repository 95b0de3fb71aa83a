"""Progress of long work: one callback, by default a silent one.

A callback that raises stops the work cleanly; `Stopped` is the error meant for that.
"""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Progress(Protocol):
    """Called often, from any thread: `step` names the work, `done` of `total` units are finished."""

    def __call__(self, step: str, done: float, total: float) -> None: ...


def silent(step: str, done: float, total: float) -> None:
    """The default: no report."""
