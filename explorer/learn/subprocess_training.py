"""One training at a time, in a process of its own; its status is read from its run folder.

A run folder outlives the process that watches it, so a restarted server knows its last training, and a
training that another process started in the same explorations folder is found as well.
"""

from __future__ import annotations

import csv
import itertools
import math
import os
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError, computed_field

from explorer import progress_bar
from explorer.errors import ExplorerError, ReadError
from explorer.experiments.library.look import Look
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import MANIFEST
from explorer.files import read_json_or_empty, read_text, write_bytes
from explorer.learn.run_folder import HISTORY, PROGRESS, STOP, training_folders
from explorer.learn.settings import TrainSettings
from explorer.processes import NEW_PROCESS_GROUP
from explorer.settings import Knob, Settings

MAX_LOG_LINES, MAX_LOG_BYTES = 20, 8192  # at the end of the output of a process
MAX_HISTORY_ROWS = 20_000
NOTED = ("left_out", "skipped", "sensitivity", "pairs")  # of a manifest
LOOK_FILE = "taught.json"
# lines that give no reason: warnings, and progress as a line of a log or a bar
NO_REASON = re.compile(rf"explorer: warning: |{progress_bar.LINE}|[\w ]+: +\d+%\|")
PROCESS_LOST = "training ended without a reason: its process is gone"
DAMAGED = f"{MANIFEST} or {PROGRESS} of this training is damaged; start a new one"


class TrainingConflictError(ExplorerError):
    """A training is already running, or there is none to stop."""


class TrainingStatus(BaseModel):
    """Status of a training.

    While it runs, `phase` is the current step (hearing the sounds, making clips, training, proving, writing),
    `share` how much of that is done (0 to 1) and `seconds_left` how long the rest will take. `left_out` names
    sounds that are too short to train on, `skipped` files that could not be read, each by name and reason;
    `sensitivity` has the pairs that were wanted, `pairs` those that the field can express (both empty for a
    Julia set); `notes` has in words what is left out.
    """

    model_config = ConfigDict(extra="ignore")

    status: Literal["idle", "starting", "running", "stopping", "done", "stopped", "failed"] = "idle"
    run: str | None = None
    phase: str | None = None
    share: float = 0.0
    epoch: int | None = None
    epochs: int | None = None
    step: int | None = None
    loss: float | None = None
    losses: dict[str, float | None] = {}
    validation: dict[str, float | None] = {}
    seconds: float | None = None
    seconds_left: float | None = None
    error: str | None = None
    left_out: list[str] = []
    skipped: list[dict[str, str]] = []
    sensitivity: dict[str, dict[str, float]] = {}
    pairs: list[str] = []
    log: list[str] = []

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order
    @property
    def notes(self) -> list[str]:
        """The sounds and pairs that were not used and why, in words."""
        missing = [pair for pair in self.sensitivity if pair not in self.pairs]
        pairs = [f"the field cannot express {', '.join(missing)}: left out"] if missing else []
        short = [f"too short, left out: {', '.join(self.left_out)}"] if self.left_out else []
        return [*pairs, *short, *(f"skipped: {file.get('reason')}" for file in self.skipped)]

    @property
    def is_active(self) -> bool:
        """Whether a training process is running."""
        return self.status in ("starting", "running", "stopping")


