"""What one request of the panel is answered with: a draft, the diagnosis, the picture, a suggestion."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from explorer.audio import FeatureTrack
from explorer.diagnostics import Diagnosis, Suggestion, diagnose
from explorer.diagnostics.suggestion import suggest
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.notebook.widgets.latest_worker import Stale
from explorer.notebook.widgets.lru_cache import Recent
from explorer.notebook.widgets.show import Frame
from explorer.progress import Progress
from explorer.rendering import Device, Exposure, Renderer
from explorer.rendering.exposure import dim

DRAFT = 4  # a draft has 1/4 of the width and height: 1/16 of the work
QUICK = 0.06  # seconds; a field whose last full frame took less is drawn in full at once
FRAMES = 128_000_000  # bytes of frames that are remembered: 185 of 640 x 360
DIAGNOSES = 200
NEWER = "something newer was asked for"


@dataclass(frozen=True)
class Request:
    """What the panel asks for: a field at a moment."""

    field: FieldSettings
    t: float


class Screen(Protocol):
    """Where a preview is shown; called on the worker's thread."""

    def show_draft(self, frame: Frame) -> None: ...
    def show_full(self, frame: Frame, request: Request, seconds: float, exposure: float) -> None: ...
    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None: ...
    def show_suggestion(self, suggestion: Suggestion | None) -> None: ...


class Preview:
    """Draws requests on a screen, one after the other; `draw`, then `advise` are the work of a `Latest`.

    The diagnosis comes before the final picture: it tells what to expect while that is drawn. What was
    drawn or measured lately is remembered, so that going back is instant.
    """

    def __init__(self, track: FeatureTrack, size: tuple[int, int], device: Device, screen: Screen) -> None:
        self.track, self.size, self.device, self.screen = track, size, device, screen
        self.drawn = 0  # full frames that were drawn
        self.pace = 0.0  # seconds that the last one took
        self.hidden = False  # nothing is drawn then, but measured all the same
        self._renderers: dict[tuple[int, int], Renderer] = {}
        self._frames: Recent[Request, Frame] = Recent(FRAMES, lambda frame: frame.nbytes)
        self._diagnoses: Recent[FieldSettings, Diagnosis] = Recent(DIAGNOSES)
        self._suggestions: Recent[FieldSettings, tuple[Suggestion | None]] = Recent(DIAGNOSES)
        self._exposures: Recent[FieldSettings, Exposure] = Recent(DIAGNOSES)
        self._measured: FieldSettings | None = None  # whose diagnosis is on the screen
        self._quick = False

    def draw(self, request: Request, stale: Stale) -> None:
        """Show the request in growing quality; raises Stopped as soon as it is stale."""
        if self.hidden:
            self._measure(request.field, stale)
            return
        known = self._frames.get(request)
        if known is None:
            known = self._draft(request)
            if stale():
                raise Stopped(NEWER)
            self._measure(request.field, stale)
            if known is None:
                known = self._full(request, stale)
        self._show(known, request)
        self._measure(request.field, stale)

    def advise(self, request: Request, stale: Stale) -> None:
        """When all else is done: dim the picture if it flashes there, and show what to change.

        Both take many small pictures or quick diagnoses.
        """
        field = request.field
        self._limit(request, stale)
        known, diagnosis = self._suggestions.get(field), self._diagnoses.get(field)
        if known is None and diagnosis is not None:
            known = (suggest(diagnosis, self._diagnosed("screen", stale), self._diagnosed("draft", stale)),)
            self._suggestions.put(field, known)
        self.screen.show_suggestion(known[0] if known else None)

    def _show(self, frame: Frame, request: Request) -> None:
        """Show a full frame, dimmed as far as is known."""
        exposure = self._exposure(request.field).known(request.t)
        shown = frame.copy()
        dim(shown, exposure)
        self.screen.show_full(shown, request, self.pace, exposure)

    def _limit(self, request: Request, stale: Stale) -> None:
        """Find out whether the flash limiter dims this moment, and show it then."""
        exposure, frame = self._exposure(request.field), self._frames.get(request)
        before = exposure.known(request.t)
        if exposure.at(request.t, _until(stale)) != before and frame is not None and not self.hidden:
            self._show(frame, request)

    def _exposure(self, field: FieldSettings) -> Exposure:
        known = self._exposures.get(field)
        if known is None:
            known = Exposure(field, self.track, self.size)
            self._exposures.put(field, known)
        return known

    def outdate(self) -> None:
        """What is on the screen is not what was asked for: its numbers turn pale until others come."""
        self._measured = None
        self.screen.show_diagnosis(None)

    def close(self) -> None:
        """End the drawing threads."""
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _draft(self, request: Request) -> Frame | None:
        """Show something at once: the frame itself where that is quick, given back then; else a small one.

        It is drawn to its end, stale or not: a hand is quicker, and would see nothing until it rests.
        """
        if self._quick:
            frame = self._full(request, lambda: False)
            self.screen.show_draft(frame)
            return frame
        small = max(16, self.size[0] // DRAFT), max(16, self.size[1] // DRAFT)
        self.screen.show_draft(self._renderer(request.field, small).frame(request.t))
        return None

    def _full(self, request: Request, stale: Stale) -> Frame:
        began = time.perf_counter()
        frame = self._renderer(request.field, self.size).frame(request.t, stale)
        self.pace = time.perf_counter() - began
        self._quick = self.pace < QUICK
        self.drawn += 1
        self._frames.put(request, frame)
        return frame

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
        found = self._diagnoses.get(field)
        if found is None:
            self.outdate()
            found = self._diagnosed("draft", stale)(field)
            self._diagnoses.put(field, found)
        self._measured = field
        self.screen.show_diagnosis(found)

    def _diagnosed(self, budget: str, stale: Stale) -> Callable[[FieldSettings], Diagnosis]:
        """A diagnosis that ends as soon as something newer was asked for."""
        return lambda field: diagnose(field, self.track, budget=budget, progress=_until(stale))


def _until(stale: Stale) -> Progress:
    """Progress that raises Stopped as soon as something newer was asked for."""

    def progress(step: str, done: float, total: float) -> None:
        if stale():
            raise Stopped(NEWER)

    return progress
