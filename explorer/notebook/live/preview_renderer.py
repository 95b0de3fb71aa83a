"""The frames of the live view: quick ones while it moves, the exact one when it stands still."""

from __future__ import annotations

import time
from collections.abc import Iterator

from explorer.audio import FeatureTrack
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.live.adaptive_resolution import AdaptiveResolution
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.rendering import Device, Exposure, Renderer, resolve
from explorer.rendering.flash_limiter import NO_LIMIT
from explorer.rendering.frames import FlashMode, Frame

FLASH_LOOKAHEAD_SECONDS = 4.0  # of the music that are searched for flashes before they are shown
POLL_SECONDS = 0.05
NOTICEABLE_SECONDS = 0.1  # a full frame that takes longer is preceded by a quick one


class PreviewRenderer:
    """Draws a field at preview size on one thread; keeps the renderers of the latest field."""

    def __init__(self, track: FeatureTrack, size: tuple[int, int], device: str) -> None:
        self.track, self.size = track, size
        self.flash_limit: FlashMode = "calm"  # may be set
        self.resolution = AdaptiveResolution(size)
        self._full_device = resolve(device)
        self._draft_device = resolve(self._full_device.request, "draft")
        self._field: tuple[FieldSettings, FlashMode] | None = None
        self._exposure: Exposure | None = None
        self._flash_search = LatestWorker(self._search_flashes, lambda _: None, name="explorer-flashes")
        self._renderers: dict[tuple[tuple[int, int], Device], Renderer] = {}

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
        renderer = self._renderer(field, size, self._draft_device)
        exposure = self._exposure
        start = time.perf_counter()
        frame = renderer.frame(t, limit=exposure.cached_at(t) if exposure else NO_LIMIT)
        self.resolution.record(size, time.perf_counter() - start)
        moments = (t, t + FLASH_LOOKAHEAD_SECONDS)
        if exposure and not all(exposure.is_cached(min(moment, self.track.duration)) for moment in moments):
            self._flash_search.submit((exposure, t))
        full = self._renderer(field, self.size, self._full_device) if size == self.size else None
        return frame, full is not None and renderer.kernel == full.kernel

    def full_frames(self, field: FieldSettings, t: float, stale: StaleCheck) -> Iterator[Frame]:
        """The frame that an export would have at this size; before it, while flashes are searched, one that
        may flash. Raises Stopped when stale.
        """
        renderer = self._renderer(field, self.size, self._full_device)
        exposure = self._exposure
        before = exposure.cached_at(t) if exposure else NO_LIMIT
        yield renderer.frame(t, stale, before)
        if exposure and not exposure.is_cached(t):
            self._flash_search.submit((exposure, t))
            while not self._flash_search.wait(POLL_SECONDS):
                if stale():
                    raise Stopped("there is a newer request")
            if (limit := exposure.cached_at(t)) != before:
                yield renderer.frame(t, stale, limit)

    def close(self) -> None:
        """End the threads."""
        self._exposure = None
        self._flash_search.close()
        self._close_renderers()

    def _close_renderers(self) -> None:
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _renderer(self, field: FieldSettings, size: tuple[int, int], device: Device) -> Renderer:
        if self._field != (field, self.flash_limit):
            self._close_renderers()
            self._field, self._exposure = (field, self.flash_limit), None
            if self.flash_limit != "off":
                self._exposure = Exposure(field, self.track, self.size, threads=1, mode=self.flash_limit)
        key = size, device
        if key not in self._renderers:
            self._renderers[key] = Renderer(field, self.track, size, device=device)
        return self._renderers[key]

    def _search_flashes(self, request: tuple[Exposure, float], _: StaleCheck) -> None:
        """Compute the exposures around a moment and a little after it, for the frames that come.

        Newer moments wait, or a slow search would never end; another field does not.
        """
        exposure, t = request

        def progress(step: str, done: float, total: float) -> None:
            if exposure is not self._exposure:
                raise Stopped("there is another field")

        exposure.at(t, progress)
        exposure.at(t + FLASH_LOOKAHEAD_SECONDS, progress)
