"""What the parts of the panel know of it: the sound, what is shown, how to show something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings


class Desk(Protocol):
    """The panel as its parts see it. All of it may be used from any thread."""

    @property
    def audio(self) -> Path: ...
    @property
    def track(self) -> FeatureTrack: ...
    @property
    def explorations(self) -> str | Path | None: ...
    @property
    def device(self) -> str: ...
    @property
    def field(self) -> FieldSettings: ...
    @property
    def t(self) -> float: ...

    def load(self, field: FieldSettings, t: float | None = None, anew: bool = False) -> None:
        """Show a field, at a moment if one is given; `anew`: it is what Reset goes back to."""
        ...

    def guarded(self, action: Callable[[], Any]) -> Callable[..., None]:
        """A handler of the action; its errors appear in the panel."""
        ...

    def fail(self, error: Exception) -> None:
        """Tell an error that happened in the background."""
        ...
