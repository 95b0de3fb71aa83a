"""The live page of `explorer serve` in a cell: a microphone, a file or a tab moves the field that is shown.

The page is an iframe, and live_page.js carries messages between it and the kernel:

    page -> kernel   {kind: "field", settings}    what is seen now, after every change by hand
    kernel -> page   {kind: "show", settings}     what is to be seen

A page that begins says {kind: "ready"} and is answered by live_page.js with what is known.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from pydantic import TypeAdapter

from explorer.errors import SettingsError
from explorer.experiments import Recipe, Run
from explorer.fields import CPPN, AnyField, FieldSettings, Julia
from explorer.notebook.live.page_server import PageServer, page_server
from explorer.notebook.widgets import cells

HEIGHT = 480  # pixels
READ = TypeAdapter[FieldSettings](AnyField)


def live(
    show: FieldSettings | Recipe | Run | None = None,
    *,
    height: int = HEIGHT,
    explorations: str | Path | None = None,
) -> LivePage:
    """The live page in a cell: what a microphone, a sound file or another tab plays moves the picture.

    Shows the field of `show`, a CPPN up to 32 wide or a Julia set, or what the page begins with, moved by
    the newest model. A given Julia set is moved by its own `model`; with "none", since the page has no
    mapping by hand, by the one that ships. Sliders of the page move `field` of what is given back, and
    setting that moves the page. `height` is in pixels. Models and runs to choose from are those of
    `explorations`. Needs the extra [web]; raises ExplorerError without it.
    """
    if not isinstance(show, FieldSettings | Recipe | Run | None):
        raise SettingsError(f"show: got {show!r}; give a field, a recipe or a run: CPPN.preset('orchid')")
    field = show.field if isinstance(show, Recipe | Run) else show
    return LivePage(page_server(explorations), field, height=height)


class LivePage(anywidget.AnyWidget):
    """What `live` makes. `field` is what is seen: it follows the page, may be set, and may be observed.

    It is at most 0.1 s behind the sliders of a Julia set, and a network is told before its first frame, once
    the server has built it. To that comes the way through Jupyter to a kernel that hears: even while a cell
    runs where there are subshells, else after it.

    Setting a field that the page cannot draw raises SettingsError and changes nothing.
    """

    _esm = Path(__file__).with_name("live_page.js")

    address = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)  # of the field, for a page that opens; none: as it likes
    height = traitlets.Int(HEIGHT).tag(sync=True)
    field = traitlets.Instance(FieldSettings)

    def __init__(
        self, server: PageServer, field: FieldSettings | None = None, *, height: int = HEIGHT
    ) -> None:
        self._server = server
        self._hearing = 0  # the thread that takes over what the page says, which the page need not be told
        super().__init__(address=server.address, height=height)
        if field is not None:
            self.field = field
            self.settings = field.model_dump(mode="json")  # though it be that of the beginning
        self.on_msg(lambda _, message, buffers: self._hear(message))
        cells.reply_from_any_subshell(self)

    def __repr__(self) -> str:
        return "the live page: run this cell to use it"  # what a saved notebook shows where no kernel runs

    @traitlets.default("field")
    def _beginning(self) -> FieldSettings:
        """What is seen until the page says more."""
        return Julia(model="default")

    @traitlets.validate("field")
    def _drawable(self, proposal: dict[str, Any]) -> FieldSettings:
        """The field, when it is one that the page draws."""
        field: FieldSettings = proposal["value"]
        if self._hearing != threading.get_ident():
            if not isinstance(field, CPPN | Julia):
                raise SettingsError(f"the live page draws CPPN and Julia, not {field.kind}; try ex.explore")
            self._server.draws(field.model_dump(mode="json"))
        return field

    @traitlets.observe("field")
    def _show(self, change: Any) -> None:
        self.settings = change.new.model_dump(mode="json")
        if self._hearing != threading.get_ident():
            self.send({"kind": "show", "settings": self.settings})

    def _hear(self, message: Any) -> None:
        """What the page shows now, on any thread. What is no field is ignored."""
        if not isinstance(message, dict) or message.get("kind") != "field":
            return
        with contextlib.suppress(KeyError, TypeError, ValueError):
            told = message["settings"]
            # of a Julia set the page tells what it has sliders for; the rest is as it was
            kept = self.field.model_dump(mode="json") if told["kind"] == self.field.kind == "julia" else {}
            field = READ.validate_python({**kept, **told})
            self._hearing = threading.get_ident()
            try:
                self.field = field
            finally:
                self._hearing = 0
