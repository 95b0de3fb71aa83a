"""How the panel answers one request: a draft, the diagnosis, the full picture, a suggestion."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from explorer.audio import FeatureTrack
from explorer.audio.structure.beat_times import bar_position
from explorer.diagnostics import Diagnosis, Suggestion, diagnose
from explorer.diagnostics.suggestion import suggest
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.widgets.latest_worker import StaleCheck
from explorer.notebook.widgets.lru_cache import LRUCache
from explorer.progress import Progress
from explorer.rendering import Device, Exposure, Renderer
from explorer.rendering.flash_limiter import NO_LIMIT, FlashLimit, dim
from explorer.rendering.frames import FlashMode, Frame

DRAFT_DIVISOR = 4  # a draft has 1/4 of the width and height: 1/16 of the work
MIN_DRAFT_PIXELS = 16  # on a side
QUICK_SECONDS = 0.06  # a field whose last full frame took less is drawn in full at once
MAX_DRAFT_SECONDS = 0.25  # after which a small picture is drawn all the same
FRAME_CACHE_BYTES = 128_000_000  # 185 frames of 640 x 360
FIELD_CACHE_ENTRIES = 200
NEWER_REQUEST = "there is a newer request"


@dataclass(frozen=True)
class PreviewRequest:
    """A field at a moment, with the mode of the flash limit."""

    field: FieldSettings
    t: float
    flash_limit: FlashMode = "calm"
    position: str = ""  # in the music, as in `bar 17.3`


class PreviewDisplay(Protocol):
    """Where the results are shown; called on the worker's thread."""

    def show_draft(self, frame: Frame) -> None: ...
    def show_full(self, frame: Frame, request: PreviewRequest, seconds: float, limit: FlashLimit) -> None: ...
    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None: ...
    def show_suggestion(self, suggestion: Suggestion | None) -> None: ...