class TrainingProcess:
    """Starts, watches and stops a training; all methods are thread-safe."""

    def __init__(
        self, explorations: Path, program: tuple[str, ...] = (sys.executable, "-m", "explorer")
    ) -> None:
        self.explorations = explorations
        self._program = program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._earlier_runs: dict[str, Any] = {}  # older than our process; a resumed one with its start time
        self._stop_requested = False

    def start(self, folder: Path, flags: list[str], resume: Path | None = None) -> TrainingStatus:
        """Start a training on the sounds of a folder, or resume the run in `resume`.

        It ends together with this process. Raises TrainingConflictError if a training runs.
        """
        with self._lock:
            current = self._status()
            if current.is_active:
                raise TrainingConflictError(f"{current.run or 'a training'} runs already; stop it first")
            self._earlier_runs = {run.name: None for run in training_folders(self.explorations)}
            if resume:
                self._earlier_runs[resume.name] = _start_of(resume)
            self._output = tempfile.TemporaryFile()  # noqa: SIM115  read until the next training starts
            command = [
                *self._program,
                "train",
                str(folder),
                *flags,
                *(["--resume", str(resume)] if resume else []),
                "--explorations",
                str(self.explorations),
                "--ends-with",
                str(os.getpid()),
            ]
            self._stop_requested = False
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                **NEW_PROCESS_GROUP,
            )
            return self._status()

    def status(self) -> TrainingStatus:
        """The current status; reads two small files."""
        with self._lock:
            return self._status()

    def stop(self) -> TrainingStatus:
        """Request the end of training after the current step; the model is kept.

        Raises TrainingConflictError if none runs.
        """
        with self._lock:
            if not self._status().is_active:
                raise TrainingConflictError("no training runs")
            run = self._run()
            if run is not None:
                with suppress(FileNotFoundError):  # it had learned nothing, so its folder was deleted
                    (run / STOP).touch()
            elif self._process is not None:  # it has no folder yet
                self._process.terminate()
            self._stop_requested = True
            return self._status()

    def history(self) -> list[dict[str, float | None]]:
        """The rows of history.csv of the run in `status`; None for what is not a finite number."""
        with self._lock:
            run = self._run()
        if run is None:
            return []
        try:
            lines = read_text(run / HISTORY).splitlines()
            rows = list(itertools.islice(csv.DictReader(lines), MAX_HISTORY_ROWS))
        except (ReadError, csv.Error):
            return []
        return [{str(name): _finite_number(text) for name, text in row.items()} for row in rows]

    def close(self) -> None:
        """Request the end of our own training; the model is kept."""
        with suppress(TrainingConflictError):
            if self._process and self._process.poll() is None:
                self.stop()

    def _status(self) -> TrainingStatus:
        run = self._run()
        status = _read_status(run) if run else TrainingStatus()
        code = self._process.poll() if self._process else None
        if self._process is None:
            return status
        if code is None and not status.is_active:  # it is starting, or has not exited yet
            active = "starting" if status.status == "idle" else "running"
            return status.model_copy(update={"status": "stopping" if self._stop_requested else active})
        if code is None:
            return status
        log = self._last_lines()
        if code != 0 and status.status not in ("stopped", "failed"):
            status = status.model_copy(update={"status": "stopped" if self._stop_requested else "failed"})
        if status.status != "failed":
            return status
        reason = status.error if status.error and status.error != PROCESS_LOST else None
        return status.model_copy(update={"log": log, "error": reason or end_reason(code, log)})

    def _run(self) -> Path | None:
        """The run folder of our process; the newest one while we have no process."""
        runs = training_folders(self.explorations)
        if self._process is None:
            return runs[-1] if runs else None
        later = [run for run in runs if self._is_later(run)]
        own = [run for run in later if _process_of(run) in self._process_tree()]
        if not own and self._process.poll() is not None:  # it exited with its children: the newest is its own
            own = later
        return own[-1] if own else None

    def _is_later(self, run: Path) -> bool:
        """Whether a run started after our process; resuming a run counts as a start."""
        if run.name not in self._earlier_runs:
            return True
        start = self._earlier_runs[run.name]
        return start is not None and _start_of(run) != start

    def _process_tree(self) -> set[int]:
        """Our process and its children: on Windows a launcher process is in between."""
        assert self._process is not None
        try:
            children = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.Error:
            children = []
        return {self._process.pid, *(child.pid for child in children)}

    def _last_lines(self) -> list[str]:
        if self._output is None:
            return []
        self._output.seek(max(0, self._output.seek(0, 2) - MAX_LOG_BYTES))
        text = self._output.read().decode("utf-8", "replace")
        # a progress bar redraws itself after a carriage return
        lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.replace("\r\n", "\n").split("\n")]
        return [line for line in lines if line][-MAX_LOG_LINES:]


def end_reason(code: int, log: list[str]) -> str:
    """Why a training process ended, in one line, from its exit status and the end of its output."""
    if code < 0:
        return f"the training process was killed (signal {-code})"
    lines = [line.removeprefix("explorer: ") for line in log if not NO_REASON.match(line)]
    return lines[-1] if lines else PROCESS_LOST


def _read_status(run: Path) -> TrainingStatus:
    """The status in a run folder; `failed` if its process is gone without a final status."""
    log = read_json_or_empty(run / MANIFEST)
    progress = read_json_or_empty(run / PROGRESS)
    result = {"status": "failed", **{name: log[name] for name in ("status", "error") if name in log}}
    unused = {name: log[name] for name in NOTED if name in log}
    status = TrainingStatus(status="failed", run=run.name, error=DAMAGED)
    for values in (result, result | unused, result | progress | unused):
        with suppress(ValidationError):  # damaged, or from another version
            status = TrainingStatus.model_validate({**values, "run": run.name})
    if status.status == "running" and not manifest.is_alive(log):
        status.status, status.error = "failed", PROCESS_LOST
    if status.status == "running" and (run / STOP).exists():
        status.status = "stopping"
    return status


def flags_of(settings: Settings, base: Settings | None = None) -> list[str]:
    """Settings as the flags of `explorer train`: all that differ from `base`, or from the defaults."""
    base = base or type(settings)()
    values = {knob: getattr(settings, name) for name, knob in settings.knobs().items()}
    changed = {knob: value for knob, value in values.items() if value != getattr(base, knob.name)}
    return [word for knob, value in changed.items() for word in _flag(knob, value)]


def field_flags(settings: TrainSettings, folder: Path) -> list[str]:
    """Flags of `explorer train` for what has no control: field (in a file of `folder`), moves, pairs."""
    flags: list[str] = []
    if settings.field is not None:
        write_bytes(folder / LOOK_FILE, Look(name="taught", field=settings.field).text.encode())
        flags += ["--look", str(folder / LOOK_FILE)]
    for name in ("moves", "pairs"):
        if names := getattr(settings, name):
            flags += [f"--{name}", ",".join(names)]
    return flags


def _flag(knob: Knob, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{'' if value else 'no-'}{knob.flag}"]
    return [f"--{knob.flag}", "none" if value is None else str(value)]


def _finite_number(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _process_of(run: Path) -> Any:
    return read_json_or_empty(run / MANIFEST).get("process")


def _start_of(run: Path) -> Any:
    return read_json_or_empty(run / MANIFEST).get("started")
