"""Keys that are pressed while the focus is in a breeding: see key_listener.js."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget


class KeyListener(anywidget.AnyWidget):
    """Shows nothing; calls `on_key` with the name of each key, but not of what is typed into a field."""

    _esm = Path(__file__).with_name("key_listener.js")

    def __init__(self, on_key: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(lambda _, content, __: on_key(str(content.get("key", ""))[:20]))
