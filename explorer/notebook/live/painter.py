"""The frames of the live view: quick ones while it moves, the exact one at rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.notebook.live.pace import Pace
from explorer.notebook.show import Frame
from explorer.rendering import Device, Renderer, resolve

NOTICED = 0.1  # seconds; a full frame that takes longer is preceded by a quick one


class Painter:
    """Draws a field at preview size on one thread; keeps the renderers of the latest field."""

    def __init__(self, track: FeatureTrack, size: tuple[int, int], device: str) -> None:
        self.track, self.size = track, size
        self.pace = Pace(size)
        self._exact = resolve(device)
        self._quick = resolve(self._exact.device.type, "draft")
        self._field: FieldSettings | None = None
        self._renderers: dict[tuple[tuple[int, int], Device], Renderer] = {}

    @property
    def slow(self) -> bool:
        """Whether one would wait for a full frame, as far as is known."""
        return not 0 < self.pace.expected(self.size) <= NOTICED

    def quick(self, field: FieldSettings, t: float) -> tuple[Frame, bool]:
        """A frame of the size and precision that keep up with the music, and whether it is the full one."""
        size = self.pace.size
        renderer = self._renderer(field, size, self._quick)
        began = time.perf_counter()
        frame = renderer.frame(t)
        self.pace.took(size, time.perf_counter() - began)
        exact = self._renderer(field, self.size, self._exact) if size == self.size else None
        return frame, exact is not None and renderer.kernel == exact.kernel

    def full(self, field: FieldSettings, t: float, stale: Callable[[], bool]) -> Frame:
        """The frame that an export would have at this size; raises Stopped when stale."""
        return self._renderer(field, self.size, self._exact).frame(t, stale)

    def close(self) -> None:
        """End the drawing threads."""
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _renderer(self, field: FieldSettings, size: tuple[int, int], device: Device) -> Renderer:
        if field != self._field:
            self.close()
            self._field = field
        key = size, device
        if key not in self._renderers:
            self._renderers[key] = Renderer(field, self.track, size, device=device)
        return self._renderers[key]
