"""Up to 16 fields side by side, moving: the kernel's half; the page's half is explorer/frontend.

page -> kernel   {kind: "ready", draws, no_webgpu}, {kind: "frames", t, indexes}: small, of what
                 it cannot draw
kernel -> page   {kind: "field", id, index, parts, ...} + float32 bytes: see `field_sender`
                 {kind: "frame", id, index, t} + JPEG, {kind: "done"} after the last one
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError, Stopped, error_text
from explorer.fields import FieldSettings
from explorer.fields.base import check_field_and_track, track_for
from explorer.notebook.live.live_view import MODULE
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.show import encode_jpeg
from explorer.rendering import Renderer, parse_size
from explorer.rendering.frames import Size
from explorer.shaders.field_messages import field_message, with_moments

MAX_FIELDS = 16
UNBUILT_MODULE = Path(__file__).parents[2] / "frontend" / "unbuilt" / "grid.js"  # shows frames alone


@dataclass(frozen=True)
class FrameRequest:
    """A moment that the page shows, and the fields that it does not draw itself."""

    t: float
    indexes: frozenset[int]


class FieldGrid(anywidget.AnyWidget):
    """Fields in one canvas, each looping over the same seconds of a track, without its sound.

    `loop` is (start, seconds), `size` that of one picture. A click or the space bar selects: `selected` lists
    the indexes, in the order of the clicks, and may be set; `hovered` is the index under the pointer, or -1.
    `load` shows other fields. What the page cannot draw comes from the kernel, a few small frames a second.
    """

    _esm = MODULE if MODULE.is_file() else UNBUILT_MODULE
    _css = Path(__file__).with_name("field_grid.css")

    view = traitlets.Unicode("grid").tag(sync=True)  # which of the module's views this is
    count = traitlets.Int().tag(sync=True)
    columns = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    loop = traitlets.Tuple(traitlets.Float(), traitlets.Float()).tag(sync=True)
    selected = traitlets.List(traitlets.Int()).tag(sync=True)
    hovered = traitlets.Int(-1).tag(sync=True)
    _workers: tuple[LatestWorker[Any], ...] = ()

    def __init__(
        self,
        fields: Sequence[FieldSettings],
        track: FeatureTrack,
        *,
        columns: int = 4,
        loop: tuple[float, float] = (0.0, 4.0),
        size: Size = (240, 135),
        device: str = "auto",
    ) -> None:
        width, height = parse_size(size)
        _check(fields, track, columns, loop)
        loop = _within(track, loop)
        super().__init__(count=len(fields), columns=columns, width=width, height=height, loop=loop)
        self.track, self._device = track, device
        self._lock = threading.Lock()
        self._generation, self._fields = 1, tuple(fields)
        self._no_webgpu = ""  # why the page has none
        self._field_worker: LatestWorker[None] = LatestWorker(
            self._send_fields, lambda _: None, name="explorer-grid-fields"
        )
        self._frame_worker: LatestWorker[FrameRequest] = LatestWorker(
            self._send_frames, lambda _: None, name="explorer-grid-frames"
        )
        self._workers = self._field_worker, self._frame_worker
        self.on_msg(lambda _, message, buffers: self._receive(message))
        cells.reply_from_any_subshell(self)

    @property
    def fields(self) -> tuple[FieldSettings, ...]:
        """The fields on screen."""
        return self._fields

    @property
    def generation(self) -> int:
        """How many times fields were loaded."""
        return self._generation

    def load(
        self,
        fields: Sequence[FieldSettings],
        *,
        track: FeatureTrack | None = None,
        loop: tuple[float, float] | None = None,
        size: Size | None = None,
    ) -> None:
        """Show other fields; nothing is selected then. Another track, loop or size may come with them."""
        track = track or self.track
        _check(fields, track, self.columns, loop or self.loop)
        width, height = parse_size(size or (self.width, self.height))
        with self._lock:
            self._generation, self._fields, self.track = self._generation + 1, tuple(fields), track
        with self.hold_sync():
            self.selected, self.hovered, self.count = [], -1, len(fields)
            self.width, self.height = width, height
            self.loop = _within(track, loop or self.loop)
        self._field_worker.submit(None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything is sent; false when it took too long."""
        return all(worker.wait(timeout) for worker in self._workers)

    def close(self) -> None:
        """End the threads and the widget. May be called twice."""
        for worker in self._workers:
            worker.close()
        super().close()

    def _receive(self, message: Any) -> None:
        """A message of the page, on any thread. Malformed messages are ignored."""
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "ready" and message.get("draws"):
            self._no_webgpu = str(message.get("no_webgpu") or "")
            self._field_worker.submit(None)
        elif kind == "frames":
            with contextlib.suppress(KeyError, TypeError, ValueError):
                t, indexes = float(message["t"]), frozenset(map(int, message["indexes"]))
                if math.isfinite(t):
                    self._frame_worker.submit(FrameRequest(t, indexes))

    def _send_fields(self, _: None, stale: StaleCheck) -> None:
        start, seconds = self.loop
        number, fields = self._generation, self._fields
        for index, field in enumerate(fields):
            if stale():
                return
            try:
                track = track_for(field, self.track)
                message, data, table = field_message(
                    field, track, calm=False, no_webgpu=self._no_webgpu, stretch=(start, start + seconds)
                )
                if table:
                    message, data = with_moments(message, data, table)
            except Exception as error:  # of this field alone
                message, data = {"reason": error_text(error)}, b""
            self.send({"kind": "field", "id": number, "index": index, **message}, [data])

    def _send_frames(self, request: FrameRequest, stale: StaleCheck) -> None:
        number, fields = self._generation, self._fields
        for index, field in enumerate(fields):
            if stale():
                raise Stopped("there is a newer request")
            if index not in request.indexes:
                continue
            size = (self.width, self.height)
            with (
                contextlib.suppress(Exception),  # its reason is on the page
                Renderer(field, track_for(field, self.track), size, device=self._device) as renderer,
            ):
                frame = encode_jpeg(renderer.frame(request.t, stale))
                self.send({"kind": "frame", "id": number, "index": index, "t": request.t}, [frame])
        self.send({"kind": "done"})


def _within(track: FeatureTrack, loop: tuple[float, float]) -> tuple[float, float]:
    """The loop, earlier where it would go on after the end of the track."""
    return min(loop[0], max(0.0, track.duration - loop[1])), float(loop[1])


def _check(
    fields: Sequence[FieldSettings], track: FeatureTrack, columns: int, loop: tuple[float, float]
) -> None:
    """Raise SettingsError, with what to do, for a grid that cannot be shown."""
    if not 1 <= len(fields) <= MAX_FIELDS:
        raise SettingsError(f"fields: got {len(fields)}; a grid shows 1 to {MAX_FIELDS}")
    for field in fields:
        check_field_and_track(field, track)
    if columns < 1:
        raise SettingsError(f"columns: got {columns}; allowed: 1 or more")
    if not (loop[0] >= 0 and 0 < loop[1] <= 60):
        raise SettingsError(f"loop: got {loop}; give (start, seconds), as in (12, 4), at most 60 seconds")
