"""One training at a time, in a process of its own; what is known of it is read from its run folder.

A run folder outlives the process that watches it, so a restarted one knows what it had, and training begun
elsewhere on the same folder is seen as well.
"""

from __future__ import annotations

import csv
import itertools
import math
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError, computed_field

from explorer.errors import ExplorerError
from explorer.experiments.runs import manifest
from explorer.files import read_json_or_empty
from explorer.learn.settings import PROGRESS, STOP
from explorer.processes import APART
from explorer.settings import Knob, Settings

LAST_LINES, LAST_BYTES = 20, 8192  # of what a process said
MOST_ROWS = 20_000  # of a history
GONE = "training ended without saying why: its process is gone"


class Busy(ExplorerError):  # noqa: N818  as in: the machine is busy
    """A training runs already, or there is none to stop."""


class TrainingStatus(BaseModel):
    """How training goes. `status` is idle, starting, running, stopping, done, stopped or failed.

    While it runs, `phase` is what it does (hearing the sounds, making clips, training, proving, writing),
    `share` how much of that is done (0 to 1) and `seconds_left` how long that will take. `left_out` names
    sounds that are too short to train on, `skipped` files that could not be read, each by name and reason;
    `notes` says both in words.
    """

    model_config = ConfigDict(extra="ignore")

    status: str = "idle"
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
    log: list[str] = []

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way
    @property
    def notes(self) -> list[str]:
        """What became of sounds that were given and not used, in words."""
        short = [f"too short, left out: {', '.join(self.left_out)}"] if self.left_out else []
        return [*short, *(f"skipped: {file.get('reason')}" for file in self.skipped)]

    @property
    def is_going(self) -> bool:
        """Whether a process is at work."""
        return self.status in ("starting", "running", "stopping")