class PreviewPipeline:
    """Draws requests on a display, one after the other: `draw`, then `advise`, in a `LatestWorker`.

    The diagnosis comes before the full picture: it says what to expect while that is drawn. Recent frames
    and diagnoses are cached, so that going back is instant.
    """

    def __init__(
        self, track: FeatureTrack, size: tuple[int, int], device: str | Device, display: PreviewDisplay
    ) -> None:
        self.track, self.size, self.device, self.display = track, size, device, display
        self.frame_seconds = 0.0  # that the last full frame took
        self.hidden = False  # nothing is drawn then, but measured all the same
        self._renderers: dict[tuple[int, int], Renderer] = {}
        self._frames: LRUCache[tuple[PreviewRequest, float], Frame] = LRUCache(  # with its swing, undimmed
            FRAME_CACHE_BYTES, lambda frame: frame.nbytes
        )
        self._diagnoses: LRUCache[FieldSettings, Diagnosis] = LRUCache(FIELD_CACHE_ENTRIES)
        self._suggestions: LRUCache[FieldSettings, tuple[Suggestion | None]] = LRUCache(FIELD_CACHE_ENTRIES)
        self._exposures: LRUCache[tuple[FieldSettings, FlashMode], Exposure] = LRUCache(FIELD_CACHE_ENTRIES)
        self._measured_field: FieldSettings | None = None  # whose diagnosis is on screen
        self._quick = False

    def draw(self, request: PreviewRequest, stale: StaleCheck) -> None:
        """Show the request in growing quality; raises Stopped as soon as it is stale."""
        if self.hidden:
            self._measure(request.field, stale)
            return
        limit = self._cached_limit(request)
        frame = self._frames.get((request, limit.swing))
        if frame is None:
            frame = self._draft(request, limit)
            if stale():
                raise Stopped(NEWER_REQUEST)
            self._measure(request.field, stale)
            if frame is None:
                frame = self._draw_full(request, limit, stale)
        self._show(frame, request, limit)
        self._measure(request.field, stale)

    def advise(self, request: PreviewRequest, stale: StaleCheck) -> None:
        """When all else is done: calm or dim the picture if it flashes there, and show what to change.

        Both take many small pictures or quick diagnoses.
        """
        field = request.field
        self._limit_flashes(request, stale)
        cached, diagnosis = self._suggestions.get(field), self._diagnoses.get(field)
        if cached is None and diagnosis is not None:
            cached = (
                suggest(diagnosis, self._diagnose_with("screen", stale), self._diagnose_with("draft", stale)),
            )
            self._suggestions.put(field, cached)
        self.display.show_suggestion(cached[0] if cached else None)

    def outdate(self) -> None:
        """The display does not show what was requested: its numbers turn pale until others come."""
        self._measured_field = None
        self.display.show_diagnosis(None)

    def close(self) -> None:
        """End the drawing threads."""
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _show(self, frame: Frame, request: PreviewRequest, limit: FlashLimit) -> None:
        """Show a full frame, dimmed."""
        frame = frame.copy()
        dim(frame, limit.exposure)
        request = replace(request, position=bar_position(self.track, request.t))
        self.display.show_full(frame, request, self.frame_seconds, limit)

    def _limit_flashes(self, request: PreviewRequest, stale: StaleCheck) -> None:
        """Compute whether the flash limiter changes this moment, and show it then."""
        exposure = self._exposure(request)
        if exposure is None or self.hidden:
            return
        before = exposure.cached_at(request.t)
        limit = exposure.at(request.t, _stop_when(stale))
        if limit == before:
            return
        frame = self._frames.get((request, limit.swing))
        self._show(frame if frame is not None else self._draw_full(request, limit, stale), request, limit)

    def _cached_limit(self, request: PreviewRequest) -> FlashLimit:
        """What the flash limiter does at a moment, as far as it is known."""
        exposure = self._exposure(request)
        return exposure.cached_at(request.t) if exposure else NO_LIMIT

    def _exposure(self, request: PreviewRequest) -> Exposure | None:
        field, mode = request.field, request.flash_limit
        if mode == "off":
            return None
        exposure = self._exposures.get((field, mode))
        if exposure is None:
            exposure = Exposure(field, self.track, self.size, mode=mode)
            self._exposures.put((field, mode), exposure)
        return exposure

    def _draft(self, request: PreviewRequest, limit: FlashLimit) -> Frame | None:
        """Show something at once: the frame itself where that is quick, which is returned; else a small one.

        It is drawn to its end, stale or not: a hand is quicker, and would see nothing until it rests.
        """
        if self._quick:
            end = time.perf_counter() + MAX_DRAFT_SECONDS
            try:
                frame = self._draw_full(request, limit, lambda: time.perf_counter() > end)
                self.display.show_draft(frame)
                return frame
            except Stopped:  # this field is slower than the last one
                self._quick = False
        width, height = (max(MIN_DRAFT_PIXELS, side // DRAFT_DIVISOR) for side in self.size)
        self.display.show_draft(self._renderer(request.field, (width, height)).frame(request.t, limit=limit))
        return None

    def _draw_full(self, request: PreviewRequest, limit: FlashLimit, stale: StaleCheck) -> Frame:
        """The frame with its swing, not yet dimmed."""
        start = time.perf_counter()
        swing = FlashLimit(limit.swing)
        frame = self._renderer(request.field, self.size).frame(request.t, stale, swing)
        self.frame_seconds = time.perf_counter() - start
        self._quick = self.frame_seconds < QUICK_SECONDS
        self._frames.put((request, limit.swing), frame)
        return frame

    def _renderer(self, field: FieldSettings, size: tuple[int, int]) -> Renderer:
        """The renderer of a size, made again when the field changes."""
        renderer = self._renderers.get(size)
        if renderer and renderer.field == field:
            return renderer
        if renderer:
            renderer.close()
        self._renderers[size] = Renderer(field, self.track, size, device=self.device)
        return self._renderers[size]

    def _measure(self, field: FieldSettings, stale: StaleCheck) -> None:
        """Show the diagnosis, unless it is on screen: it belongs to the whole track, not to a moment."""
        if field == self._measured_field:
            return
        diagnosis = self._diagnoses.get(field)
        if diagnosis is None:
            self.outdate()
            diagnosis = self._diagnose_with("draft", stale)(field)
            self._diagnoses.put(field, diagnosis)
        self._measured_field = field
        self.display.show_diagnosis(diagnosis)

    def _diagnose_with(self, budget: str, stale: StaleCheck) -> Callable[[FieldSettings], Diagnosis]:
        """A function that diagnoses a field, and stops as soon as there is a newer request."""
        return lambda field: diagnose(field, self.track, budget=budget, progress=_stop_when(stale))


def _stop_when(stale: StaleCheck) -> Progress:
    """A progress callback that raises Stopped as soon as there is a newer request."""

    def progress(step: str, done: float, total: float) -> None:
        if stale():
            raise Stopped(NEWER_REQUEST)

    return progress
