"""The progress of a training: a line and a bar, pictures as they change, losses, and the evaluation."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import ipywidgets as widgets

from explorer.experiments.runs.run_folder import SHEET
from explorer.fields.julia.model import ONNX_FILE
from explorer.formatting import duration_text, percent_text
from explorer.learn.losses import PAIRS, FeatureMetricPair
from explorer.learn.plots import draw_history
from explorer.learn.run_folder import EVALUATION_PLOT, HISTORY_PLOT, PREVIEW
from explorer.learn.settings import EVALUATION_PHASE, TRAINING_PHASE, WRITING_PHASE
from explorer.learn.subprocess_training import TrainingStatus
from explorer.learn.training_run import TrainRun
from explorer.notebook.widgets.boxes import box, card, progress_bar
from explorer.notebook.widgets.code_view import CodeView
from explorer.notebook.widgets.file_links import saved_links
from explorer.notebook.widgets.markup import heading, muted, warning
from explorer.notebook.widgets.show import encode_plot

UNKNOWN_MUSIC = "on music that it never heard"
LAST_PART = "on the last part of a sound whose first part it was trained on"
MAX_COLUMNS = 5  # of the plots of losses
NO_PICTURE = "how the model moves the picture before and after appears here"

LAST_PHASES = {EVALUATION_PHASE: "proving what it learned", WRITING_PHASE: "drawing what it learned"}

LossHistory = Sequence[Mapping[str, float | None]]


class TrainingProgressView:
    """Shows a `TrainingStatus` of a training with some pairs. Only one thread at a time may call `show`."""

    def __init__(self, pairs: Sequence[FeatureMetricPair] = PAIRS) -> None:
        self._pairs, self.scale = pairs, widgets.HTML(muted(loss_scale_text(pairs)))
        self.line, self.note = widgets.HTML(muted("not started yet")), widgets.HTML()
        self.bar = progress_bar()
        self.pictures, self.losses, self.evaluation = (_picture(kind) for kind in ("jpeg", "png", "png"))
        self.empty = widgets.HTML(muted(NO_PICTURE))
        self.numbers = widgets.HTML()
        self.code = CodeView()
        table = widgets.Accordion([self.numbers], titles=("the numbers",), selected_index=None)
        self._evaluation_title = widgets.HTML(heading(UNKNOWN_MUSIC))
        self._cards = {
            self.losses: card("losses after each epoch", self.losses, self.scale),
            self.evaluation: box(
                widgets.VBox, "explorer-card", self._evaluation_title, self.evaluation, table
            ),
        }
        pictures = card("pictures", self.empty, self.pictures)
        self.top = widgets.VBox([self.bar, self.line, self.note, self.code.widget])
        self.parts = (pictures, *self._cards.values())
        self.clear()

    def clear(self) -> None:
        """Remove what an earlier training left."""
        self._stamp, self._epochs = (0, 0), 0
        for picture in (self.pictures, self.losses, self.evaluation):
            self._display(picture, None)
        self.empty.layout.display = ""
        self.note.value = ""
        self.code.hide()

    def show(self, status: TrainingStatus, run: Path | None, history: LossHistory) -> None:
        """Show the status, the pictures and the losses."""
        self.bar.layout.display = "" if status.is_active else "none"
        self.bar.value = status.share if status.is_active else 0.0
        self.line.value = f'<span role="status">{status_html(status, run)}</span>'
        if status.notes:
            self.note.value = "<br>".join(muted(note) for note in status.notes)
        if run:
            self._show_pictures(run)
        if len(history) > self._epochs:
            self._epochs = len(history)
            self._display(self.losses, _loss_plot(history, self._pairs))

    def show_evaluation(self, run: TrainRun, code: str) -> None:
        """Show how well a finished training follows the music, and the code that uses it."""
        self._show_pictures(run.folder)
        music = LAST_PART if run.is_evaluated_on_training_sound else UNKNOWN_MUSIC
        self._evaluation_title.value = heading(music)
        self._display(self.evaluation, (run.folder / EVALUATION_PLOT).read_bytes())
        self.numbers.value = f'<pre class="explorer-table">{html.escape(run.report())}</pre>'
        self.code.show(code)

    def _show_pictures(self, run: Path) -> None:
        """Show the sheet of a finished training, else the pictures so far, where they are new."""
        for path in (run / SHEET, run / PREVIEW):
            try:
                stamp = path.stat().st_mtime_ns, path.stat().st_ino
                if stamp != self._stamp:
                    self._display(self.pictures, path.read_bytes())
                    self._stamp = stamp
                self.empty.layout.display = "none"
                return
            except OSError:  # not there, or being replaced
                continue

    def _display(self, picture: widgets.Image, data: bytes | None) -> None:
        if data:
            picture.value = data
        for widget in (picture, self._cards.get(picture, picture)):
            widget.layout.display = "" if data else "none"


def status_html(status: TrainingStatus, run: Path | None) -> str:
    """A status as a line of HTML."""
    if status.status == "failed":
        return warning(status.error or "failed")
    if status.status == "stopped" and run is None:
        return muted("stopped before anything was learned")
    if not status.is_active:
        files = {"history": HISTORY_PLOT, "proof": EVALUATION_PLOT, "pictures": SHEET, "ONNX": ONNX_FILE}
        links = {name: run / file for name, file in files.items()} if run else {}
        return f"{status.status}, {saved_links(run, links)}" if run else muted(status.status)
    activity = LAST_PHASES.get(status.phase or "", status.phase or "starting, a few seconds")
    prefix = f"stopped in epoch {status.epoch}; " if status.phase in LAST_PHASES else "stopping: "
    parts = [(prefix if status.status == "stopping" else "") + activity]
    if status.phase == TRAINING_PHASE:
        parts[0] += f", epoch {status.epoch} of {status.epochs}"
        parts += [f"loss {status.loss:.2f}"] if status.loss is not None else []
        held_out = [value for value in status.validation.values() if value is not None]
        parts += [f"held out {sum(held_out):.2f}"] if held_out else []
    elif status.phase and status.phase != WRITING_PHASE:
        parts[0] += f" {percent_text(status.share)}"
    parts += [f"{duration_text(status.seconds_left)} left"] if status.seconds_left else []
    return muted(", ".join(parts))


def loss_scale_text(pairs: Sequence[FeatureMetricPair]) -> str:
    """How to read the losses: a pair makes them negative where the picture follows the music."""
    lowest = ", ".join(f"{pair.name} {-pair.weight:g}" for pair in pairs)
    return f"lower is better; 0 means unrelated, and a pair that follows perfectly has {lowest}"


def _loss_plot(history: LossHistory, pairs: Sequence[FeatureMetricPair]) -> bytes:
    rows = [{name: math.nan if v is None else v for name, v in row.items()} for row in history]
    names = ["loss", *(pair.name for pair in pairs if pair.name in rows[0])]
    return encode_plot(draw_history(rows, names, columns=min(len(names), MAX_COLUMNS)))


def _picture(kind: str) -> widgets.Image:
    return widgets.Image(format=kind, layout={"width": "100%", "height": "auto", "display": "none"})
