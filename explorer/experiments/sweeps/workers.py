"""Worker processes on this machine, as an executor.

Plain child processes that are sent pickled calls. A worker that dies fails the one call that it had, and
the next call gets a new worker; `concurrent.futures` and joblib's loky break the whole pool then, and with
it the calls of all other workers. The processes of `concurrent.futures` also import the user's script again
(and run it, where it has no `if __name__ == "__main__"`). Ctrl-C reaches this process alone.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from explorer.errors import ExplorerError
from explorer.processes import NEW_PROCESS_GROUP
from explorer.threads import usable_threads

WORKER_BYTES = 1.2e9  # of memory that a worker may need: Python, torch and a few large frames
SERVE_CODE = "from explorer.experiments.sweeps.workers import serve; serve()"
THREAD_SETTINGS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def default_workers(points: int) -> int:
    """As many workers as cores, free memory and points allow."""
    memory = int(psutil.virtual_memory().available / WORKER_BYTES)
    return max(1, min(usable_threads(), memory, points))


def threads_each(workers: int) -> int:
    """Threads of one worker, so that all together are no more than the cores."""
    return max(1, usable_threads() // workers)


class WorkerError(ExplorerError):
    """A worker process died, and with it the call that it had."""


class LocalProcesses(Executor):
    """A number of child processes; each call goes to one that is free. They end with this process."""

    def __init__(self, workers: int, threads: int = 1) -> None:
        self.workers, self.threads = workers, threads
        self._calls: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        names = [f"explorer-worker-{n}" for n in range(workers)]
        self._threads = [threading.Thread(target=self._run_worker, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function that can be pickled, with plain data, in a worker."""
        future: Future[Any] = Future()
        self._calls.put((future, pickle.dumps((fn, args, kwargs))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers when their calls are done; those not started are dropped with `cancel_futures`."""
        while cancel_futures:
            try:
                if (call := self._calls.get_nowait()) and call[0].cancel():
                    call[0].set_running_or_notify_cancel()  # wakes those who wait for it
            except queue.Empty:
                break
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _run_worker(self) -> None:
        """The thread that owns one worker: starts it for the first call, and again when it has died."""
        worker: _Worker | None = None
        while call := self._calls.get():
            future, data = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker if worker and worker.alive else _Worker(self.threads)
                future.set_result(worker.call(data))
            except Exception as error:
                future.set_exception(error)
        if worker:
            worker.close()


class _Worker:
    """One child process, its pipes, and a file for its stderr."""

    def __init__(self, threads: int) -> None:
        root = str(Path(__file__).resolve().parents[3])
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        limits = {name: str(threads) for name in THREAD_SETTINGS}
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  closed with the worker
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE_CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, **limits, "PYTHONPATH": path},
            **NEW_PROCESS_GROUP,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def call(self, data: bytes) -> Any:
        """Send a call and wait for its answer. Raises what the function raised, or how the worker died."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(data)
            stdin.flush()
            answer, error = pickle.load(stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            raise self._death_error() from None
        if error is not None:
            raise error
        return answer

    def close(self) -> None:
        """Let it end: it does when its stdin is closed."""
        with suppress(OSError):
            self._process.communicate()
        self._stderr.close()

    def _death_error(self) -> WorkerError:
        self._process.kill()
        status = self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        reason = f": {lines[-1]}" if lines else " (killed, or out of memory)"
        self.close()
        return WorkerError(f"a worker process died with status {status}{reason}")


def serve() -> None:
    """What a worker does: calls from stdin, answers to stdout, until stdin ends."""
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print must not mix with answers
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(calls, waiting), daemon=True).start()
    while True:
        function, arguments, named = waiting.get()
        answer: tuple[Any, Exception | None]
        try:
            answer = (function(*arguments, **named), None)
        except Exception as error:
            answer = (None, error)
        pickle.dump(answer, answers)
        answers.flush()


def _listen(calls: Any, waiting: queue.SimpleQueue[Any]) -> None:
    """Pass on the calls; at their end the parent is gone or done, and so is this process.

    At once, even in the middle of a point: what is unfinished has no final name and is drawn again.
    """
    with suppress(EOFError, OSError):
        while True:
            waiting.put(pickle.load(calls))
    os._exit(0)
