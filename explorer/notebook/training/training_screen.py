"""What is seen of a training: a line and a bar, pictures as they change, losses, and the proof."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import ipywidgets as widgets

from explorer.experiments.runs.run_folder import SHEET
from explorer.fields.julia.model import NETWORK
from explorer.formatting import duration_text, percent_text
from explorer.learn.losses import PAIRS
from explorer.learn.plots import draw_history
from explorer.learn.run_files import EVALUATION_PLOT, HISTORY_PLOT, PREVIEW
from explorer.learn.settings import EVALUATION_PHASE, TRAINING_PHASE, WRITING_PHASE
from explorer.learn.subprocess_training import TrainingStatus
from explorer.learn.training_run import TrainRun
from explorer.notebook.widgets.as_code import CodeView
from explorer.notebook.widgets.file_links import saved_in
from explorer.notebook.widgets.layout import box, card, heading
from explorer.notebook.widgets.show import plot
from explorer.notebook.widgets.thumbnail_grid import muted

NEVER_HEARD = "on music that it never heard"
LAST_PART = "on the last part of a sound whose first part it was trained on"
LOSSES = ("loss", "rms-luminance", "flux+onset-change", "zcr-edges", "centroid-hue")
NOTHING_YET = "how the model moves the picture before and after appears here"

ENDING = {EVALUATION_PHASE: "proving what it learned", WRITING_PHASE: "drawing what it learned"}

History = Sequence[Mapping[str, float | None]]


class TrainingScreen:
    """Shows a `TrainingStatus`. Only one thread at a time may call `show`."""

    def __init__(self) -> None:
        self.line, self.note = widgets.HTML(muted("not started yet")), widgets.HTML()
        self.bar = widgets.FloatProgress(0.0, max=1.0, layout={"width": "auto", "display": "none"})
        self.bar.add_class("explorer-bar")
        self.pictures, self.losses, self.proof = (_picture(kind) for kind in ("jpeg", "png", "png"))
        self.empty = widgets.HTML(muted(NOTHING_YET))
        self.numbers = widgets.HTML()
        self.code = CodeView()
        table = widgets.Accordion([self.numbers], titles=("the numbers",), selected_index=None)
        self._proof_title = widgets.HTML(heading(NEVER_HEARD))
        self._cards = {
            self.losses: card("losses after each epoch", self.losses, widgets.HTML(muted(scale_words()))),
            self.proof: box(widgets.VBox, "explorer-card", self._proof_title, self.proof, table),
        }
        self.seen = card("pictures", self.empty, self.pictures)
        self.top = widgets.VBox([self.bar, self.line, self.note, self.code.widget])
        self.parts = (self.seen, *self._cards.values())
        self.clear()

    def clear(self) -> None:
        """Show nothing of an earlier training."""
        self._stamp, self._epochs = (0, 0), 0
        for picture in (self.pictures, self.losses, self.proof):
            self._display(picture, None)
        self.empty.layout.display = ""
        self.note.value = ""
        self.code.hide()

    def show(self, told: TrainingStatus, run: Path | None, history: History) -> None:
        """Show where a training is."""
        self.bar.layout.display = "" if told.is_active else "none"
        self.bar.value = told.share if told.is_active else 0.0
        self.line.value = f'<span role="status">{words(told, run)}</span>'
        if told.notes:
            self.note.value = "<br>".join(muted(note) for note in told.notes)
        if run:
            self._show_pictures(run)
        if len(history) > self._epochs:
            self._epochs = len(history)
            self._display(self.losses, _chart(history))

    def show_proof(self, run: TrainRun, code: str) -> None:
        """Show how a training that has ended turned out, and how to use it."""
        self._show_pictures(run.folder)
        self._proof_title.value = heading(LAST_PART if run.is_evaluated_on_training_sound else NEVER_HEARD)
        self._display(self.proof, (run.folder / EVALUATION_PLOT).read_bytes())
        self.numbers.value = f'<pre class="explorer-table">{html.escape(run.report())}</pre>'
        self.code.show(code)

    def _show_pictures(self, run: Path) -> None:
        """The sheet of a finished training, else the pictures so far, where they are new."""
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


def words(told: TrainingStatus, run: Path | None) -> str:
    """A status as a line of HTML."""
    if told.status == "failed":
        return f'<span class="explorer-wrong">{html.escape(told.error or "failed")}</span>'
    if told.status == "stopped" and run is None:
        return muted("stopped before anything was learned")
    if not told.is_active:
        files = {"history": HISTORY_PLOT, "proof": EVALUATION_PLOT, "pictures": SHEET, "ONNX": NETWORK}
        links = {name: run / file for name, file in files.items()} if run else {}
        return f"{told.status}, {saved_in(run, links)}" if run else muted(told.status)
    doing = ENDING.get(told.phase or "", told.phase or "starting, a few seconds")
    begins = f"stopped in epoch {told.epoch}; " if told.phase in ENDING else "stopping: "
    parts = [(begins if told.status == "stopping" else "") + doing]
    if told.phase == TRAINING_PHASE:
        parts[0] += f", epoch {told.epoch} of {told.epochs}"
        parts += [f"loss {told.loss:.2f}"] if told.loss is not None else []
        held_out = [value for value in told.validation.values() if value is not None]
        parts += [f"held out {sum(held_out):.2f}"] if held_out else []
    elif told.phase and told.phase != WRITING_PHASE:
        parts[0] += f" {percent_text(told.share)}"
    parts += [f"{duration_text(told.seconds_left)} left"] if told.seconds_left else []
    return muted(", ".join(parts))


def scale_words() -> str:
    """How to read the losses, which a pair makes negative where the picture follows."""
    lowest = ", ".join(f"{pair.name} {-pair.weight:g}" for pair in PAIRS if pair.name in LOSSES)
    return f"lower is better; 0 means unrelated, and a pair that follows perfectly has {lowest}"


def _chart(history: History) -> bytes:
    rows = [{name: math.nan if v is None else v for name, v in row.items()} for row in history]
    names = [name for name in LOSSES if name in rows[0]]
    return plot(draw_history(rows, names, columns=len(names)))


def _picture(kind: str) -> widgets.Image:
    return widgets.Image(format=kind, layout={"width": "100%", "height": "auto", "display": "none"})
