"""ex.training(): trains a model in a notebook and shows how it learns."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from PIL import Image

from explorer.errors import SettingsError
from explorer.experiments.library.lookup import find_folder
from explorer.experiments.runs.run_folder import SHEET
from explorer.fields import FieldSettings
from explorer.fields.julia.model import METADATA_FILE
from explorer.files import explorations_folder
from explorer.learn.dataset import sound_files
from explorer.learn.settings import TrainSettings, resumed_settings, saved_settings
from explorer.learn.subprocess_training import TrainingProcess, TrainingStatus, field_flags, flags_of
from explorer.learn.teaching.pairs import pairs_of
from explorer.learn.training_run import TrainRun
from explorer.notebook.training.training_form import TrainingForm
from explorer.notebook.training.training_progress import TrainingProgressView
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import box, push_button
from explorer.notebook.widgets.code_view import field_code
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.file_links import relative_link
from explorer.notebook.widgets.markup import CSS
from explorer.notebook.widgets.static_output import StaticOutput, widget_bundle

SHEET_PIXELS = 960  # width of the pictures that a saved notebook keeps
POLL_SECONDS = 0.5  # between two readings of the status of a training
TITLE = '<span class="explorer-title">Training</span>'
FIRST_SETTINGS = ("epochs", "made_clips", "window_frames", "include_delta", "include_delta_delta", "seed")


def training(
    source: str | Path = "",
    *,
    proof_on: Sequence[str | Path] = (),
    resume: str | Path | None = None,
    explorations: str | Path | None = None,
    **settings: Any,
) -> TrainingView:
    """A widget that trains a model to move a field with the music of a folder, or of one file.

    It shows settings, progress, losses, pictures before and now, and at the end the evaluation; `settings`
    are the first values of its controls, and `field` (a Julia set where none is given), `moves` and `pairs`:
    see `TrainSettings`. Training runs in a process of its own, which
    Stop, closing the widget, or the end of the kernel ends after its current step; what was learned is saved.
    `resume` is a run to resume. `proof_on` names sounds to evaluate on and never to train on. Running the
    cell again closes the previous widget.
    """
    cells.prepare()
    settable = {*TrainSettings.knobs(), *TrainSettings.added_settings}
    for name in TrainSettings.model_fields.keys() & settings.keys() - settable:
        raise SettingsError(f"{name} cannot be set here; train with explorer.learn.train(..., {name}=...)")
    root = explorations_folder(explorations)
    earlier = find_folder(resume, root) if resume else None
    first = resumed_settings(earlier, settings) if earlier else TrainSettings(**settings)
    if str(source):
        sound_files(source)  # a folder that is missing or holds no sound is reported here
    view = TrainingView(source, first, TrainingProcess(root.resolve()), proof_on=proof_on, resume=earlier)
    cells.register(view)
    return view


class TrainingView:
    """The result of `training`: `start`, `stop` and `resume` do what its buttons do; `wait` waits.

    `status` is its state, `run` the training once something was learned, `field` the field that the model
    moves. `go_on` is the earlier name of `resume`.
    """

    def __init__(
        self,
        source: str | Path,
        settings: TrainSettings,
        process: TrainingProcess,
        *,
        proof_on: Sequence[str | Path] = (),
        resume: Path | None = None,
    ) -> None:
        self._process, self._resume_folder = process, resume
        self._proof_on = [str(file.resolve()) for path in proof_on for file in sound_files(path)]
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None
        self._look_folder = tempfile.TemporaryDirectory(prefix="explorer-training-")
        self._errors, self._static_output = ErrorLine(), StaticOutput()
        self.status = TrainingStatus()
        self._make_widgets(str(source), settings)

    def start(self) -> None:
        """Start a training; returns at once. Raises ExplorerError for what cannot be trained on."""
        self._start(None, self.form.settings)

    def resume(self) -> None:
        """Resume the training that was stopped; its epochs and patience may have changed."""
        folder = self._resume_folder
        if folder is None:
            raise SettingsError("there is no training to resume; press Start")
        self._start(folder, resumed_settings(folder, self.form.settings.model_dump()))

    def stop(self) -> None:
        """Request that training ends after its current step; what it has learned is saved and evaluated."""
        self._process.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until training has ended; false when `timeout` seconds were too short."""
        if self._watcher:
            self._watcher.join(timeout)
        return self._watcher is None or not self._watcher.is_alive()

    go_on = resume

    @property
    def run(self) -> TrainRun | None:
        """The training that ended last; None before something was learned."""
        folder = self._folder()
        complete = folder and not self.status.is_active and (folder / METADATA_FILE).is_file()
        return TrainRun(folder) if folder and complete else None

    @property
    def field(self) -> FieldSettings:
        """The field that the trained model moves. Raises SettingsError before there is one."""
        if self.run is None:
            raise SettingsError("nothing was learned yet; press Start and wait for the end, or press Stop")
        return self.run.field

    def close(self) -> None:
        """Stop a running training, keeping what it has learned, and close the widget."""
        if self._closed.is_set():
            return
        self._closed.set()
        cells.unregister(self)
        self._process.close()
        self._look_folder.cleanup()
        cells.close_tree(self.widget)

    def __enter__(self) -> TrainingView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Training on {Path(self.source.value).name or 'nothing yet'}: {self.status.status}"

    def _ipython_display_(self) -> None:
        self._static_output.display(None, repr(self))
        display(widget_bundle(self.widget, repr(self)), raw=True)  # type: ignore[no-untyped-call]

    def _start(self, earlier: Path | None, settings: TrainSettings) -> None:
        source = self.source.value.strip().strip("\"'")
        if not source:
            raise SettingsError("name a folder with music, or one sound file")
        path = Path(source).expanduser()
        sound_files(path)  # an error appears at once, and not when the other process has started
        flags = flags_of(settings, saved_settings(earlier) if earlier else None)
        if not earlier:
            flags += field_flags(settings, Path(self._look_folder.name))
        flags += [word for sound in self._proof_on for word in ("--prove", sound)]
        with self._lock:
            status = self._process.start(path.resolve(), flags, earlier)
            self.progress.clear()
            self._resume_folder = None
            self._show(status)
            self._watcher = threading.Thread(target=self._watch, name="explorer-training", daemon=True)
            self._watcher.start()

    def _watch(self) -> None:
        """Show the status until training has ended, on a thread of its own."""
        while not self._closed.is_set():
            status = self._process.status()
            try:
                self._show(status)
                if not status.is_active:
                    self._end()
            except Exception as error:
                self._errors.show(error)
            if not status.is_active:
                return
            self._closed.wait(POLL_SECONDS)

    def _show(self, status: TrainingStatus) -> None:
        self.status = status
        self.start_button.layout.display = "none" if status.is_active else ""
        self.stop_button.layout.display = "" if status.is_active else "none"
        self.stop_button.disabled = status.status == "stopping"
        self.resume_button.layout.display = "" if self._resume_folder and not status.is_active else "none"
        self.progress.show(status, self._folder(), self._process.history() if status.run else [])

    def _end(self) -> None:
        """Show what a training leaves: the evaluation and the code that uses it, or the Resume button."""
        folder = self._folder()
        if folder and self.status.status != "done":
            self._resume_folder = folder
            self.resume_button.layout.display = ""
        if self.run and (self.run.folder / SHEET).is_file():
            self.progress.show_evaluation(self.run, self._code(self.run.folder))
            sheet = Image.open(self.run.folder / SHEET).convert("RGB")
            sheet.thumbnail((SHEET_PIXELS, SHEET_PIXELS))
            self._static_output.update(np.asarray(sheet), repr(self))

    def _folder(self) -> Path | None:
        return self._process.explorations / self.status.run if self.status.run else None

    def _code(self, run: Path) -> str:
        """One line that uses what was learned, on the first sound of the folder."""
        is_default = run.parent == explorations_folder().resolve()
        model = run.name if is_default else relative_link(run)
        field = saved_settings(run).field
        code = f"{field_code(field)}.replace(model={model!r})" if field else f"ex.Julia(model={model!r})"
        files = sound_files(Path(self.source.value).expanduser())
        unused = {*self.status.left_out, *(file["name"] for file in self.status.skipped)}
        song = next((file for file in files if file.name not in unused), files[0])
        return f"ex.explore({relative_link(song)!r}, {code})"

    def _make_widgets(self, source: str, settings: TrainSettings) -> None:
        handler = self._errors.handler
        self.source = widgets.Text(
            source, placeholder="folder with music, or a sound file", description="music",
            tooltip="a folder with music, or one sound file", continuous_update=False,
            style={"description_width": "46px"}, layout={"width": "300px"},
        )  # fmt: skip
        self.start_button = push_button("Start", "play", "train a new model", button_style="primary")
        self.stop_button = push_button(
            "Stop", "stop", "stop training; what was learned is saved and evaluated"
        )
        self.resume_button = push_button("Resume", "play", "resume the training that was stopped")
        for button, action in (
            (self.start_button, self.start), (self.stop_button, self.stop), (self.resume_button, self.resume),
        ):  # fmt: skip
            button.on_click(handler(action))
        self.stop_button.layout.display = "none"
        self.resume_button.layout.display = "" if self._resume_folder else "none"
        self.form = TrainingForm(settings, handler, FIRST_SETTINGS)
        self.progress = TrainingProgressView(pairs_of(settings))
        buttons = (self.start_button, self.resume_button, self.stop_button)
        head = box(widgets.HBox, "explorer-head", widgets.HTML(CSS + TITLE), self.source, *buttons)
        left = box(widgets.VBox, "explorer-left", *self.progress.parts)
        right = box(widgets.VBox, "explorer-right", self.form.widget)
        columns = box(widgets.HBox, "explorer-columns", left, right)
        parts = (head, self._errors.widget, self.progress.top, columns)
        self.widget = box(widgets.VBox, "explorer-panel", *parts)
        cells.reply_from_any_subshell(self.widget)
