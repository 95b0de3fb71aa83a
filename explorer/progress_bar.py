"""Progress bars of commands, and of calls from Python and notebooks, with the time left.

`explorer.render` and every other public function with a `progress` gets one unless the caller gives another:
after two seconds, on stderr or as one line of a notebook's cell.
"""

from __future__ import annotations

import inspect
import re
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, wraps
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from tqdm import tqdm

from explorer.formatting import duration_text, percent_text
from explorer.progress import observing_compilation

COMMAND_DELAY_SECONDS, CALL_DELAY_SECONDS = 1.0, 2.0  # before anything is shown
REFRESH_SECONDS = 1.0  # between two refreshes of a bar whose step reports nothing
LOG_INTERVAL_SECONDS = 10.0  # between lines of progress where stderr is no terminal
COMPILING = "compiling kernels (once)"
LINE = rf"explorer: ({re.escape(COMPILING)}|[\w ]+ \d+%(, .+ left)?)$"  # of a log; see `ProgressBar._words`
STEP_UNITS = {"drawing": " frames", "analyzing": " s"}
BAR_FORMATS = {  # of steps whose bar differs from that of tqdm
    "training": "{l_bar}{bar}| {n:.1f} of {total} epochs [{elapsed}<{remaining}]",
    COMPILING: "{desc} [{elapsed}]",
}
CALLS_WITHOUT_STEPS = ("render_frame",)  # public functions without `progress` that compile kernels


class ProgressBar:
    """Progress bars on stderr, one per step, with rate and time left; shown after `delay` seconds.

    A line tells that kernels are compiled. In a notebook the bar is one line of the cell's output. Where
    stderr is no terminal, a line is printed every 10 seconds instead.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, delay: float = COMMAND_DELAY_SECONDS
    ) -> None:
        self._bar: tqdm[Any] | None = None
        self._step, self._done, self._total = "", 0.0, 0.0
        self._clock, self._start_time = clock, clock()
        self._delay, self._last_line_time, self._step_time = delay, self._start_time, self._start_time
        self._lock = threading.RLock()  # kernels compile in any thread
        self._exits = ExitStack()
        self._cell: CellLine | None = None

    def __call__(self, step: str, done: float, total: float) -> None:
        with self._lock:
            if step != self._step:
                self.close()
                self._step, self._step_time = step, self._clock()
            self._done, self._total = done, total
            self._show()

    def close(self) -> None:
        """Remove the bar."""
        with self._lock:
            self._step = ""
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def _show(self) -> None:
        """Show the state of the step, where it is time to."""
        now = self._clock()
        if not self._step or now - self._start_time < self._delay:
            return
        if self._bar is None:
            self._bar = self._new_bar()
        self._bar.update((self._done if self._step == "training" else round(self._done)) - self._bar.n)
        if self._bar.disable and now - self._last_line_time > LOG_INTERVAL_SECONDS:
            self._last_line_time = now
            sys.stderr.write(f"explorer: {self._words(now)}\n")
            sys.stderr.flush()

    def _new_bar(self) -> tqdm[Any]:
        if self._cell is None and (shell := _notebook_shell()) is not None:
            self._cell = CellLine(shell)
        options: dict[str, Any] = {"file": self._cell, "disable": False if self._cell else None}
        options |= {"bar_format": BAR_FORMATS.get(self._step), "unit": STEP_UNITS.get(self._step, "")}
        total = round(self._total) if self._total else None
        initial = 0 if self._step == "training" else round(self._done)
        return tqdm(
            total=total, initial=initial, desc=self._step, ascii=True, leave=False, miniters=0, **options
        )

    def _words(self, now: float) -> str:
        """The state of the step in words, with the time left."""
        share, seconds = self._done / self._total if self._total else 0.0, now - self._step_time
        if self._step == COMPILING:
            return COMPILING
        left = f", {duration_text(seconds / share - seconds)} left" if share > 0 else ""
        return f"{self._step} {percent_text(share)}{left}"

    def _show_compilation(self) -> None:
        self(COMPILING, 0, 0)

    def _refresh(self, end: threading.Event) -> None:
        """Keep the time of the bar going, in a thread of its own, until the end."""
        while not end.wait(REFRESH_SECONDS):
            with self._lock:
                if not end.is_set():
                    self._show()
                    if self._bar is not None:
                        self._bar.refresh()

    def __enter__(self) -> Self:
        end = threading.Event()
        thread = threading.Thread(target=self._refresh, args=(end,), name="explorer-progress", daemon=True)
        self._exits.callback(self.close)
        self._exits.callback(thread.join)
        self._exits.callback(end.set)
        self._exits.enter_context(observing_compilation(self._show_compilation))
        thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self._exits.close()


class CellLine:
    """A file for tqdm that is one line in the output of a notebook's cell."""

    def __init__(self, shell: Any) -> None:
        self._publish, self._display_id, self._line = shell.display_pub.publish, uuid4().hex, ""
        self._is_published = False

    def write(self, text: str) -> None:
        """Replace the line."""
        line = text.strip("\r\n ")
        if line != self._line:
            self._line = line
            transient = {"display_id": self._display_id}
            self._publish({"text/plain": line}, {}, transient=transient, update=self._is_published)
            self._is_published = True

    def flush(self) -> None:
        """Nothing waits."""


def _notebook_shell() -> Any:
    """The shell of a Jupyter kernel, or None elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if hasattr(shell, "kernel") else None


@cache
def with_progress_bar(function: Callable[..., Any]) -> Callable[..., Any]:
    """A public function that shows a progress bar after two seconds, unless it is given `progress`."""
    signature = inspect.signature(function)
    takes_progress = "progress" in signature.parameters
    if not takes_progress and function.__name__ not in CALLS_WITHOUT_STEPS:
        return function

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if takes_progress and _has_progress(signature, args, options):
            return function(*args, **options)
        with ProgressBar(delay=CALL_DELAY_SECONDS) as bar:
            return function(*args, **options, **({"progress": bar} if takes_progress else {}))

    call.__module__ = "explorer"  # where pickle finds it
    return call


def _has_progress(signature: inspect.Signature, args: tuple[Any, ...], options: dict[str, Any]) -> bool:
    """Whether a call names its `progress`; so does a call that the function refuses."""
    try:
        return "progress" in signature.bind_partial(*args, **options).arguments
    except TypeError:
        return True
