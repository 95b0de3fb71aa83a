"""The live page of `explorer serve` in a cell: a microphone, a file or a tab moves the field on screen.

The page is an iframe, and live_page.js carries messages between it and the kernel:

    page -> kernel   {kind: "field", settings}    the field on screen, after every change by hand
    kernel -> page   {kind: "show", settings}     the field to show

A page that opens sends {kind: "ready"}, and live_page.js answers with the current field.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from pydantic import TypeAdapter

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.experiments import Recipe, Run
from explorer.experiments.runs.sound_input import SoundInput
from explorer.fields import CPPN, AnyField, FieldSettings, GraphCPPN, Julia, Patterns
from explorer.notebook.live.page_server import PageServer, page_server
from explorer.notebook.widgets import cells

HEIGHT = 480  # pixels
FIELD_ADAPTER = TypeAdapter[FieldSettings](AnyField)


def live(
    show: FieldSettings | Recipe | Run | str | Path | FeatureTrack | None = None,
    audio: str | Path | FeatureTrack | None = None,
    *,
    height: int = HEIGHT,
    explorations: str | Path | None = None,
) -> LivePage:
    """The live page in a cell: what a microphone, a sound file or another tab plays moves the picture.

    Shows the field of `show`, a CPPN, a graph, patterns or a Julia set, or the field that the
    page starts with, moved by the model that ships, a training that follows music better, or the newest one
    with a star. A given Julia set is moved by its own `model`; with "none", since the page has no mapping by
    hand, by the one that ships. Sliders of the page move `field` of the result, and setting that moves the
    page. `height` is in pixels. Models and runs to choose from are those of `explorations`.
    Needs the extra [web]; raises ExplorerError without it.

    The page begins with `audio`, a sound file or a track, which may also come alone: `live("song.ogg")`. It
    plays at once where the browser allows it, else after a click. The page measures the sound by itself;
    columns that were added to a track stay behind.
    """
    if audio is None and isinstance(show, str | Path | FeatureTrack):
        show, audio = None, show
    if not isinstance(show, FieldSettings | Recipe | Run | None):
        raise SettingsError(f"show: got {show!r}; give a field, a recipe or a run: CPPN.preset('orchid')")
    sound = None if audio is None else SoundInput.of(audio).path.resolve()
    field = show.field if isinstance(show, Recipe | Run) else show
    return LivePage(page_server(explorations, sound), field, height=height)


class LivePage(anywidget.AnyWidget):
    """The result of `live`. `field` is the field on screen: it follows the page, may be set and observed.

    It is at most 0.1 s behind the sliders of a Julia set; a network arrives before its first frame, once the
    server has built it. Add to that the way through Jupyter to a kernel that listens: even while a cell runs
    where there are subshells, else after it.

    Setting a field that the page cannot draw raises SettingsError and changes nothing.
    """

    _esm = Path(__file__).with_name("live_page.js")

    address = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)  # of the field, for a page that opens; empty: its own choice
    height = traitlets.Int(HEIGHT).tag(sync=True)
    field = traitlets.Instance(FieldSettings)

    def __init__(
        self, server: PageServer, field: FieldSettings | None = None, *, height: int = HEIGHT
    ) -> None:
        self._server = server
        self._receiving_thread = 0  # sets `field` to what the page sent, which need not be sent back
        super().__init__(address=server.address, height=height)
        if field is not None:
            self.field = field
            self.settings = field.model_dump(mode="json")  # even where it equals the default
        self.on_msg(lambda _, message, buffers: self._receive(message))
        cells.reply_from_any_subshell(self)

    def __repr__(self) -> str:
        return "the live page: run this cell to use it"  # what a saved notebook shows where no kernel runs

    @traitlets.default("field")
    def _default_field(self) -> FieldSettings:
        """The field until the page sends another."""
        return Julia(model="default")

    @traitlets.validate("field")
    def _validate_field(self, proposal: dict[str, Any]) -> FieldSettings:
        """The field, when it is one that the page draws."""
        field: FieldSettings = proposal["value"]
        if not self._is_receiving:
            if not isinstance(field, CPPN | GraphCPPN | Patterns | Julia):
                raise SettingsError(
                    f"the live page draws CPPN, GraphCPPN, Patterns, Julia, not {field.kind}; try ex.explore"
                )
            self._server.check_field(field.model_dump(mode="json"))
        return field

    @traitlets.observe("field")
    def _send_field(self, change: Any) -> None:
        self.settings = change.new.model_dump(mode="json")
        if not self._is_receiving:
            self.send({"kind": "show", "settings": self.settings})

    @property
    def _is_receiving(self) -> bool:
        return self._receiving_thread == threading.get_ident()

    def _receive(self, message: Any) -> None:
        """The field that the page shows now, on any thread. Anything else is ignored."""
        if not isinstance(message, dict) or message.get("kind") != "field":
            return
        with contextlib.suppress(KeyError, TypeError, ValueError):
            settings = message["settings"]
            # of a Julia set the page sends the settings that it has sliders for; the others stay
            same_kind = settings["kind"] == self.field.kind == "julia"
            others = self.field.model_dump(mode="json") if same_kind else {}
            field = FIELD_ADAPTER.validate_python({**others, **settings})
            self._receiving_thread = threading.get_ident()
            try:
                self.field = field
            finally:
                self._receiving_thread = 0
