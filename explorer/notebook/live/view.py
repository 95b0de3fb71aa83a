"""The kernel's half of the live view; the page's half is live.js.

The page asks for moments, with at most two questions out; a handler only leaves the newest one for the
worker, which may be on any thread. The worker draws and answers with JPEG bytes and with how many questions
that answers, so that the page knows how many it may ask again: nothing queues up, however slow the field.

    page -> kernel   {kind: "frame", t, id, moving}, {kind: "ready"}
    kernel -> page   {kind: "frame", seq, id, consumed, t, draft, width, height} + JPEG,
                     {kind: "failed", seq, id, consumed}
                     {kind: "outline", onsets} + int8 pairs, {kind: "sound", part, parts} + MP3,
                     {kind: "silent"}
"""

from __future__ import annotations

import contextlib
import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from explorer.audio import FeatureTrack, open_sound
from explorer.errors import ExplorerError, Stopped, error_text
from explorer.fields import FieldSettings
from explorer.formatting import clock_text
from explorer.notebook.live import sound
from explorer.notebook.live.preview_renderer import Painter
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.latest_worker import Latest, Stale
from explorer.notebook.widgets.show import Frame, jpeg
from explorer.rendering import parse_size
from explorer.rendering.frames import Size

PART = 1 << 20  # bytes of sound in a message


@dataclass(frozen=True)
class Question:
    """A moment that the page wants to see; `moving`: while it plays or is dragged."""

    t: float
    id: int = 0
    moving: bool = False
    number: int = 0  # how many questions there were, this one included


class LiveView(anywidget.AnyWidget):
    """Plays a sound and shows a field's frames in step with it, at up to `size`.

    `load` shows another field, `close` ends the threads. `t` is the moment in seconds: it follows the page
    and may be set. `error` tells what went wrong, `note` why there is no sound; both are shown in the page.
    """

    _esm = Path(__file__).with_name("live.js")
    _css = Path(__file__).with_name("live.css")

    name = traitlets.Unicode().tag(sync=True)
    duration = traitlets.Float().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    t = traitlets.Float(0.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        track: FeatureTrack,
        audio_path: str | Path,
        field: FieldSettings,
        *,
        size: Size = (640, 360),
        device: str = "auto",
    ) -> None:
        width, height = parse_size(size)
        super().__init__(name=track.name, duration=track.duration, width=width, height=height)
        self.track, self.audio_path = track, Path(audio_path)  # the track may be set: one with more columns
        self._field = field
        self._lock = threading.Lock()
        self._question = Question(0.0)  # the newest
        self._answered = self._answers = 0  # questions; messages
        self._sound = b""
        self._painter = Painter(track, (width, height), device)
        self._frames = Latest(self._draw, lambda _: None, name="explorer-live")
        self._sounds = Latest(self._deliver, self._silent, name="explorer-live-sound")
        self.on_msg(lambda _, message, buffers: self._hear(message))
        cells.answer_in_any_shell(self)

    @property
    def field(self) -> FieldSettings:
        """The field that is shown."""
        return self._field

    def load(self, field: FieldSettings) -> None:
        """Show another field, from the next frame on; at once when nothing moves."""
        with self._lock:
            self._field = field
            if not self._question.moving:
                self._frames.ask(self._question)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until every question is answered and the sound is sent; false when it took too long."""
        return self._frames.wait(timeout) and self._sounds.wait(timeout)

    def close(self) -> None:
        """End the threads and the widget. May be called twice."""
        self._frames.close()
        self._sounds.close()
        self._painter.close()
        super().close()

    def _hear(self, message: Any) -> None:
        """A message of the page, on any thread: leave a note and return. What is no question is ignored."""
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "ready":
            self._sounds.ask(None)
        elif kind == "frame":
            with contextlib.suppress(KeyError, TypeError, ValueError):
                self._listen(float(message["t"]), int(message["id"]), bool(message["moving"]))

    def _listen(self, t: float, id: int, moving: bool) -> None:
        if not math.isfinite(t):
            return
        with self._lock:
            t, number = min(max(t, 0.0), self.duration), self._question.number + 1
            self._question = Question(t, id, moving, number)
            self._frames.ask(self._question)

    def _draw(self, question: Question, stale: Stale) -> None:
        """The worker's answer. What moves is drawn to its end, or fast questions would never see a frame."""
        field, painter = self._field, self._painter
        painter.track = self.track
        try:
            if question.moving or painter.slow:
                frame, final = painter.quick(field, question.t)
                self._show(question, frame, draft=not final)
            if not question.moving:
                self._show(question, painter.full(field, question.t, stale), draft=False)
            if self.error:
                self.error = ""
        except Stopped:
            raise
        except Exception as error:
            self.error = error_text(error)
            self._answer(question, {"kind": "failed"}, [])

    def _show(self, question: Question, frame: Frame, draft: bool) -> None:
        height, width, _ = frame.shape
        facts = {"t": question.t, "draft": draft, "width": width, "height": height}
        self._answer(question, facts | {"kind": "frame"}, [jpeg(frame)])

    def _answer(self, question: Question, facts: dict[str, Any], pictures: list[bytes]) -> None:
        """Number an answer, and say how many questions it is for: this one and those dropped before it."""
        self._answers += 1
        consumed, self._answered = question.number - self._answered, question.number
        numbers = {"seq": self._answers, "id": question.id, "consumed": consumed}
        self.send(facts | numbers, pictures)

    def _deliver(self, _: None, stale: Stale) -> None:
        """Send outline, onsets and sound to a page that has just opened."""
        source = open_sound(self.audio_path)
        onsets = sound.onsets(self.track).tolist()
        self.send({"kind": "outline", "onsets": onsets}, [sound.outline(source, self.duration).tobytes()])
        if self.duration > sound.LONGEST:
            limit = clock_text(sound.LONGEST)
            raise ExplorerError(f"the sound is longer than {limit}, which is too much to send to a page")
        self._sound = self._sound or sound.compact(source, self.duration, stale)
        parts = range(0, len(self._sound), PART)
        for part, first in enumerate(parts):
            if stale():
                return
            facts = {"kind": "sound", "part": part, "parts": len(parts), "type": sound.KIND}
            self.send(facts, [self._sound[first : first + PART]])

    def _silent(self, error: Exception) -> None:
        """Let the page play without sound, and say why."""
        self.note = f"plays without sound: {error_text(error)}"
        self.send({"kind": "silent"})
