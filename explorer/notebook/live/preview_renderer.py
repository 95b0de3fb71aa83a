"""The frames of the live view: quick ones while it moves, the exact one at rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.notebook.live.adaptive_resolution import Pace
from explorer.notebook.widgets.latest_worker import Latest, Stale
from explorer.notebook.widgets.show import Frame
from explorer.rendering import Device, Exposure, Renderer, resolve
from explorer.rendering.exposure import dim

AHEAD = 4.0  # seconds of the music that are searched for flashes before they are shown
NOTICED = 0.1  # seconds; a full frame that takes longer is preceded by a quick one


class Painter:
    """Draws a field at preview size on one thread; keeps the renderers of the latest field."""

    def __init__(self, track: FeatureTrack, size: tuple[int, int], device: str) -> None:
        self.track, self.size = track, size
        self.pace = Pace(size)
        self._exact = resolve(device)
        self._quick = resolve(self._exact.torch_device.type, "draft")
        self._field: FieldSettings | None = None
        self._exposure: Exposure | None = None
        self._ahead = Latest(_look_ahead, lambda _: None, name="explorer-flashes")
        self._renderers: dict[tuple[tuple[int, int], Device], Renderer] = {}

    @property
    def slow(self) -> bool:
        """Whether one would wait for a full frame, as far as is known."""
        return not 0 < self.pace.expected(self.size) <= NOTICED

    def quick(self, field: FieldSettings, t: float) -> tuple[Frame, bool]:
        """A frame of the size and precision that keep up with the music, and whether it is the full one.

        It is dimmed as far as is known; what is not is found out beside the music, a little ahead of it.
        """
        size = self.pace.size
        renderer = self._renderer(field, size, self._quick)
        began = time.perf_counter()
        frame = renderer.frame(t)
        self.pace.took(size, time.perf_counter() - began)
        assert self._exposure is not None
        dim(frame, self._exposure.known(t))
        if any(not self._exposure.is_known(min(t + ahead, self.track.duration)) for ahead in (0.0, AHEAD)):
            self._ahead.ask((self._exposure, t))
        exact = self._renderer(field, self.size, self._exact) if size == self.size else None
        return frame, exact is not None and renderer.kernel == exact.kernel

    def full(self, field: FieldSettings, t: float, stale: Callable[[], bool]) -> Frame:
        """The frame that an export would have at this size; raises Stopped when stale."""
        frame = self._renderer(field, self.size, self._exact).frame(t, stale)
        assert self._exposure is not None
        dim(frame, self._exposure.at(t))
        return frame

    def close(self) -> None:
        """End the threads."""
        self._ahead.close()
        self._forget()

    def _forget(self) -> None:
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _renderer(self, field: FieldSettings, size: tuple[int, int], device: Device) -> Renderer:
        if field != self._field:
            self._forget()
            self._field, self._exposure = field, Exposure(field, self.track, self.size, threads=1)
        key = size, device
        if key not in self._renderers:
            self._renderers[key] = Renderer(field, self.track, size, device=device)
        return self._renderers[key]


def _look_ahead(asked: tuple[Exposure, float], stale: Stale) -> None:
    """Find the exposures around a moment and a little after it, for the frames that come."""
    exposure, t = asked
    for ahead in (0.0, AHEAD):
        exposure.at(t + ahead)
