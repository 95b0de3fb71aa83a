"""What one request of the panel is answered with: a quick small frame, the full one, the diagnosis."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from explorer.audio import FeatureTrack
from explorer.diagnostics import Diagnosis, diagnose
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.latest import Stale
from explorer.notebook.show import Frame
from explorer.rendering import Device, Renderer

DRAFT = 4  # a draft has 1/4 of the width and height: 1/16 of the work
QUICK = 0.06  # seconds; a field whose full frame took less needs no draft


@dataclass(frozen=True)
class Request:
    """What the panel asks for: a field at a moment."""

    field: FieldSettings
    t: float


class Screen(Protocol):
    """Where a preview is shown; called on the worker's thread."""

    def show_draft(self, frame: Frame) -> None: ...
    def show_full(self, frame: Frame, request: Request, seconds: float) -> None: ...
    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None: ...


class Preview:
    """Draws requests on a screen, one after the other; `draw` is the work of a `Latest`."""

    def __init__(self, track: FeatureTrack, size: tuple[int, int], device: Device, screen: Screen) -> None:
        self.track, self.size, self.device, self.screen = track, size, device, screen
        self.drawn = 0  # full frames that were shown
        self._renderers: dict[tuple[int, int], Renderer] = {}
        self._measured: FieldSettings | None = None
        self._quick = False

    def draw(self, request: Request, stale: Stale) -> None:
        """Show the request in growing quality; raises Stopped as soon as it is stale."""
        if not self._quick:
            small = max(16, self.size[0] // DRAFT), max(16, self.size[1] // DRAFT)
            self.screen.show_draft(self._renderer(request.field, small).frame(request.t, stale))
        began = time.perf_counter()
        frame = self._renderer(request.field, self.size).frame(request.t, stale)
        seconds = time.perf_counter() - began
        self._quick = seconds < QUICK
        self.drawn += 1
        self.screen.show_full(frame, request, seconds)
        self._measure(request.field, stale)

    def close(self) -> None:
        """End the drawing threads."""
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _renderer(self, field: FieldSettings, size: tuple[int, int]) -> Renderer:
        """The renderer of a size, made anew when the field is another."""
        known = self._renderers.get(size)
        if known and known.field == field:
            return known
        if known:
            known.close()
        self._renderers[size] = Renderer(field, self.track, size, device=self.device)
        return self._renderers[size]

    def _measure(self, field: FieldSettings, stale: Stale) -> None:
        """The diagnosis, unless it is on the screen: it belongs to the whole track, not to a moment."""
        if field == self._measured:
            return

        def stop_when_stale(step: str, done: float, total: float) -> None:
            if stale():
                raise Stopped("something newer was asked for")

        self._measured = None
        self.screen.show_diagnosis(None)
        found = diagnose(field, self.track, budget="draft", progress=stop_when_stale)
        self._measured = field
        self.screen.show_diagnosis(found)
