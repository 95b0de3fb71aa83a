"""The panel: a sound in, sliders beside a live picture out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from explorer.audio import FeatureTrack
from explorer.errors import ExplorerError
from explorer.experiments.library.seeds import with_seed
from explorer.experiments.runs.sound_input import SoundInput, with_columns_of_track
from explorer.fields import FieldSettings
from explorer.fields.presets import look
from explorer.notebook.gallery.gallery import Gallery
from explorer.notebook.panel.export import Exporter
from explorer.notebook.panel.layout import (
    HELP_CLASS,
    PanelHeader,
    arrange_panel,
    make_time_slider,
    preset_fields,
)
from explorer.notebook.panel.preview_pipeline import PreviewPipeline, PreviewRequest
from explorer.notebook.panel.preview_view import DRAWING, PreviewView
from explorer.notebook.panel.repair_buttons import RepairButtons
from explorer.notebook.panel.sound_loader import SoundLoader
from explorer.notebook.panel.toolbar import Toolbar
from explorer.notebook.panel.view_switch import ViewSwitch
from explorer.notebook.perform.perform_card import PerformCard
from explorer.notebook.sweep.sweep_tab import SweepTab
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import card
from explorer.notebook.widgets.code_view import python_code
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.field_form import FieldForm, FieldForms
from explorer.notebook.widgets.knob_controls import Control
from explorer.notebook.widgets.latest_worker import LatestWorker
from explorer.notebook.widgets.static_output import StaticOutput, mime_bundle, widget_bundle
from explorer.rendering import parse_size
from explorer.rendering.devices import standing_device
from explorer.rendering.frames import FlashMode, Frame, Size, parse_flash_limit

if TYPE_CHECKING:
    from explorer.notebook.live import LiveView

FIRST_FRAME_SECONDS = 2.0  # that displaying the panel waits for its first picture
TABS = ("Controls", "Sweep", "Runs")


@with_columns_of_track
def explore(
    audio: str | Path | FeatureTrack,
    field: FieldSettings | None = None,
    *,
    size: Size = "360p",
    device: str = "auto",
    explorations: str | Path | None = None,
    flash_limit: bool | str = "calm",
    **analysis: Any,
) -> Panel:
    """A panel with sliders, a live picture and its diagnosis for a sound file or a `FeatureTrack`.

    Starts with `field` or the first preset. `size` is that of the picture. `explorations` is the folder of
    saved and exported runs; `flash_limit` ('calm', 'dim', 'off', or a bool) can be changed beside the
    export; `analysis` holds settings of `analyze`. Running the cell again closes the previous panel. A sound
    that cannot be used raises SoundError, shown as one line.
    """
    mode = parse_flash_limit(flash_limit)
    cells.prepare()
    sound = SoundInput.of(audio)
    track = sound.analyze(sound.settings(analysis))
    panel = Panel(
        sound.path, track, field, size=size, device=device, explorations=explorations, flash_limit=mode
    )
    cells.register(panel)
    return panel


class Panel:
    """The result of `explore`. Display it by naming it on a cell's last line; `close` ends its threads.

    `field` and `t` are what the controls say, `frame` is the last picture drawn in full, and `wait` waits
    until the picture has caught up with the controls. Its parts see it as a `PanelContext`.
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
        flash_limit: bool | str = "calm",
    ) -> None:
        self.explorations = explorations
        self._size, self.device = parse_size(size), device
        self._closed = False
        self._lock = threading.Lock()
        self._static_output, self._errors = StaticOutput(), ErrorLine()
        self.preview_view = PreviewView(self._size)
        self.sound = SoundLoader(audio, track, self.preview_view, self._required_extras)
        self.pipeline = PreviewPipeline(track, self._size, standing_device(device), self.preview_view)
        self._worker = LatestWorker(self._draw, self._drawing_failed, name="explorer-preview")
        self.time_slider = make_time_slider(track.duration)
        first = field or look()
        self.forms = FieldForms(
            first, self._request_picture, self.handler, track.added.names if track.added else (), self
        )
        self.header = PanelHeader(track, first)
        self._make_parts(parse_flash_limit(flash_limit))
        self._connect()
        cells.reply_from_any_subshell(self.widget)
        self._request_picture()

    @property
    def audio(self) -> Path:
        """The sound file."""
        return self.sound.audio

    @property
    def track(self) -> FeatureTrack:
        """The features of the sound; another track once a field needs more of them."""
        return self.sound.track

    @property
    def field(self) -> FieldSettings:
        """The field that the controls describe."""
        return self.forms.field

    @property
    def start(self) -> FieldSettings:
        """The look that the settings started with: its preset is named, and Reset returns to it."""
        return self.form.start

    @property
    def form(self) -> FieldForm:
        """The controls of the field on screen."""
        return self.forms.current

    @property
    def t(self) -> float:
        """The moment on screen, in seconds."""
        live_view = self.view_switch.live_view
        return float(live_view.t if live_view else self.time_slider.value)

    @property
    def flash_limit(self) -> FlashMode:
        """What is done where the picture would flash too often: the choice beside the export."""
        mode: FlashMode = self.exporter.fields["flash_limit"].value
        return mode

    @property
    def frame(self) -> Frame | None:
        """The last picture drawn in full."""
        return self.preview_view.frame

    @property
    def code(self) -> str:
        """Python that draws the same picture."""
        return python_code(
            self.audio, self.track, self.field, self.t, self._size, self.device, self.flash_limit
        )

    @property
    def error(self) -> str:
        """The error line as HTML; empty when nothing went wrong."""
        return str(self._errors.widget.value)

    @property
    def controls(self) -> dict[str, Control]:
        """The controls on screen by setting."""
        return self.form.controls

    @property
    def playback(self) -> LiveView | None:
        """What plays; None while the picture is still."""
        view: LiveView | None = self.view_switch.live_view
        return view

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the picture and its numbers show what the controls say; false when it took too long."""
        return self._worker.wait(timeout)

    def load(
        self,
        field: FieldSettings,
        t: float | None = None,
        as_reset_point: bool = False,
        start: FieldSettings | None = None,
    ) -> None:
        """Show another field, at another moment if one is given.

        Reset returns to `start` from then on; with `as_reset_point`, to the field itself.
        """
        if t is not None:
            self.time_slider.value = round(t, 2)
        self.forms.load(field, field if as_reset_point else start)
        self.header.show(self.form.start)

    def update_classes(self) -> None:
        """Take over the fields whose classes a cell has defined: new kinds, and new versions of old ones."""
        before = self.field
        try:
            changes = self.forms.update_classes()
        except ExplorerError as error:
            self.fail(error)
            return
        self.header.show(self.form.start)
        if self.field != before:  # what was wrong with the old version is no news
            self._errors.clear()
        if changes:
            self.fail(ExplorerError("; ".join(changes)))

    def handler(self, action: Callable[[], Any]) -> Callable[..., None]:
        """The action as a handler of a widget; its errors appear in the panel."""
        return self._errors.handler(action)

    def fail(self, error: Exception) -> None:
        """Show an error, from any thread."""
        self._errors.show(error)

    def close(self) -> None:
        """End a running export or sweep, the threads and the widgets. The still picture stays."""
        with self._lock:
            closed, self._closed = self._closed, True
        if closed:
            return
        cells.unregister(self)
        parts = (
            self.exporter,
            self.sweep_tab,
            self.gallery,
            self.repair_buttons,
            self.perform_card,
            self._worker,
            self.pipeline,
        )
        for part in parts:
            part.close()
        cells.close_tree(self.widget)
        self.view_switch.close()

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Panel on {self.track.name} at {self.t:.2f} s: {self.field!r}"

    def _ipython_display_(self) -> None:
        self._worker.wait(FIRST_FRAME_SECONDS)
        self._static_output.display(self.frame, repr(self))
        display(widget_bundle(self.widget, repr(self)), raw=True)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return widget_bundle(self.widget, repr(self)) | mime_bundle(self.frame, repr(self))

    def _make_parts(self, flash_limit: FlashMode) -> None:
        view = self.preview_view
        settings = {"analysis": self.track.settings.model_dump(), "device": self.device}
        self.view_switch = ViewSwitch(self, [view.image, self.time_slider], self._view_changed, self._size)
        self.toolbar = Toolbar(self, lambda: self.code)
        self.repair_buttons = RepairButtons(self, view)
        self.sweep_tab = SweepTab(self)
        self.gallery = Gallery(self)
        self.perform_card = PerformCard(self)
        self.exporter = Exporter(
            self.track,
            self.track.duration,
            self._request,
            self.explorations,
            settings,
            self.gallery.refresh,
            flash_limit,
            self._size,
        )
        tools = self.toolbar.widget
        tools.children = (self.view_switch.button, *tools.children, self.perform_card.button, view.caption)
        diagnosis = card("diagnosis", view.diagnosis, self.repair_buttons.widget)
        parts = (self.forms.widget, self.sweep_tab.widget, self.gallery.widget)
        self.tabs = widgets.Tab(parts, titles=TABS, selected_index=0)
        picture = (self.view_switch.widget, tools, self.toolbar.code_view.widget, self._errors.widget)
        left = (*picture, self.perform_card.widget, diagnosis, self.exporter.widget)
        self.widget = arrange_panel(self.header.widget, left, self.tabs, self.gallery.comparison.widget)

    def _connect(self) -> None:
        """Call the methods of the panel when its widgets change."""
        header, exporter = self.header, self.exporter
        self.time_slider.observe(lambda _: self._request_picture(), "value")
        self.tabs.observe(self.handler(self._update_tab), "selected_index")
        exporter.fields["flash_limit"].observe(lambda _: self._request_picture(), "value")
        header.on_choice(kind=self._switch_kind, preset=self._load_preset)
        header.help_button.observe(self.handler(self._toggle_help), "value")
        for button, action in (
            (header.reset_button, lambda: self.load(self.form.start)),
            (header.seed_button, self._new_seed),
            (exporter.save_button, exporter.save),
            (exporter.star_button, exporter.save_starred),
            (exporter.export_button, exporter.export),
            (exporter.stop_button, exporter.stop),
        ):
            button.on_click(self.handler(action))

    def _draw(self, request: PreviewRequest, stale: Callable[[], bool]) -> None:
        """The worker's answer to a request."""
        if self.sound.missing(request.field):
            self._analyze(request.field)
        self.pipeline.draw(request, stale)
        self.toolbar.record(request.field, stale)
        if self.frame is not None and not stale():
            self._static_output.update(self.frame, repr(self))
        self.pipeline.advise(request, stale)

    def _drawing_failed(self, error: Exception) -> None:
        """Show why there is no picture of what the controls say, on the worker's thread."""
        self.fail(error)
        self.preview_view.show_message("")
        self.pipeline.outdate()

    def _analyze(self, field: FieldSettings) -> None:
        """Add the features that the track lacks; the caption shows it, in the live view too."""
        self._show_caption(True)
        self.pipeline.outdate()
        try:
            self.sound.analyze(field)
        finally:
            self._show_caption(not self.view_switch.is_live)
        self.pipeline.track = self.track
        self.forms.show_sections()
        self.preview_view.show_message(DRAWING)
        self.view_switch.load(field)

    def _required_extras(self) -> tuple[str, ...]:
        """The groups of features that the controls need; none once the panel is closed."""
        return () if self._closed else tuple(self.field.extras)

    def _show_caption(self, visible: bool) -> None:
        self.preview_view.caption.layout.display = "" if visible else "none"

    def _request_picture(self) -> None:
        """Request what the controls say now. The lock keeps an older reading from overtaking a newer one."""
        request = None
        with self._lock, self._errors.catch():
            request = self._request()
            self.repair_buttons.update(request.field)
            if not self.sound.missing(request.field):
                self.view_switch.load(request.field)
            self._worker.submit(request)
        if request:
            self.perform_card.follow(request.field)

    def _request(self) -> PreviewRequest:
        return PreviewRequest(self.field, self.t, self.flash_limit)

    def _view_changed(self, t: float) -> None:
        """A still picture that is hidden is not drawn; when it returns, it shows the moment `t`."""
        self.pipeline.hidden = self.view_switch.is_live
        self._show_caption(not self.view_switch.is_live)
        self.load(self.field, t)

    def _update_tab(self) -> None:
        """Update the tab that was opened."""
        if self.tabs.selected_index == TABS.index("Sweep"):
            self.sweep_tab.refresh()
        if self.tabs.selected_index == TABS.index("Runs"):
            self.gallery.refresh()

    def _switch_kind(self, kind: str) -> None:
        with self._errors.catch():
            self.forms.switch(kind)
            self.header.show(self.form.start)

    def _load_preset(self, preset: str) -> None:
        with self._errors.catch():
            self.load(preset_fields(self.form.start)[preset], as_reset_point=True)

    def _new_seed(self) -> None:
        self.load(with_seed(self.field, int(np.random.default_rng().integers(1000))))

    def _toggle_help(self) -> None:
        visible = self.header.help_button.value
        (self.widget.add_class if visible else self.widget.remove_class)(HELP_CLASS)
