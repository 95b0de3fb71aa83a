"""Cases of a campaign, run one after the other in a process of their own that may crash, hang or grow."""

from __future__ import annotations

import contextlib
import signal
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests import processes

HANG_SECONDS = 300  # of one case, many times what the slowest takes on a busy machine
MEMORY_LIMIT_MB = 300  # that a refused input may take above what the process held


@dataclass
class Figures:
    """What a campaign counted; `problems` names each case that must not have happened."""

    outcomes: Counter[str] = field(default_factory=Counter)
    most_memory_mb: float = 0.0  # of a refused case, above what the process held before it
    problems: list[str] = field(default_factory=list)

    def add(self, case: str, answer: dict) -> None:
        self.outcomes[answer["outcome"]] += 1
        if answer["outcome"] not in ("result", "refusal"):
            self.problems.append(f"{case}: {answer['outcome']} {answer.get('detail', '')}")
        if answer["outcome"] == "refusal":
            self.most_memory_mb = max(self.most_memory_mb, answer["memory_mb"])
            if answer["memory_mb"] > MEMORY_LIMIT_MB:
                self.problems.append(f"{case}: refused after {answer['memory_mb']:.0f} MB")

    def line(self, name: str) -> str:
        """`damaged sounds: 300 cases, 171 results, 129 refusals, 0 crashes, 0 hangs, ...`."""
        counts = [
            f"{self.outcomes[kind]} {kind}{'es' if kind == 'crash' else 's'}"
            for kind in ("result", "refusal", "crash", "hang", "error")
        ]
        total = sum(self.outcomes.values())
        return (
            f"{name}: {total} cases, {', '.join(counts)}, at most {self.most_memory_mb:.0f} MB for a refusal"
        )


class IsolatedProcess:
    """Calls a function of a module with one value a case; started again after a crash."""

    def __init__(self, function: Callable[[Any], object], **environment: str) -> None:
        self._function, self._environment = function, environment
        self._process: BaseProcess | None = None

    def run(self, case: object) -> dict:
        """The outcome of one case: a result, a refusal (ExplorerError), an error, a crash or a hang."""
        if self._process is None or not self._process.is_alive():
            self._pipe, end = processes.context.Pipe()
            self._process = processes.start(_serve, end, self._function, **self._environment)
            end.close()
        self._pipe.send(case)
        if not self._pipe.poll(HANG_SECONDS):
            self.close()
            return {"outcome": "hang"}
        try:
            return self._pipe.recv()
        except EOFError:
            self._process.join()
            return {"outcome": "crash", "detail": f"exit status {self._process.exitcode}"}

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def __enter__(self) -> IsolatedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def peak_memory_mb(reset: bool = False) -> float:
    """Peak of resident memory since the last reset (Linux), 0 elsewhere."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def answer(function, case: object) -> dict:
    """Call a function with a case and say how it ended."""
    from explorer.errors import ExplorerError

    before = peak_memory_mb(reset=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            detail = function(case)
        outcome = "result"
    except ExplorerError as error:
        outcome, detail = "refusal", str(error)
        if "\n" in detail:
            outcome = "error"  # one line is promised
    except BaseException as error:
        outcome, detail = "error", f"{type(error).__name__}: {error}"
    return {"outcome": outcome, "detail": str(detail)[:500], "memory_mb": peak_memory_mb() - before}


def _serve(pipe: Connection, function: Callable[[Any], object]) -> None:
    """Answer the cases that come through the pipe until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError):
        while True:
            pipe.send(answer(function, pipe.recv()))
