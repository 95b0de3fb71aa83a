"""The panel as its parts see it: the sound, the field and moment on screen, and how to show another field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.rendering.frames import FlashMode


class PanelContext(Protocol):
    """All of it may be used from any thread."""

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
    def start(self) -> FieldSettings: ...
    @property
    def t(self) -> float: ...
    @property
    def flash_limit(self) -> FlashMode: ...

    def load(
        self,
        field: FieldSettings,
        t: float | None = None,
        as_reset_point: bool = False,
        start: FieldSettings | None = None,
    ) -> None:
        """Show a field, at a moment if one is given.

        The Reset button returns to `start` then; with `as_reset_point`, to the field.
        """
        ...

    def handler(self, action: Callable[[], Any]) -> Callable[..., None]:
        """The action as a handler of a widget; its errors appear in the panel."""
        ...

    def fail(self, error: Exception) -> None:
        """Show an error that happened in the background."""
        ...
