"""The kernel's half of the live view; the page's half is explorer/frontend.

The page draws what moves, with what `FieldSender` sends, and requests the exact frame when it rests. A page
that cannot draw requests all frames, with at most two requests out; a handler only submits the newest one to
the worker, and may run on any thread. The worker draws and answers with JPEG bytes and with how many requests
that answers, so that the page knows how many it may send again: nothing queues up, however slow the field.

    page -> kernel   {kind: "frame", t, id, moving, draft}, {kind: "ready", draws, no_webgpu},
                     {kind: "moving"}: the page draws, what was requested is late
    kernel -> page   {kind: "frame", seq, id, consumed, t, draft, width, height, field} + JPEG,
                     {kind: "failed", seq, id, consumed}
                     {kind: "outline", onsets} + int8 pairs, {kind: "sound", part, parts} + MP3,
                     {kind: "silent"}
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from explorer.audio import FeatureTrack, open_sound
from explorer.audio.structure.beat_times import musical_grid
from explorer.errors import ExplorerError, Stopped, error_text
from explorer.fields import FieldSettings
from explorer.formatting import clock_text
from explorer.notebook.live import sound
from explorer.notebook.live.field_sender import FieldSender, NumberedField
from explorer.notebook.live.preview_renderer import PreviewRenderer
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.show import encode_jpeg
from explorer.rendering import parse_size
from explorer.rendering.frames import Frame, Size, parse_flash_limit

MESSAGE_BYTES = 1 << 20  # of sound in one message
REST_SECONDS = 0.15  # that a setting rests before the exact frame replaces what the page draws
POLL_SECONDS = 0.02
MODULE = Path(__file__).parents[1] / "module" / "live_view.js"  # built when explorer is installed
UNBUILT_MODULE = Path(__file__).parents[2] / "frontend" / "unbuilt" / "player.js"  # shows frames alone


@dataclass(frozen=True)
class FrameRequest:
    """A moment that the page wants to see; `moving`: while it plays or is dragged."""

    t: float
    id: int = 0
    moving: bool = False
    draft: bool = True  # a quick frame may come before the exact one
    page_draws: bool = False  # nothing is to be drawn
    pause: float = 0.0  # seconds without a newer request before it is drawn
    number: int = 0  # how many requests there were, this one included


class LiveView(anywidget.AnyWidget):
    """Plays a sound and shows a field's frames in step with it, at up to `size`.

    `load` shows another field, `close` ends the threads. `t` is the moment in seconds: it follows the page
    and may be set. `error` says what went wrong, `note` why there is no sound; the page shows both. With
    `autoplay` it plays as soon as the sound is there. `bars` and `beats` are where they begin, in seconds,
    once they were measured (`analyze(path, extras=("bars",))`): the page shows them, and its loop snaps to
    bars.
    """

    _esm = MODULE if MODULE.is_file() else UNBUILT_MODULE
    _css = Path(__file__).with_name("live.css")

    name = traitlets.Unicode().tag(sync=True)
    duration = traitlets.Float().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    t = traitlets.Float(0.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    autoplay = traitlets.Bool(False).tag(sync=True)
    bars = traitlets.List(traitlets.Float()).tag(sync=True)
    beats = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(
        self,
        track: FeatureTrack,
        audio_path: str | Path,
        field: FieldSettings,
        *,
        size: Size = (640, 360),
        device: str = "auto",
        flash_limit: bool | str = "calm",
        autoplay: bool = False,
        t: float = 0.0,
    ) -> None:
        width, height = parse_size(size)
        super().__init__(
            name=track.name, duration=track.duration, width=width, height=height, autoplay=autoplay, t=t
        )
        self.track, self.audio_path = track, Path(audio_path)  # the track may be set: one with more columns
        self.flash_limit = parse_flash_limit(flash_limit)  # may be set
        self._field = field
        self._lock = threading.Lock()
        self._newest = FrameRequest(0.0)
        self._answered = self._answers = 0  # requests; messages
        self._mp3 = b""
        self._field_number = 1  # of the field; counts `load`
        self._renderer = PreviewRenderer(track, (width, height), device)
        self._renderer.flash_limit = self.flash_limit
        self._field_sender = FieldSender(lambda *message: self.send(*message), self._renderer)
        self._frame_worker = LatestWorker(self._draw, lambda _: None, name="explorer-live")
        self._sound_worker = LatestWorker(self._send_sound, self._play_silently, name="explorer-live-sound")
        self._find_bars()
        self.on_msg(lambda _, message, buffers: self._receive(message))
        self.observe(lambda _: self._search_ahead(), "t")
        cells.reply_from_any_subshell(self)

    @property
    def field(self) -> FieldSettings:
        """The field on screen."""
        return self._field

    def load(self, field: FieldSettings) -> None:
        """Show another field, from the next frame on; at once when nothing moves."""
        with self._lock:
            self._field = field
            self._field_number += 1
            if not self._newest.moving:
                pause = 0.0 if self._newest.draft else REST_SECONDS
                self._frame_worker.submit(replace(self._newest, pause=pause))
        self._find_bars()
        self._update_page()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until every request is answered and the sound is sent; false when it took too long."""
        parts = (self._field_sender, self._frame_worker, self._sound_worker)
        return all(part.wait(timeout) for part in parts)

    def close(self) -> None:
        """End the threads and the widget. May be called twice."""
        self._field_sender.close()
        self._frame_worker.close()
        self._sound_worker.close()
        self._renderer.close()
        super().close()

    def _find_bars(self) -> None:
        """Bars and beats for the page: those of the track, else those that were measured before."""
        self.bars, self.beats = (times.round(4).tolist() for times in musical_grid(self.track))

    def _receive(self, message: Any) -> None:
        """A message of the page, on any thread: submit work and return. Malformed messages are ignored."""
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "ready":
            self._sound_worker.submit(None)
            if message.get("draws"):
                self._field_sender.open(self._numbered_field(), str(message.get("no_webgpu") or ""))
        elif kind == "moving":
            with self._lock:
                self._newest = replace(self._newest, moving=True, page_draws=True)
                self._frame_worker.submit(self._newest)
        elif kind == "frame":
            with contextlib.suppress(KeyError, TypeError, ValueError):
                moving, draft = bool(message["moving"]), bool(message.get("draft", True))
                self._request_frame(FrameRequest(float(message["t"]), int(message["id"]), moving, draft))

    def _request_frame(self, request: FrameRequest) -> None:
        if not math.isfinite(request.t):
            return
        with self._lock:
            t, number = min(max(request.t, 0.0), self.duration), self._newest.number + 1
            self._newest = replace(request, t=t, number=number)
            self._frame_worker.submit(self._newest)

    def _numbered_field(self) -> NumberedField:
        with self._lock:
            self._renderer.track, self._renderer.flash_limit = self.track, self.flash_limit
            return NumberedField(self._field_number, self._field, self.track)

    def _update_page(self) -> None:
        self._field_sender.submit(self._numbered_field())

    def _search_ahead(self) -> None:
        """Look for flashes in what the page is about to draw."""
        if self._newest.page_draws:
            self._renderer.search_ahead(self._numbered_field().field, self.t)

    def _draw(self, request: FrameRequest, stale: StaleCheck) -> None:
        """The worker's answer. What moves is drawn to its end, or fast requests would never see a frame."""
        end = time.monotonic() + request.pause
        while time.monotonic() < end and not stale():
            time.sleep(POLL_SECONDS)
        if request.page_draws or (request.pause and stale()):
            return
        current, renderer = self._numbered_field(), self._renderer
        try:
            if request.moving or (request.draft and renderer.is_slow):
                frame, final = renderer.draft_frame(current.field, request.t)
                self._send_frame(request, frame, current.number, draft=not final)
            if not request.moving:
                for frame in renderer.full_frames(current.field, request.t, stale):
                    self._send_frame(request, frame, current.number, draft=False)
            if self.error:
                self.error = ""
        except Stopped:
            raise
        except Exception as error:
            self.error = error_text(error)
            self._answer(request, {"kind": "failed"}, [])

    def _send_frame(self, request: FrameRequest, frame: Frame, field_number: int, draft: bool) -> None:
        height, width, _ = frame.shape
        message = {"kind": "frame", "t": request.t, "draft": draft, "field": field_number}
        self._answer(request, message | {"width": width, "height": height}, [encode_jpeg(frame)])

    def _answer(self, request: FrameRequest, message: dict[str, Any], buffers: list[bytes]) -> None:
        """Number an answer, and say how many requests it is for: this one and those dropped before it."""
        self._answers += 1
        consumed, self._answered = request.number - self._answered, request.number
        self.send(message | {"seq": self._answers, "id": request.id, "consumed": consumed}, buffers)

    def _send_sound(self, _: None, stale: StaleCheck) -> None:
        """Send outline, onsets and sound to a page that has just opened."""
        source = open_sound(self.audio_path)
        onsets = sound.onsets(self.track).tolist()
        self.send({"kind": "outline", "onsets": onsets}, [sound.outline(source, self.duration).tobytes()])
        if self.duration > sound.MAX_SECONDS:
            limit = clock_text(sound.MAX_SECONDS)
            raise ExplorerError(f"the sound is longer than {limit}, which is too much to send to a page")
        self._mp3 = self._mp3 or sound.encode_mp3(source, self.duration, stale)
        parts = range(0, len(self._mp3), MESSAGE_BYTES)
        for part, first in enumerate(parts):
            if stale():
                return
            message = {"kind": "sound", "part": part, "parts": len(parts), "type": sound.MIME_TYPE}
            self.send(message, [self._mp3[first : first + MESSAGE_BYTES]])

    def _play_silently(self, error: Exception) -> None:
        """Let the page play without sound, and say why."""
        self.note = f"plays without sound: {error_text(error)}"
        self.send({"kind": "silent"})
