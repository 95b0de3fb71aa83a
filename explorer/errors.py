"""The errors that explorer raises, in words for the person who must act on them.

Every message says what was given, what is allowed and what to do next, in one line.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from types import FrameType

PACKAGE = str(Path(__file__).parent / "_")[:-1]  # what the names of explorer's files begin with


class ExplorerError(Exception):
    """Root of all errors that explorer raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: one line without a traceback (IPython calls this method)."""
        return [f"{type(self).__name__}: {self}"]


class SettingsError(ExplorerError, ValueError):
    """A setting, name or flag that cannot be used."""


class SoundError(ExplorerError):
    """A sound file that cannot be read or contains no sound."""


class OutputError(ExplorerError):
    """A result that could not be written."""


class ReadError(ExplorerError, ValueError):
    """A file or text that cannot be read: `source` names it, `reason` says why."""

    def __init__(self, source: object, reason: str) -> None:
        super().__init__(source, reason)
        self.source, self.reason = str(source), reason

    def __str__(self) -> str:
        return f"cannot read {self.source}: {self.reason}"

    @property
    def missing(self) -> bool:
        """Whether there is no such file."""
        return isinstance(self.__cause__, FileNotFoundError)


class DeviceError(ExplorerError):
    """The chosen device cannot do the work."""


class DeviceLost(DeviceError):  # noqa: N818  a term
    """A GPU that does not answer any more, or refuses a program."""


class GpuMemoryError(DeviceError):
    """A frame does not fit into the memory of a GPU as a whole."""


class Stopped(ExplorerError):  # noqa: N818  nothing went wrong
    """The work was stopped on request; nothing half-written is left."""


def error_text(error: Exception) -> str:
    """An error in one line: our own as they are, others with their class."""
    return str(error) if isinstance(error, ExplorerError) else f"{type(error).__name__}: {error}"


class ExplorerWarning(UserWarning):
    """Something was changed or repaired, and the work continues."""


def warn(text: str) -> None:
    """Issue an ExplorerWarning at the line that called into explorer, however deep the reason lies."""
    frame: FrameType | None = sys._getframe()
    place = frame
    while frame is not None:
        if frame.f_code.co_filename.startswith(PACKAGE):
            place = frame.f_back or frame
        frame = frame.f_back
    assert place is not None
    registry = place.f_globals.setdefault("__warningregistry__", {})
    module = place.f_globals.get("__name__")
    warnings.warn_explicit(text, ExplorerWarning, place.f_code.co_filename, place.f_lineno, module, registry)
