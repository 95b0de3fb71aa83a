"""The panel: a sound in, sliders beside a live picture out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from explorer.audio import FeatureTrack, analyze
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.fields.cppn import CPPN
from explorer.notebook.gallery.gallery import Gallery
from explorer.notebook.panel.export import Exporter
from explorer.notebook.panel.preview import Preview, Request
from explorer.notebook.panel.preview_view import DRAWING, PictureScreen
from explorer.notebook.panel.repair_buttons import Repair
from explorer.notebook.panel.toolbar import Toolbar
from explorer.notebook.panel.view_switch import Stage
from explorer.notebook.sweep.sweep_tab import SweepTab
from explorer.notebook.widgets import cells, layout
from explorer.notebook.widgets.as_code import as_code
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.form import Form
from explorer.notebook.widgets.forms import Forms
from explorer.notebook.widgets.latest_worker import Latest
from explorer.notebook.widgets.show import Frame
from explorer.notebook.widgets.static_output import VIEW, Still, picture_bundle
from explorer.rendering import parse_size, resolve
from explorer.rendering.frames import Size

FIRST_LOOK = 2.0  # seconds that displaying the panel waits for its first picture
TABS = ("Controls", "Sweep", "Runs")


def explore(
    audio: str | Path,
    field: FieldSettings | None = None,
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
    until the picture has caught up with the controls. Its parts know it as a `Desk`.
    """

    def __init__(
        self,
        audio: Path,
        track: FeatureTrack,
        field: FieldSettings | None = None,
        *,
        size: Size = "360p",
        device: str = "auto",
        explorations: str | Path | None = None,
    ) -> None:
        self.audio, self.track, self.explorations = audio, track, explorations
        self._size, self.device = parse_size(size), device
        self._closed = False
        self._lock = threading.Lock()
        self._still, self._errors = Still(), ErrorLine()
        self.screen = PictureScreen(self._size)
        self.preview = Preview(track, self._size, resolve(device), self.screen)
        self._latest = Latest(self._draw, self._not_drawn, name="explorer-preview")
        self.time = layout.time_slider(track.duration)
        first = field or CPPN.default_look()
        self.forms = Forms(first, self._ask, self.guarded)
        self.head = layout.Head(track, first)
        self._make_parts()
        self._listen()
        cells.answer_in_any_shell(self.widget)
        self._ask()

    @property
    def field(self) -> FieldSettings:
        """The field that the controls describe."""
        return self.forms.field

    @property
    def form(self) -> Form:
        """The controls of the field that is shown."""
        return self.forms.current

    @property
    def t(self) -> float:
        """The moment that is shown, in seconds."""
        return float(self.stage.view.t if self.stage.view else self.time.value)

    @property
    def frame(self) -> Frame | None:
        """The last picture drawn in full."""
        return self.screen.frame

    @property
    def code(self) -> str:
        """Python that draws the same picture."""
        return as_code(self.audio, self.track, self.field, self.t, self._size, self.device)

    @property
    def error(self) -> str:
        """The line of HTML that tells what went wrong; empty when nothing did."""
        return str(self._errors.widget.value)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the picture and its numbers show what the controls say; false when it took too long."""
        return self._latest.wait(timeout)

    def load(self, field: FieldSettings, t: float | None = None, anew: bool = False) -> None:
        """Show another field, at another moment if one is given; `anew`: Reset comes back to it."""
        if t is not None:
            self.time.value = round(t, 2)
        self.forms.load(field, anew)
        self.head.show(self.form.start)

    def guarded(self, action: Callable[[], Any]) -> Callable[..., None]:
        """The action as a handler of a widget; its errors appear in the panel."""
        return self._errors.guarded(action)

    def fail(self, error: Exception) -> None:
        """Tell an error, from any thread."""
        self._errors.show(error)

    def close(self) -> None:
        """End a running export or sweep, the threads and the widgets. The still picture stays."""
        with self._lock:
            closed, self._closed = self._closed, True
        if closed:
            return
        cells.forget(self)
        for part in (self.exporter, self.sweeps, self.gallery, self.repair, self._latest, self.preview):
            part.close()
        for widget in list(cells.tree(self.widget)):
            widget.close()
        self.stage.close()

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        field = ", ".join(f"{name}={control.value!r}" for name, control in self.form.controls.items())
        return f"Panel on {self.track.name} at {self.t:.2f} s: {type(self.form.start).__name__}({field})"

    def _ipython_display_(self) -> None:
        self._latest.wait(FIRST_LOOK)
        self._still.display(self.frame, repr(self))
        display(self._view(), raw=True)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self._view() | picture_bundle(self.frame, repr(self))

    def _view(self) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {VIEW: view, "text/plain": repr(self)}

    def _make_parts(self) -> None:
        screen, how = self.screen, {"analysis": self.track.settings.model_dump(), "device": self.device}
        self.stage = Stage(self, [screen.image, self.time], self._turned, self._size)
        self.steps = Toolbar(self, lambda: self.code)
        self.repair = Repair(self, screen)
        self.sweeps = SweepTab(self, lambda: self.preview.pace)
        self.gallery = Gallery(self)
        self.exporter = Exporter(
            self.audio, self.track.duration, self._request, self.explorations, how, self.gallery.refresh
        )
        tools = self.steps.widget
        tools.children = (self.stage.button, *tools.children, screen.caption)
        diagnosis = layout.card("diagnosis", screen.diagnosis, self.repair.widget)
        parts = (self.forms.widget, self.sweeps.widget, self.gallery.widget)
        self.tabs = widgets.Tab(parts, titles=TABS, selected_index=0)
        above = (self.stage.widget, tools, self.steps.code.widget, self._errors.widget)
        left = (*above, diagnosis, self.exporter.widget)
        self.widget = layout.arranged(self.head.widget, left, self.tabs, self.gallery.comparison.widget)

    def _listen(self) -> None:
        head, exporter = self.head, self.exporter
        self.time.observe(lambda _: self._ask(), "value")
        self.tabs.observe(self.guarded(self._opened), "selected_index")
        head.listen(kind=self._switch, preset=self._start_from)
        head.reset.on_click(self.guarded(lambda: self.load(self.form.start)))
        head.another.on_click(self.guarded(self._new_seed))
        head.help.observe(self.guarded(self._help), "value")
        for button, action in (
            (exporter.save_button, exporter.save),
            (exporter.star_button, exporter.save_starred),
            (exporter.export_button, exporter.export),
            (exporter.stop_button, exporter.stop),
        ):
            button.on_click(self.guarded(action))

    def _draw(self, request: Request, stale: Callable[[], bool]) -> None:
        """The worker's answer to a request."""
        self._hear(request.field)
        self.preview.draw(request, stale)
        self.steps.settled(request.field, stale)
        if self.frame is not None and not stale():
            self._still.update(self.frame, repr(self))
        self.preview.advise(request, stale)

    def _not_drawn(self, error: Exception) -> None:
        """Tell why there is no picture of what the controls say, on the worker's thread."""
        self.fail(error)
        self.screen.say("")
        self.preview.outdate()

    def _missing(self, field: FieldSettings) -> list[str]:
        """The groups of features that a field draws from and the track lacks."""
        return [group for group in field.extras if group not in self.track.settings.extras]

    def _hear(self, field: FieldSettings) -> None:
        """Listen for the features that the track lacks: to the end, however often a slider moves, unless the
        panel is closed or they are no longer chosen."""
        missing = self._missing(field)
        if not missing:
            return

        def told(step: str, done: float, total: float) -> None:
            if self._closed or not set(field.extras) <= set(self.field.extras):
                raise Stopped("no longer wanted")
            self.screen.show_hearing(missing, step, done, total)

        self.screen.show_hearing(missing)
        self._show_caption(True)
        self.preview.outdate()
        settings = self.track.settings.model_dump()
        try:
            self.track = self.preview.track = field.analyze(self.audio, progress=told, **settings)
        finally:
            self._show_caption(not self.stage.live)
        self.screen.say(DRAWING)
        self.stage.load(field)

    def _show_caption(self, shown: bool) -> None:
        self.screen.caption.layout.display = "" if shown else "none"

    def _ask(self) -> None:
        """Ask for what the controls say now. The lock keeps an older reading from overtaking a newer one."""
        with self._lock, self._errors.telling():
            request = self._request()
            if not self._missing(request.field):
                self.stage.load(request.field)
            self._latest.ask(request)

    def _request(self) -> Request:
        return Request(self.field, self.t)

    def _turned(self, t: float) -> None:
        """The view was changed: a still picture that is hidden is not drawn; later it shows the moment."""
        self.preview.hidden = self.stage.live
        self._show_caption(not self.stage.live)
        self.load(self.field, t)

    def _opened(self) -> None:
        """Bring the tab that was opened up to date."""
        if self.tabs.selected_index == TABS.index("Sweep"):
            self.sweeps.refresh()
        if self.tabs.selected_index == TABS.index("Runs"):
            self.gallery.refresh()

    def _switch(self, kind: str) -> None:
        with self._errors.telling():
            self.forms.switch(kind)
            self.head.show(self.form.start)

    def _start_from(self, preset: str) -> None:
        with self._errors.telling():
            self.load(type(self.form.start).presets()[preset], anew=True)

    def _new_seed(self) -> None:
        self.load(self.field.replace(seed=int(np.random.default_rng().integers(1000))))

    def _help(self) -> None:
        show = self.widget.add_class if self.head.help.value else self.widget.remove_class
        show(layout.HELPING)
