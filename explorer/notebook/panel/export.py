"""The part of the panel that saves a look or exports a video, and shows the progress."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.experiments import Run, render, star
from explorer.experiments.runs.estimate import Estimate
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.runs.run_folder import REPORT
from explorer.fields import FieldSettings
from explorer.formatting import duration_text, percent_text
from explorer.notebook.panel.export_sizes import default_size, export_sizes
from explorer.notebook.panel.preview_pipeline import PreviewRequest
from explorer.notebook.widgets.background_job import STOPPED, BackgroundJob, JobState
from explorer.notebook.widgets.boxes import box, card, progress_bar, push_button
from explorer.notebook.widgets.file_links import saved_links, saved_video
from explorer.notebook.widgets.knob_controls import label
from explorer.notebook.widgets.markup import error_html
from explorer.progress import Progress
from explorer.rendering.frames import FlashMode
from explorer.settings import Knob
from explorer.video import EncoderSettings

FPS_CHOICES = (24, 30, 60)
FLASH_CHOICES = [("calm flashes", "calm"), ("dim flashes", "dim"), ("flashes on", "off")]
KNOBS = RenderOptions.knobs()
SHAPE_CHOICES = [("as shown", ""), *((shape, shape) for shape in KNOBS["shape"].choices)]
LOOK_OPTIONS: dict[str, Any] = {"fps": 30, "duration": 1 / 30}  # one frame


class Exporter:
    """Makes runs of what is on screen, one at a time. `request` returns what is on screen, and may raise.

    Videos have the shape of `picture_size`, the size of the picture on screen.
    `options` holds more options of `render`: analysis and device; `on_finish` is called after every run.
    Bad settings raise SettingsError in `save` and `export`; later errors appear in the line below the bar.
    """

    def __init__(
        self,
        audio: Path | FeatureTrack,
        duration: float,
        request: Callable[[], PreviewRequest],
        explorations: str | Path | None,
        options: dict[str, Any] | None = None,
        on_finish: Callable[[], None] = lambda: None,
        flash_limit: FlashMode = "calm",
        picture_size: tuple[int, int] = (1280, 720),
    ) -> None:
        self.job: BackgroundJob | None = None
        self._audio, self._duration = audio, duration
        self._request, self._explorations = request, explorations
        self._options, self._on_finish = options or {}, on_finish
        self._estimate = ""  # of the run, once it is measured
        self._picture_size = picture_size
        self._lock = threading.Lock()
        self._make_widgets()
        self.fields["flash_limit"].value = flash_limit

    def save(self) -> BackgroundJob:
        """Save this look: a run with its recipe, one frame at this moment as poster and video."""
        return self._save(starred=False)

    def save_starred(self) -> BackgroundJob:
        """Save this look, with a star."""
        return self._save(starred=True)

    def export(self) -> BackgroundJob:
        """Render the excerpt as a video, in a run folder."""
        options = {name: widget.value for name, widget in self.fields.items() if widget.value}  # 0: default
        options["encoder"] = EncoderSettings(container=options.pop("container"))
        return self._start(self._request().field, **options)

    def stop(self) -> None:
        """Stop the job, if one is running."""
        if self.job:
            self.job.stop()

    def close(self) -> None:
        """Stop the job and wait until it has cleaned up."""
        self.stop()
        if self.job:
            self.job.wait()

    def _save(self, starred: bool) -> BackgroundJob:
        request = self._request()
        return self._start(
            request.field, starred, start=request.t, flash_limit=request.flash_limit,
            size=default_size(self._picture_size), **LOOK_OPTIONS,
        )  # fmt: skip

    def _start(self, field: FieldSettings, starred: bool = False, **options: Any) -> BackgroundJob:
        options |= {"explorations": self._explorations, **self._options}

        def work(progress: Progress) -> Run:
            run = render(field, self._audio, progress=progress, on_estimate=self._set_estimate, **options)
            if starred:
                star(run.folder)
            return run

        with self._lock:
            if self.job and self.job.running:
                raise SettingsError("a run is being made; wait for it or press Stop")
            self._estimate = ""
            self._show(JobState())
            self.job = BackgroundJob(work, self._report)
            return self.job

    def _set_estimate(self, estimate: Estimate) -> None:
        """Store what the run will take, for the line below the bar."""
        self._estimate = str(estimate)

    def _report(self, state: JobState) -> None:
        self._show(state)
        if state.ended:
            self._on_finish()

    def _show(self, state: JobState) -> None:
        """Show a state; on the job's thread, except for the first one."""
        for button in (self.save_button, self.star_button, self.export_button):
            button.disabled = not state.ended
        self.stop_button.disabled = state.ended
        self.stop_button.layout.display = self.bar.layout.display = "none" if state.ended else ""
        self.bar.value = state.share
        self.line.value = _state_html(state, self._estimate)

    def _make_widgets(self) -> None:
        self.fields = {
            "size": _choice(
                export_sizes(self._picture_size), default_size(self._picture_size), KNOBS["size"], "104px"
            ),
            "shape": _choice(SHAPE_CHOICES, "", KNOBS["shape"], "92px"),
            "container": _choice(
                [*KNOBS["encoder.container"].choices],
                KNOBS["encoder.container"].default,
                KNOBS["encoder.container"],
                "76px",
            ),
            "fps": _choice([(f"{rate} fps", rate) for rate in FPS_CHOICES], 30, KNOBS["fps"]),
            "start": self._seconds(KNOBS["start"]),
            "duration": self._seconds(KNOBS["duration"]),
            "flash_limit": _choice(FLASH_CHOICES, "calm", KNOBS["flash_limit"], "120px"),
        }
        self.fields["loop"] = widgets.Checkbox(
            description=KNOBS["loop"].name, tooltip=KNOBS["loop"].help, indent=False, layout={"width": "64px"}
        )
        self.save_button = push_button("Save look", "bookmark", "save this look and moment as a run")
        self.star_button = push_button("Star", "star", "save this look with a star, as one of the best")
        self.export_button = push_button("Export video", "film", "render a video", button_style="primary")
        self.stop_button = push_button("Stop", "stop", "stop this run", disabled=True)
        self.stop_button.layout.display = "none"
        self.bar, self.line = progress_bar(), widgets.HTML()
        buttons = (self.save_button, self.star_button, self.export_button, self.stop_button)
        row = box(widgets.HBox, "explorer-tools", *self.fields.values(), *buttons)
        self.widget = card("save", row, self.bar, self.line)

    def _seconds(self, knob: Knob) -> widgets.Widget:
        """A number box, where 0 takes the place of none."""
        tooltip = knob.help.replace("none:", "0:")
        return widgets.BoundedFloatText(
            0, min=0, max=self._duration, step=1, description=label(knob), tooltip=tooltip,
            style={"description_width": "76px"}, layout={"width": "146px"},
        )  # fmt: skip


def _choice(options: list[Any], value: Any, knob: Knob, width: str = "82px") -> widgets.Widget:
    return widgets.Dropdown(options=options, value=value, tooltip=knob.help, layout={"width": width})


def _state_html(state: JobState, estimate: str = "") -> str:
    """A state as a line of HTML, with the estimate of the run."""
    if state.error and state.error != STOPPED:
        return error_html(state.error)
    return f'<span class="explorer-muted">{_state_text(state, estimate)}</span>'


def _state_text(state: JobState, estimate: str) -> str:
    if state.error:
        return html.escape(state.error)
    if state.result:
        run = state.result
        links = saved_links(run.folder, {"video": run.video, "report": run.folder / REPORT})
        is_look = run.recipe.frames.duration == LOOK_OPTIONS["duration"]
        return links if is_look else f"{links}<br>{saved_video(run.video)}"
    left = "" if state.seconds_left is None else f", {duration_text(state.seconds_left)} left"
    note = f" ({html.escape(estimate)})" if estimate else ""
    return f"{html.escape(state.step)} {percent_text(state.share)}{left}{note}"
