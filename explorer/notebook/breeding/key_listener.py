"""Keys that are pressed while the focus is in a view of the class explorer-keys: see key_listener.js."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets


class KeyListener(anywidget.AnyWidget):
    """Shows nothing; calls `on_key` with the name of each of `key_names`, but not while text is typed."""

    _esm = Path(__file__).with_name("key_listener.js")

    key_names = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, on_key: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(lambda _, content, __: on_key(str(content.get("key", ""))[:20]))
