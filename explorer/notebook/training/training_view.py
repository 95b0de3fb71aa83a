"""ex.training(): a model trained in a notebook, and watched while it learns."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from PIL import Image

from explorer.errors import SettingsError
from explorer.experiments.library.lookup import find
from explorer.experiments.runs.run_folder import SHEET
from explorer.fields.julia import Julia
from explorer.fields.julia.model import FACTS
from explorer.files import explorations_folder
from explorer.learn.dataset import sound_files
from explorer.learn.settings import TrainSettings, resumed_settings, saved_settings
from explorer.learn.subprocess_training import TrainingProcess, TrainingStatus, flags_of
from explorer.learn.training_run import TrainRun
from explorer.notebook.training.training_form import TrainingForm
from explorer.notebook.training.training_screen import TrainingScreen
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.layout import box, push_button
from explorer.notebook.widgets.show import relative
from explorer.notebook.widgets.static_output import VIEW, Still
from explorer.notebook.widgets.style import CSS

STILL_WIDTH = 960  # pixels of the pictures that a saved notebook keeps
PULSE = 0.5  # seconds between two looks at a training
TITLE = '<span class="explorer-title">Training</span>'


def training(
    source: str | Path = "",
    *,
    proof_on: Sequence[str | Path] = (),
    resume: str | Path | None = None,
    explorations: str | Path | None = None,
    **settings: Any,
) -> TrainingView:
    """A widget that trains a model to move Julia sets with the music of a folder, or of one file.

    It shows settings, progress, losses, pictures before and now, and at the end the proof; `settings` are
    where its controls start (see `TrainSettings`). Training runs in a process of its own, which Stop, closing
    the widget, or the end of the kernel ends after its step, keeping what was learned; `resume` is a run to
    go on with. `proof_on` names sounds to prove on and never to train on. Running the cell again closes the
    widget before.
    """
    cells.close_previous()
    for name in TrainSettings.model_fields.keys() & settings.keys() - TrainSettings.knobs().keys():
        raise SettingsError(f"{name} cannot be set here; train with explorer.learn.train(..., {name}=...)")
    root = explorations_folder(explorations)
    earlier = find(resume, root) if resume else None
    chosen = resumed_settings(earlier, settings) if earlier else TrainSettings(**settings)
    if str(source):
        sound_files(source)  # a folder that is missing or holds no sound is told here
    view = TrainingView(source, chosen, TrainingProcess(root.resolve()), proof_on=proof_on, resume=earlier)
    cells.remember(view)
    return view


class TrainingView:
    """What `training` makes: `start`, `stop`, `go_on` and `wait` do what its buttons do.

    `status` is where it is, `run` the training once something was learned, `field` a Julia set that the model
    moves.
    """

    def __init__(
        self,
        source: str | Path,
        settings: TrainSettings,
        child: TrainingProcess,
        *,
        proof_on: Sequence[str | Path] = (),
        resume: Path | None = None,
    ) -> None:
        self._child, self._resume = child, resume
        self._proof_on = [str(file.resolve()) for path in proof_on for file in sound_files(path)]
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None
        self._errors, self._still = ErrorLine(), Still()
        self.status = TrainingStatus()
        self._make_widgets(str(source), settings)

    def start(self) -> None:
        """Begin a training; returns at once. Raises ExplorerError for what cannot be trained on."""
        self._begin(None, self.form.settings)

    def go_on(self) -> None:
        """Go on with the training that was stopped; its epochs and patience may have changed."""
        if self._resume is None:
            raise SettingsError("there is no training to go on with; press Start")
        self._begin(self._resume, resumed_settings(self._resume, self.form.settings.model_dump()))

    def stop(self) -> None:
        """Ask training to end after its step; what it has learned is kept, and proven."""
        self._child.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until training has ended; false when `timeout` seconds were too short."""
        if self._watcher:
            self._watcher.join(timeout)
        return self._watcher is None or not self._watcher.is_alive()

    @property
    def run(self) -> TrainRun | None:
        """The training that ended last; None before something was learned."""
        folder = self._folder()
        whole = folder and not self.status.is_active and (folder / FACTS).is_file()
        return TrainRun(folder) if folder and whole else None

    @property
    def field(self) -> Julia:
        """A Julia set that the trained model moves. Raises SettingsError before there is one."""
        if self.run is None:
            raise SettingsError("nothing was learned yet; press Start and wait for the end, or press Stop")
        return self.run.field

    def close(self) -> None:
        """Ask a training that runs to end, keeping what it has learned, and take the widget away."""
        if self._closed.is_set():
            return
        self._closed.set()
        cells.forget(self)
        self._child.close()
        for widget in list(cells.tree(self.widget)):
            widget.close()

    def __enter__(self) -> TrainingView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Training on {Path(self.source.value).name or 'nothing yet'}: {self.status.status}"

    def _ipython_display_(self) -> None:
        self._still.display(None, repr(self))
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        display({VIEW: view, "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]

    def _begin(self, earlier: Path | None, settings: TrainSettings) -> None:
        source = self.source.value.strip().strip("\"'")
        if not source:
            raise SettingsError("name a folder with music, or one sound file")
        place = Path(source).expanduser()
        sound_files(place)  # told at once, and not when the other process has started
        flags = flags_of(settings, saved_settings(earlier) if earlier else None)
        flags += [word for path in self._proof_on for word in ("--prove", path)]
        with self._lock:
            told = self._child.start(place.resolve(), flags, earlier)
            self.screen.clear()
            self._resume = None
            self._show(told)
            self._watcher = threading.Thread(target=self._watch, name="explorer-training", daemon=True)
            self._watcher.start()

    def _watch(self) -> None:
        """Show how training goes until it has ended, on a thread of its own."""
        while not self._closed.is_set():
            told = self._child.status()
            try:
                self._show(told)
                if not told.is_active:
                    self._end()
            except Exception as error:
                self._errors.show(error)
            if not told.is_active:
                return
            self._closed.wait(PULSE)

    def _show(self, told: TrainingStatus) -> None:
        self.status = told
        self.start_button.layout.display = "none" if told.is_active else ""
        self.stop_button.layout.display = "" if told.is_active else "none"
        self.stop_button.disabled = told.status == "stopping"
        self.go_on_button.layout.display = "" if self._resume and not told.is_active else "none"
        self.screen.show(told, self._folder(), self._child.history() if told.run else [])

    def _end(self) -> None:
        """What a training leaves: the proof and the code that uses it, or a way to go on."""
        folder = self._folder()
        if folder and self.status.status != "done":
            self._resume = folder
            self.go_on_button.layout.display = ""
        if self.run and (self.run.folder / SHEET).is_file():
            self.screen.show_proof(self.run, self._code(self.run.folder))
            sheet = Image.open(self.run.folder / SHEET).convert("RGB")
            sheet.thumbnail((STILL_WIDTH, STILL_WIDTH))
            self._still.update(np.asarray(sheet), repr(self))

    def _folder(self) -> Path | None:
        return self._child.explorations / self.status.run if self.status.run else None

    def _code(self, run: Path) -> str:
        """One line that uses what was learned, on the first sound of the folder."""
        near = run.parent == explorations_folder().resolve()
        model = run.name if near else relative(run)
        files = sound_files(Path(self.source.value).expanduser())
        unused = {*self.status.left_out, *(file["name"] for file in self.status.skipped)}
        song = next((file for file in files if file.name not in unused), files[0])
        return f"ex.explore({relative(song)!r}, ex.Julia(model={model!r}))"

    def _make_widgets(self, source: str, settings: TrainSettings) -> None:
        guarded = self._errors.guarded
        self.source = widgets.Text(
            source, placeholder="folder with music, or a sound file", description="music",
            tooltip="a folder with music, or one sound file", continuous_update=False,
            style={"description_width": "46px"}, layout={"width": "300px"},
        )  # fmt: skip
        self.start_button = push_button("Start", "play", "train a new model", button_style="primary")
        self.stop_button = push_button("Stop", "stop", "end training; what was learned is kept, and proven")
        self.go_on_button = push_button("Go on", "play", "go on with the training that was stopped")
        for pressed, action in (
            (self.start_button, self.start), (self.stop_button, self.stop), (self.go_on_button, self.go_on),
        ):  # fmt: skip
            pressed.on_click(guarded(action))
        self.stop_button.layout.display = "none"
        self.go_on_button.layout.display = "" if self._resume else "none"
        self.form, self.screen = TrainingForm(settings, guarded), TrainingScreen()
        buttons = (self.start_button, self.go_on_button, self.stop_button)
        head = box(widgets.HBox, "explorer-head", widgets.HTML(CSS + TITLE), self.source, *buttons)
        left = box(widgets.VBox, "explorer-left", *self.screen.parts)
        right = box(widgets.VBox, "explorer-right", self.form.widget)
        columns = box(widgets.HBox, "explorer-columns", left, right)
        parts = (head, self._errors.widget, self.screen.top, columns)
        self.widget = box(widgets.VBox, "explorer-panel", *parts)
        cells.answer_in_any_shell(self.widget)
