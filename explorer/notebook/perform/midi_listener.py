"""MIDI controllers of the computer that the browser runs on: see explorer/frontend/unbuilt/midi.js."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

MODULE = Path(__file__).parents[2] / "frontend" / "unbuilt" / "midi.js"  # the live page has it, too
MAX_NAME, MAX_STATUS = 60, 400  # characters of what a page sends


class MidiListener(anywidget.AnyWidget):
    """Shows nothing; while it is on a page, `on_move` gets a controller's name and its share of its range.

    `on_status` is called with what to show: the devices, or why there are none.
    """

    _esm = MODULE

    def __init__(
        self, on_move: Callable[[str, float], None], on_status: Callable[[str], None], **options: Any
    ) -> None:
        super().__init__(**options)
        self._on_move, self._on_status = on_move, on_status
        self.on_msg(lambda _, content, __: self._receive(content))

    def _receive(self, message: Any) -> None:
        """A message of the page, on any thread. Malformed messages are ignored."""
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "status":
            self._on_status(str(message.get("words"))[:MAX_STATUS])
        elif kind == "moves" and isinstance(message.get("moves"), list):
            for move in message["moves"]:
                if isinstance(move, list) and len(move) == 2 and isinstance(move[1], int | float):
                    share = float(move[1])
                    if math.isfinite(share):
                        self._on_move(str(move[0])[:MAX_NAME], min(max(share, 0.0), 1.0))