class Training:
    """Starts, watches and stops training; safe to ask from any thread."""

    def __init__(
        self, explorations: Path, program: tuple[str, ...] = (sys.executable, "-m", "explorer")
    ) -> None:
        self.explorations = explorations
        self._program = program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._earlier: dict[str, Any] = {}  # run folders from before our process, and when they had begun
        self._stopping = False

    def start(self, folder: Path, flags: list[str], resume: Path | None = None) -> TrainingStatus:
        """Begin to train on the sounds of a folder, or go on with the run in `resume`.

        It ends when this process does. Raises Busy when a training runs.
        """
        with self._lock:
            going = self._status()
            if going.is_going:
                raise Busy(f"{going.run or 'a training'} runs already; stop it first")
            self._earlier = {run.name: None for run in self._runs()}
            if resume:
                self._earlier[resume.name] = _begun(resume)
            self._said = tempfile.TemporaryFile()  # noqa: SIM115  read until the next training begins
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
            self._stopping = False
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=subprocess.STDOUT,
                **APART,
            )
            return self._status()

    def status(self) -> TrainingStatus:
        """What is known now; reads two small files."""
        with self._lock:
            return self._status()

    def stop(self) -> TrainingStatus:
        """Ask training to end after its step; what it has learned is kept. Raises Busy when none runs."""
        with self._lock:
            going = self._status()
            if not going.is_going:
                raise Busy("no training runs")
            run = self._run()
            if run is not None:
                with suppress(FileNotFoundError):  # it had learned nothing, and is gone
                    (run / STOP).touch()
            elif self._process is not None:  # it has made nothing yet
                self._process.terminate()
            self._stopping = True
            return self._status()

    def history(self) -> list[dict[str, float | None]]:
        """The rows of history.csv of the run that `status` tells of, numbers where there are some."""
        with self._lock:
            run = self._run()
        if run is None:
            return []
        try:
            with (run / "history.csv").open(encoding="utf-8", newline="") as file:
                rows = list(itertools.islice(csv.DictReader(file), MOST_ROWS))
        except (OSError, ValueError, csv.Error):
            return []
        return [{str(name): _number(text) for name, text in row.items()} for row in rows]

    def close(self) -> None:
        """Ask our own training to end; what it has learned is kept."""
        with suppress(Busy):
            if self._process and self._process.poll() is None:
                self.stop()

    def _status(self) -> TrainingStatus:
        run = self._run()
        told = _told(run) if run else TrainingStatus()
        code = self._process.poll() if self._process else None
        if self._process is None:
            return told
        if code is None and not told.is_going:  # it begins, or has yet to leave
            early = "starting" if told.status == "idle" else "running"
            return told.model_copy(update={"status": "stopping" if self._stopping else early})
        if code is None:
            return told
        log = self._last_lines()
        if code != 0 and told.status not in ("stopped", "failed"):
            told = told.model_copy(update={"status": "stopped" if self._stopping else "failed"})
        if told.status != "failed":
            return told
        reason = told.error if told.error and told.error != GONE else None
        last = log[-1].removeprefix("explorer: ") if log else GONE
        return told.model_copy(update={"log": log, "error": reason or last})

    def _run(self) -> Path | None:
        """The run folder of our process; the newest one while we have none."""
        runs = self._runs()
        if self._process is None:
            return runs[-1] if runs else None
        fresh = [run for run in runs if self._is_fresh(run)]
        ours = [run for run in fresh if _process_of(run) in self._family()]
        if not ours and self._process.poll() is not None:  # gone with its children: it made the newest
            ours = fresh
        return ours[-1] if ours else None

    def _is_fresh(self, run: Path) -> bool:
        """Whether a run began after our process did; one that was gone on with began anew."""
        if run.name not in self._earlier:
            return True
        begun = self._earlier[run.name]
        return begun is not None and _begun(run) != begun

    def _family(self) -> set[int]:
        """Our process and its children: on Windows a launcher stands between."""
        assert self._process is not None
        try:
            children = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.Error:
            children = []
        return {self._process.pid, *(child.pid for child in children)}

    def _runs(self) -> list[Path]:
        """Run folders of training, the oldest first."""
        try:
            found = [path for path in self.explorations.iterdir() if path.name.startswith("train_")]
        except OSError:
            return []
        return sorted(path for path in found if not path.is_symlink() and path.is_dir())

    def _last_lines(self) -> list[str]:
        if self._said is None:
            return []
        self._said.seek(max(0, self._said.seek(0, 2) - LAST_BYTES))
        text = self._said.read().decode("utf-8", "replace")
        # a progress bar writes itself anew after a carriage return
        lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.replace("\r\n", "\n").split("\n")]
        return [line for line in lines if line][-LAST_LINES:]


def _told(run: Path) -> TrainingStatus:
    """What a run folder tells of itself; `failed` where its process is gone and never said how it ended."""
    log = read_json_or_empty(run / manifest.NAME)
    progress = read_json_or_empty(run / PROGRESS)
    try:
        unused = {name: log.get(name, []) for name in ("left_out", "skipped")}
        told = TrainingStatus(**{**progress, "run": run.name, **unused})
    except ValidationError:  # damaged, or from another version
        told = TrainingStatus(run=run.name)
    if "status" not in progress:
        told.status, told.error = str(log.get("status", "failed")), told.error or log.get("error")
    if told.status == "running" and not manifest.is_alive(log):
        told.status, told.error = "failed", GONE
    if told.status == "running" and (run / STOP).exists():
        told.status = "stopping"
    return told


def flags_of(settings: Settings, base: Settings | None = None) -> list[str]:
    """Settings as the flags of `explorer train`: all that differ from `base`, or from the defaults."""
    base = base or type(settings)()
    values = {knob: getattr(settings, name) for name, knob in settings.knobs().items()}
    changed = {knob: value for knob, value in values.items() if value != getattr(base, knob.name)}
    return [word for knob, value in changed.items() for word in _flag(knob, value)]


def _flag(knob: Knob, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{'' if value else 'no-'}{knob.flag}"]
    return [f"--{knob.flag}", "none" if value is None else str(value)]


def _number(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _process_of(run: Path) -> Any:
    return read_json_or_empty(run / manifest.NAME).get("process")


def _begun(run: Path) -> Any:
    return read_json_or_empty(run / manifest.NAME).get("started")
