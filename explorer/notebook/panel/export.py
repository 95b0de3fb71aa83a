"""The keeping part of the panel: save this look, export a video, and see how far it is."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.experiments import Run, render, star
from explorer.experiments.runs.estimate import Estimate
from explorer.fields import FieldSettings
from explorer.formatting import duration_text, percent_text
from explorer.notebook.panel.preview import Request
from explorer.notebook.widgets.background_job import STOPPED, Job, State
from explorer.notebook.widgets.error_line import error_html
from explorer.notebook.widgets.file_links import saved_in
from explorer.notebook.widgets.layout import card, push_button
from explorer.progress import Progress
from explorer.rendering import RESOLUTIONS

RATES = (24, 30, 60)
STILL: dict[str, Any] = {"size": "720p", "fps": 30, "duration": 1 / 30}


class Exporter:
    """Makes runs of what the panel shows, one at a time. `request` gives what is shown, and may raise.

    `how` holds more settings of `render`: analysis and device; `made` is called after every run.
    Bad settings raise SettingsError in `save` and `export`; later errors appear in the line below the bar.
    """

    def __init__(
        self,
        audio: Path,
        duration: float,
        request: Callable[[], Request],
        explorations: str | Path | None,
        how: dict[str, Any] | None = None,
        made: Callable[[], None] = lambda: None,
    ) -> None:
        self.job: Job | None = None
        self._audio, self._duration = audio, duration
        self._request, self._explorations = request, explorations
        self._how, self._made = how or {}, made
        self._expected = ""  # what the run will take, once that is measured
        self._lock = threading.Lock()
        self._make_widgets()

    def save(self) -> Job:
        """Keep this look: a run with its recipe, one 720p frame at this moment as poster and video."""
        request = self._request()
        return self._start(request.field, start=request.t, **STILL)

    def save_starred(self) -> Job:
        """Keep this look, with a star."""
        request = self._request()
        return self._start(request.field, starred=True, start=request.t, **STILL)

    def export(self) -> Job:
        """Render the excerpt as MP4 with sound, in a run folder."""
        length = self.length.value or None
        return self._start(
            self._request().field, size=self.resolution.value, fps=self.fps.value, start=self.start.value,
            duration=length,
        )  # fmt: skip

    def stop(self) -> None:
        """End the job, if one is running."""
        if self.job:
            self.job.stop()

    def close(self) -> None:
        """End the job and wait until it has cleaned up."""
        self.stop()
        if self.job:
            self.job.wait()

    def _start(self, field: FieldSettings, starred: bool = False, **settings: Any) -> Job:
        settings |= {"explorations": self._explorations, **self._how}

        def work(progress: Progress) -> Run:
            run = render(field, self._audio, progress=progress, on_estimate=self._foretell, **settings)
            if starred:
                star(run.folder)
            return run

        with self._lock:
            if self.job and self.job.running:
                raise SettingsError("a run is being made; wait for it or press Stop")
            self._expected = ""
            self._show(State())
            self.job = Job(work, self._tell)
            return self.job

    def _foretell(self, expected: Estimate) -> None:
        """Keep what the run will take, for the line below the bar."""
        self._expected = str(expected)

    def _tell(self, state: State) -> None:
        self._show(state)
        if state.ended:
            self._made()

    def _show(self, state: State) -> None:
        """Show a state; on the job's thread, but for the first one."""
        for button in (self.save_button, self.star_button, self.export_button):
            button.disabled = not state.ended
        self.stop_button.disabled = state.ended
        self.stop_button.layout.display = self.bar.layout.display = "none" if state.ended else ""
        self.bar.value = state.share
        failed = state.error and state.error != STOPPED
        told = f'<span class="explorer-muted">{_told(state, self._expected)}</span>'
        self.line.value = error_html(state.error) if failed else told

    def _make_widgets(self) -> None:
        self.resolution = _choice(list(RESOLUTIONS), "720p", "size of the video")
        self.fps = _choice([(f"{rate} fps", rate) for rate in RATES], 30, "frames a second")
        self.start = self._seconds("from (s)", "where the excerpt starts")
        self.length = self._seconds("length (s)", "how long the excerpt is; 0: to the end")
        self.save_button = push_button("Save look", "bookmark", "keep this look and moment as a run")
        self.star_button = push_button("Star", "star", "keep this look with a star, as one of the best")
        self.export_button = push_button("Export MP4", "film", "render a video", button_style="primary")
        self.stop_button = push_button("Stop", "stop", "end this run", disabled=True)
        self.stop_button.layout.display = "none"
        self.bar = widgets.FloatProgress(0.0, max=1.0, layout={"width": "auto", "display": "none"})
        self.bar.add_class("explorer-bar")
        self.line = widgets.HTML()
        options = [self.resolution, self.fps, self.start, self.length]
        buttons = [self.save_button, self.star_button, self.export_button, self.stop_button]
        row = widgets.HBox([*options, *buttons])
        row.add_class("explorer-tools")
        self.widget = card("keep", row, self.bar, self.line)

    def _seconds(self, name: str, tooltip: str) -> widgets.Widget:
        return widgets.BoundedFloatText(
            0, min=0, max=self._duration, step=1, description=name, tooltip=tooltip,
            style={"description_width": "64px"}, layout={"width": "134px"},
        )  # fmt: skip


def _choice(options: list[Any], value: Any, tooltip: str) -> widgets.Widget:
    return widgets.Dropdown(options=options, value=value, tooltip=tooltip, layout={"width": "82px"})


def _told(state: State, expected: str = "") -> str:
    """A state as a line of HTML, with what the run was expected to take."""
    if state.error:
        return html.escape(state.error)
    if state.result:
        folder, name = state.result.folder, "report.html"
        return saved_in(folder, {"video": state.result.video, "report": folder / name})
    left = "" if state.seconds_left is None else f", {duration_text(state.seconds_left)} left"
    note = f" ({html.escape(expected)})" if expected else ""
    return f"{html.escape(state.step)} {percent_text(state.share)}{left}{note}"
