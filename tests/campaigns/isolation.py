"""Cases of a campaign, run one after the other in a process of their own that may crash, hang or grow."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import selectors
import signal
import subprocess
import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
HANG_SECONDS = 60  # of one case, many times what the slowest takes on a busy machine
START_SECONDS = 300  # of the process, which imports the package
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
    """Calls `function` ("package.module:name") with one JSON value a case; started again after a crash."""

    def __init__(self, function: str, **environment: str) -> None:
        self._command = [sys.executable, "-m", "tests.campaigns.isolation", function]
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self._process: subprocess.Popen[str] | None = None

    def run(self, case: object) -> dict:
        """The outcome of one case: a result, a refusal (ExplorerError), an error, a crash or a hang."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=self._environment,
            )
            start = self._answer(self._process, START_SECONDS)
            if start["outcome"] != "ready":
                return start
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        return self._answer(self._process, HANG_SECONDS)

    def _answer(self, process: subprocess.Popen[str], seconds: float) -> dict:
        """The next line of the process."""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                self.close()
                return {"outcome": "hang"}
        line = process.stdout.readline()
        if not line:
            return {"outcome": "crash", "detail": f"exit status {process.wait()}"}
        return json.loads(line)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
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


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "w")
    with contextlib.suppress(OSError):
        os.dup2(2, 1)  # what a case prints must not pass for an answer
    out.write(json.dumps({"outcome": "ready"}) + "\n")
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(answer(function, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
