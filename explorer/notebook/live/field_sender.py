"""What a page needs to draw the field itself: weights and formulas, the controls of the track, flash limits.

kernel -> page   {kind: "field", id, ...} + float32 bytes (`explorer.shaders.field_messages`)
                 {kind: "limits", id, count, first, rate, visible} + float32 bytes
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.audio import FeatureTrack
from explorer.errors import Stopped, error_text
from explorer.fields import FieldSettings
from explorer.notebook.live.preview_renderer import PreviewRenderer
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.rendering import Exposure
from explorer.rendering.flash_curve import SAMPLE_RATE
from explorer.rendering.flash_limiter import MAX_VISIBLE_FACTOR
from explorer.shaders.field_messages import field_message, with_moments
from explorer.shaders.track_field import MomentTable

Send = Callable[[dict[str, Any], list[bytes]], None]


@dataclass(frozen=True)
class NumberedField:
    """A field on a track, with the number that messages name it by."""

    number: int
    field: FieldSettings
    track: FeatureTrack


class FieldSender:
    """Sends fields and their flash limits on a thread of its own, once a page has asked for them."""

    def __init__(self, send: Send, renderer: PreviewRenderer) -> None:
        self._send, self._renderer = send, renderer
        self._is_open = False
        self._no_webgpu = ""
        self._page_table: MomentTable | None = None  # that the page has
        self._exposure: Exposure | None = None  # of the field that was sent last
        self._number = 0
        self._complete_rows = np.zeros(0, bool)  # of the limits that the page has
        self._worker: LatestWorker[NumberedField] = LatestWorker(
            self._send_field, lambda _: None, name="explorer-live-field"
        )
        renderer.on_limits = self._send_limits

    def open(self, field: NumberedField, no_webgpu: str = "") -> None:
        """A page has opened that draws: it has nothing yet. `no_webgpu` says why it has no WebGPU."""
        self._is_open, self._page_table, self._no_webgpu = True, None, no_webgpu
        self._worker.submit(field)

    def submit(self, field: NumberedField) -> None:
        """Send a field, if a page wants it."""
        if self._is_open:
            self._worker.submit(field)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything is sent; false when it took too long."""
        return self._worker.wait(timeout)

    def close(self) -> None:
        """End the thread."""
        self._worker.close()

    def _send_field(self, request: NumberedField, stale: StaleCheck) -> None:
        def check() -> None:
            if stale():
                raise Stopped("there is a newer field")

        try:
            is_calm = self._renderer.flash_limit == "calm"
            before = self._page_table
            message, data, table = field_message(
                request.field,
                request.track,
                calm=is_calm,
                no_webgpu=self._no_webgpu,
                previous=before,
                check=check,
            )
            if table and table is not before:
                message, data = with_moments(message, data, table)
        except Stopped:
            raise
        except Exception as error:
            message, data, table = {"reason": error_text(error)}, b"", None
        check()
        self._exposure, self._number = None, request.number
        if not message["reason"]:
            self._exposure = self._renderer.exposure(request.field)
        self._complete_rows = np.zeros(0, bool)
        self._send({"kind": "field", "id": request.number, **message}, [data])
        self._page_table = table or self._page_table
        if self._exposure:
            self._send_limits(self._exposure)

    def _send_limits(self, exposure: Exposure) -> None:
        """Send what the limiter has computed since the last time."""
        if exposure is not self._exposure or not self._number:
            return
        rows = exposure.limits()
        complete = ~np.isnan(rows).any(axis=1)
        if len(self._complete_rows) != len(complete):
            self._complete_rows = np.zeros(len(complete), bool)
        new = np.flatnonzero(complete & ~self._complete_rows)
        if not len(new):
            return
        self._complete_rows = complete
        first, last = int(new[0]), int(new[-1]) + 1
        message = {"kind": "limits", "id": self._number, "count": len(rows), "first": first}
        message |= {"rate": SAMPLE_RATE, "visible": MAX_VISIBLE_FACTOR}
        self._send(message, [rows[first:last].astype(np.float32).tobytes()])
