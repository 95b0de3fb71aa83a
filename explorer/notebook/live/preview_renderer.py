"""The frames of the live view: quick ones while it moves, the exact one when it stands still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from explorer.audio import FeatureTrack
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.live.adaptive_resolution import AdaptiveResolution
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.rendering import Device, Exposure, Renderer
from explorer.rendering.devices import Precision, standing_device
from explorer.rendering.flash_limiter import NO_LIMIT
from explorer.rendering.frames import FlashMode, Frame

FLASH_LOOKAHEAD_SECONDS = 4.0  # of the music that are searched for flashes before they are shown
PAGE_LOOKAHEADS = (0.0, 4.0, 8.0, 12.0)  # seconds: the page plays on while a cell keeps the kernel busy
POLL_SECONDS = 0.05
NOTICEABLE_SECONDS = 0.1  # a full frame that takes longer is preceded by a quick one


class PreviewRenderer:
    """Draws a field at preview size on one thread; keeps the renderers of the latest field."""

    def __init__(self, track: FeatureTrack, size: tuple[int, int], device: str) -> None:
        self.track, self.size = track, size
        self.flash_limit: FlashMode = "calm"  # may be set
        self.resolution = AdaptiveResolution(size)
        standing = standing_device(device)
        self._device = standing.request if isinstance(standing, Device) else standing
        self.on_limits: Callable[[Exposure], None] = lambda _: None  # more flash limits are computed
        self._lock = threading.Lock()
        self._field: tuple[FieldSettings, FlashMode] | None = None  # that the renderers draw
        self._exposed: tuple[FieldSettings, FeatureTrack, FlashMode] | None = None  # that the exposure is of
        self._exposure: Exposure | None = None
        self._flash_search = LatestWorker(self._search_flashes, lambda _: None, name="explorer-flashes")
        self._renderers: dict[tuple[tuple[int, int], Precision], Renderer] = {}

    @property
    def is_slow(self) -> bool:
        """Whether a full frame is expected to take noticeably long."""
        return not 0 < self.resolution.expected_seconds(self.size) <= NOTICEABLE_SECONDS

    def draft_frame(self, field: FieldSettings, t: float) -> tuple[Frame, bool]:
        """A frame of the size and precision that keep up with the music, and whether it equals the full one.

        The flash limit holds as far as it has been computed; the rest is computed on another thread, a little
        ahead of the music.
        """
        size = self.resolution.size
        renderer = self._renderer(field, size, "draft")
        exposure = self.exposure(field)
        start = time.perf_counter()
        frame = renderer.frame(t, limit=exposure.cached_at(t) if exposure else NO_LIMIT)
        self.resolution.record(size, time.perf_counter() - start)
        moments = (t, t + FLASH_LOOKAHEAD_SECONDS)
        if exposure and not all(exposure.is_cached(min(moment, self.track.duration)) for moment in moments):
            self._flash_search.submit((exposure, t, (0.0, FLASH_LOOKAHEAD_SECONDS)))
        full = self._renderer(field, self.size, "auto") if size == self.size else None
        return frame, full is not None and renderer.kernel == full.kernel

    def full_frames(self, field: FieldSettings, t: float, stale: StaleCheck) -> Iterator[Frame]:
        """The frame that an export would have at this size; before it, while flashes are searched, one that
        may flash. Raises Stopped when stale.
        """
        renderer = self._renderer(field, self.size, "auto")
        exposure = self.exposure(field)
        is_complete = exposure is None or exposure.is_cached(t)  # before the limit: it may come at any time
        before = exposure.cached_at(t) if exposure else NO_LIMIT
        yield renderer.frame(t, stale, before)
        if exposure and not is_complete:
            self._flash_search.submit((exposure, t, (0.0,)))
            while not self._flash_search.wait(POLL_SECONDS):
                if stale():
                    raise Stopped("there is a newer request")
            if (limit := exposure.cached_at(t)) != before:
                yield renderer.frame(t, stale, limit)

    def exposure(self, field: FieldSettings) -> Exposure | None:
        """What the flash limiter does with a field, from any thread; None where it is off."""
        with self._lock:
            if self._exposed != (field, self.track, self.flash_limit):
                self._exposed, self._exposure = (field, self.track, self.flash_limit), None
                if self.flash_limit != "off":
                    self._exposure = Exposure(field, self.track, self.size, threads=1, mode=self.flash_limit)
            return self._exposure

    def search_ahead(self, field: FieldSettings, t: float) -> None:
        """Compute flash limits for a page that plays; `on_limits` is called as they come."""
        exposure = self.exposure(field)
        if exposure and not exposure.is_cached(min(t + PAGE_LOOKAHEADS[-1], self.track.duration)):
            self._flash_search.submit((exposure, t, PAGE_LOOKAHEADS))

    def close(self) -> None:
        """End the threads."""
        self._exposure = None
        self._flash_search.close()
        self._close_renderers()

    def _close_renderers(self) -> None:
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _renderer(self, field: FieldSettings, size: tuple[int, int], precision: Precision) -> Renderer:
        if self._field != (field, self.flash_limit):
            self._close_renderers()
            self._field = field, self.flash_limit
        key = size, precision
        if key not in self._renderers:
            self._renderers[key] = Renderer(field, self.track, size, device=self._device, precision=precision)
        return self._renderers[key]

    def _search_flashes(self, request: tuple[Exposure, float, tuple[float, ...]], _: StaleCheck) -> None:
        """Compute the exposures at some seconds after a moment, for the frames that come.

        Newer moments wait, or a slow search would never end; another field does not.
        """
        exposure, t, lookaheads = request

        def progress(step: str, done: float, total: float) -> None:
            if exposure is not self._exposure:
                raise Stopped("there is another field")

        for ahead in lookaheads:
            exposure.at(t + ahead, progress)
            self.on_limits(exposure)
