"""The panel: a sound in, sliders beside a live picture out."""

from __future__ import annotations

import contextlib
import html
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from explorer.audio import FeatureTrack, analyze
from explorer.errors import ExplorerError
from explorer.fields import CPPN
from explorer.fields.cppn import DEFAULT_PRESET, PRESETS
from explorer.notebook import cells, layout
from explorer.notebook.export import Exporter
from explorer.notebook.form import Form
from explorer.notebook.latest import Latest
from explorer.notebook.preview import Preview, Request
from explorer.notebook.screen import PictureScreen
from explorer.notebook.show import Frame
from explorer.notebook.still import VIEW, Still, picture_bundle
from explorer.rendering import parse_size, resolve
from explorer.rendering.frames import Size

FIRST_LOOK = 2.0  # seconds that displaying the panel waits for its first picture


def explore(
    audio: str | Path,
    field: CPPN | None = None,
    *,
    size: Size = "360p",
    device: str = "auto",
    explorations: str | Path | None = None,
    **analysis: Any,
) -> Panel:
    """A panel with sliders, a live picture and its diagnosis for a sound file.

    Starts with `field` or the first preset. `size` is that of the picture. `explorations` is where saved
    and exported runs land; `analysis` holds settings of `analyze`. Running the cell again closes the panel
    before. A sound that cannot be used raises SoundError, shown as one line.
    """
    cells.close_previous()
    track = analyze(audio, **analysis)
    panel = Panel(Path(audio), track, field, size=size, device=device, explorations=explorations)
    cells.remember(panel)
    return panel


class Panel:
    """What `explore` makes. Display it by naming it on a cell's last line; `close` ends its threads.

    `field` and `t` are what the controls say, `frame` is the last picture drawn in full, and `wait` waits
    until the picture has caught up with the controls.
    """

    def __init__(
        self,
        audio: Path,
        track: FeatureTrack,
        field: CPPN | None = None,
        *,
        size: Size = "360p",
        device: str = "auto",
        explorations: str | Path | None = None,
    ) -> None:
        self.track = track
        self._closed = False
        self._lock = threading.Lock()
        self._still = Still()
        self._error = widgets.HTML()
        self.screen = PictureScreen(parse_size(size))
        self.preview = Preview(track, parse_size(size), resolve(device), self.screen)
        self._latest = Latest(self._draw, self._fail, name="explorer-preview")
        self.time = layout.time_slider(track.duration)
        self._first = field or PRESETS[DEFAULT_PRESET]
        known = next((name for name, preset in PRESETS.items() if preset == self._first), None)
        self.head = layout.Head(track, list(PRESETS), known)
        self.form = Form(self._first, self._ask)
        self.exporter = Exporter(audio, track.duration, self._request, explorations)
        left = (self.screen.image, self.time, self.screen.caption, self.screen.diagnosis, self._error)
        self.widget = layout.arranged(self.head.widget, (*left, self.exporter.widget), self.form.widget)
        self._listen()
        cells.answer_in_any_shell(self.widget)
        self._ask()

    @property
    def field(self) -> CPPN:
        """The field that the controls describe."""
        return self.form.field

    @property
    def t(self) -> float:
        """The moment that is shown, in seconds."""
        return float(self.time.value)

    @property
    def frame(self) -> Frame | None:
        """The last picture drawn in full."""
        return self.screen.frame

    @property
    def error(self) -> str:
        """The line of HTML that tells what went wrong; empty when nothing did."""
        return str(self._error.value)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the picture and its numbers show what the controls say; false when it took too long."""
        return self._latest.wait(timeout)

    def load(self, field: CPPN) -> None:
        """Show another field."""
        self.form.load(field)

    def close(self) -> None:
        """End a running export, the threads and the widgets. The still picture stays."""
        with self._lock:
            closed, self._closed = self._closed, True
        if closed:
            return
        cells.forget(self)
        self.exporter.close()
        self._latest.close()
        self.preview.close()
        for widget in list(cells.tree(self.widget)):
            widget.close()

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        field = ", ".join(f"{name}={control.value!r}" for name, control in self.form.controls.items())
        return f"Panel on {self.track.name} at {self.t:.2f} s: CPPN({field})"

    def _ipython_display_(self) -> None:
        self._latest.wait(FIRST_LOOK)
        self._still.display(self.frame, repr(self))
        display(self._view(), raw=True)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self._view() | picture_bundle(self.frame, repr(self))

    def _view(self) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {VIEW: view, "text/plain": repr(self)}

    def _draw(self, request: Request, stale: Callable[[], bool]) -> None:
        """The worker's answer to a request."""
        self.preview.draw(request, stale)
        if self.frame is not None and not stale():
            self._still.update(self.frame, repr(self))

    def _ask(self) -> None:
        """Ask for what the controls say now. The lock keeps an older reading from overtaking a newer one."""
        with self._lock, self._telling():
            self._latest.ask(self._request())

    def _request(self) -> Request:
        return Request(self.form.field, self.t)

    def _listen(self) -> None:
        head, exporter = self.head, self.exporter
        self.time.observe(lambda _: self._ask(), "value")
        head.preset.observe(lambda _: self._guarded(self._load_preset), "value")
        head.reset.on_click(lambda _: self._guarded(self._load_preset))
        head.another.on_click(lambda _: self._guarded(self._new_seed))
        exporter.save_button.on_click(lambda _: self._guarded(exporter.save))
        exporter.export_button.on_click(lambda _: self._guarded(exporter.export))
        exporter.stop_button.on_click(lambda _: self._guarded(exporter.stop))

    def _load_preset(self) -> None:
        self.load(PRESETS.get(self.head.preset.value, self._first))

    def _new_seed(self) -> None:
        self.load(self.field.replace(seed=int(np.random.default_rng().integers(1000))))

    def _guarded(self, action: Callable[[], Any]) -> None:
        with self._telling():
            action()

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """ipywidgets hides what a callback raises; here it appears in the panel."""
        try:
            yield
            if self._error.value:
                self._error.value = ""
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        told = str(error) if isinstance(error, ExplorerError) else f"{type(error).__name__}: {error}"
        self._error.value = f'<div class="explorer-error">{html.escape(told)}</div>'
