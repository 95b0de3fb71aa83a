"""A clock that runs with the points that a field draws: it has the same time in every copy of the field."""

import threading

_lock = threading.Lock()
_seconds = 0.0


def seconds():
    """The time."""
    return _seconds


def add(more):
    """So many seconds have passed."""
    global _seconds
    with _lock:
        _seconds += more
