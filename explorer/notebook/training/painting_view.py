"""ex.painting(): paints a picture in a notebook and shows it as it grows."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.formatting import duration_text, percent_text
from explorer.learn.painting.paint import paint
from explorer.learn.painting.paint_run import PaintRun
from explorer.learn.painting.picture import load_pictures
from explorer.learn.painting.settings import PaintSettings
from explorer.notebook.training.training_form import TrainingForm
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.background_job import BackgroundJob, JobState
from explorer.notebook.widgets.boxes import box, card, progress_bar, push_button
from explorer.notebook.widgets.code_view import CodeView
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.file_links import saved_links
from explorer.notebook.widgets.markup import CSS, muted
from explorer.notebook.widgets.show import encode_png
from explorer.notebook.widgets.static_output import StaticOutput, widget_bundle

TITLE = '<span class="explorer-title">Painting</span>'
FIRST_SETTINGS = ("match", "seconds", "hidden", "layers", "side", "seed")


def painting(
    image: Any = "",
    field: CPPN | None = None,
    *,
    resume: str | Path | None = None,
    explorations: str | Path | None = None,
    **settings: Any,
) -> PaintingView:
    """A widget that paints a CPPN from a picture, beside the picture, with Start, Stop and Resume.

    `image`, `field` and `settings` are those of `explorer.paint`. Stop keeps the best network so far, and
    Resume paints on for the seconds of the slider, in all. Running the cell again closes the previous widget.
    """
    cells.prepare()
    view = PaintingView(image, field, PaintSettings(**settings), resume=resume, explorations=explorations)
    cells.register(view)
    return view


class PaintingView:
    """The result of `painting`: `start`, `stop` and `resume` do what its buttons do; `wait` waits.

    `run` is the painting that ended last, `field` what it ended in.
    """

    def __init__(
        self,
        image: Any,
        field: CPPN | None,
        settings: PaintSettings,
        *,
        resume: str | Path | None = None,
        explorations: str | Path | None = None,
    ) -> None:
        self._image, self._field, self._explorations = image, field, explorations
        self._earlier: str | Path | None = resume
        self._job: BackgroundJob | None = None
        self._errors, self._static_output = ErrorLine(), StaticOutput()
        self.run: PaintRun | None = None
        self._make_widgets(settings)

    def start(self) -> None:
        """Start a painting; returns at once. Raises SettingsError for what is no picture."""
        settings = self.form.settings
        image = self.source.value.strip().strip("\"'") if self._is_path else self._image
        pictures = load_pictures(image, settings.side)  # an error appears at once
        self._show_pictures(self.original, [picture.image for picture in pictures])
        self._start(image, field=self._field, **settings.model_dump())

    def resume(self) -> None:
        """Paint the last one further, until it has the seconds of the slider in all."""
        if self._earlier is None:
            raise SettingsError("there is no painting to resume; press Start")
        settings = self.form.settings
        self._start(None, resume=self._earlier, seconds=settings.seconds, steps=settings.steps)

    def stop(self) -> None:
        """Stop after the current step; the best network so far is kept."""
        if self._job:
            self._job.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the painting has ended; false when `timeout` seconds were too short."""
        return self._job is None or self._job.wait(timeout)

    @property
    def field(self) -> CPPN:
        """The field that draws the picture. Raises SettingsError before there is one."""
        if self.run is None:
            raise SettingsError("nothing is painted yet; press Start and wait for the end, or press Stop")
        return self.run.field

    def close(self) -> None:
        """Stop a painting, keeping it, and close the widget."""
        self.stop()
        self.wait()
        cells.unregister(self)
        cells.close_tree(self.widget)

    def __enter__(self) -> PaintingView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Painting: {self.run.folder.name if self.run else 'nothing yet'}"

    def _ipython_display_(self) -> None:
        self._static_output.display(None, repr(self))
        display(widget_bundle(self.widget, repr(self)), raw=True)  # type: ignore[no-untyped-call]

    def _start(self, image: Any, **options: Any) -> None:
        if self._job and self._job.running:
            raise SettingsError("a picture is being painted; wait for it or press Stop")
        options |= {"explorations": self._explorations, "on_picture": self._show_growth}
        self._show(JobState())
        self._job = BackgroundJob(lambda progress: paint(image, progress=progress, **options), self._report)

    def _report(self, state: JobState) -> None:
        if isinstance(state.result, PaintRun):
            self.run, self._earlier = state.result, state.result.folder
            self._show_pictures(self.original, self.run.pictures)
            self._show_pictures(self.growth, self.run.painted)
            self.code.show(f"ex.explore('song.ogg', ex.load_look({self.run.folder.name!r}))")
            columns = np.vstack(self.run.pictures), np.vstack(self.run.painted)
            self._static_output.update(np.hstack(columns), repr(self))
        self._show(state)

    def _show(self, state: JobState) -> None:
        self.start_button.layout.display = "" if state.ended else "none"
        self.stop_button.layout.display = self.bar.layout.display = "none" if state.ended else ""
        self.resume_button.layout.display = "" if state.ended and self._earlier else "none"
        self.bar.value = state.share
        self.line.value = f'<span role="status">{self._state_html(state)}</span>'

    def _state_html(self, state: JobState) -> str:
        if state.result:
            run = state.result
            words = f"{run.manifest['status']}, {run.quality_text}, "
            return muted(words) + saved_links(run.folder, {})
        if state.error:
            return muted(html.escape(state.error))
        left = "" if state.seconds_left is None else f", {duration_text(state.seconds_left)} left"
        return muted(f"{html.escape(state.step)} {percent_text(state.share)}{left}")

    def _show_growth(self, picture: np.ndarray) -> None:
        self._show_pictures(self.growth, [picture])

    def _show_pictures(self, widget: widgets.Image, pictures: list[np.ndarray]) -> None:
        widget.value = encode_png(np.vstack(pictures))
        widget.layout.display = ""

    def _make_widgets(self, settings: PaintSettings) -> None:
        handler = self._errors.handler
        self._is_path = isinstance(self._image, str | Path)
        self.source = widgets.Text(
            str(self._image) if self._is_path else "a picture from Python", disabled=not self._is_path,
            placeholder="a picture", description="picture", tooltip="a file: JPEG, PNG, ...",
            continuous_update=False, style={"description_width": "52px"}, layout={"width": "300px"},
        )  # fmt: skip
        self.start_button = push_button("Start", "play", "paint the picture", button_style="primary")
        self.stop_button = push_button("Stop", "stop", "stop; the best network so far is kept")
        self.resume_button = push_button("Resume", "play", "paint the last one further")
        for button, action in (
            (self.start_button, self.start), (self.stop_button, self.stop), (self.resume_button, self.resume),
        ):  # fmt: skip
            button.on_click(handler(action))
        self.original, self.growth = (
            widgets.Image(format="png", layout={"width": "49%", "height": "auto", "display": "none"})
            for _ in range(2)
        )
        self.bar, self.line, self.code = progress_bar(), widgets.HTML(muted("not started yet")), CodeView()
        self.bar.layout.display = self.stop_button.layout.display = "none"
        self.resume_button.layout.display = "" if self._earlier else "none"
        self.form = TrainingForm(settings, handler, FIRST_SETTINGS)
        buttons = (self.start_button, self.resume_button, self.stop_button)
        head = box(widgets.HBox, "explorer-head", widgets.HTML(CSS + TITLE), self.source, *buttons)
        pictures = card("picture and painting", widgets.HBox([self.original, self.growth]))
        top = widgets.VBox([self.bar, self.line, self.code.widget])
        left = box(widgets.VBox, "explorer-left", pictures)
        right = box(widgets.VBox, "explorer-right", self.form.widget)
        columns = box(widgets.HBox, "explorer-columns", left, right)
        self.widget = box(widgets.VBox, "explorer-panel", head, self._errors.widget, top, columns)
        cells.reply_from_any_subshell(self.widget)
