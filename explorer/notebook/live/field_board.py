"""Fields that move over thumbnails of a page: the kernel's half of frontend/src/notebook/board.ts.

page -> kernel   {kind: "ready", draws, no_webgpu}, {kind: "answer", id, index, draws}
kernel -> page   {kind: "field", id, index, parts, ...} + float32 bytes, as for a `FieldGrid`
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.notebook.live.field_grid import FieldGrid
from explorer.notebook.live.live_view import MODULE
from explorer.notebook.widgets.latest_worker import StaleCheck
from explorer.rendering.frames import Size


class FieldBoard(FieldGrid):
    """Shows nothing itself; the n-th field moves over the n-th thumbnail of the panel that it is in.

    `on_answer` is called with the index of a field and whether the page draws it. Without a page that draws
    nothing is sent, and `page_draws` is false.
    """

    view = traitlets.Unicode("board").tag(sync=True)

    def __init__(
        self,
        fields: Sequence[FieldSettings],
        track: FeatureTrack,
        *,
        loop: tuple[float, float],
        size: Size,
        on_answer: Callable[[int, bool], Any],
    ) -> None:
        self._on_answer, self.page_draws = on_answer, False
        super().__init__(fields, track, loop=loop, size=size)

    @classmethod
    def is_available(cls) -> bool:
        """Whether the module that draws was built."""
        return MODULE.is_file()

    def _receive(self, message: Any) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "ready":
            self.page_draws = bool(message.get("draws"))
        if kind != "answer":
            super()._receive(message)
            return
        with contextlib.suppress(KeyError, TypeError, ValueError):
            number, index, draws = int(message["id"]), int(message["index"]), bool(message["draws"])
            if number == self.generation and 0 <= index < self.count:
                self._on_answer(index, draws)

    def _send_fields(self, _: None, stale: StaleCheck) -> None:
        if self.page_draws:
            super()._send_fields(_, stale)
