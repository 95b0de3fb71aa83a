"""The scheduler of a sweep or an atlas: points are given to workers and counted until none is left."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, worker_count
from explorer.experiments.runs.run_folder import point_folder, stop_file
from explorer.experiments.sweeps.eta import RemainingTime
from explorer.experiments.sweeps.leased_point import record_failure
from explorer.experiments.sweeps.leases import is_leased
from explorer.experiments.sweeps.point_status import is_settled
from explorer.experiments.sweeps.workers import LocalProcesses, WorkerError, default_workers, threads_each
from explorer.progress import Progress
from explorer.threads import usable_threads

POINTS_STEP = "points"  # the step of progress in which points are finished; others come before it
POLL_SECONDS = 0.2  # between two reports, and the longest that a request to stop waits
MIN_PARALLEL_SECONDS = 15.0  # of work, below which starting workers costs more than they save
RETRY_SECONDS = 0.5  # before a point that another process had is tried again
MAX_DEATHS = 2  # of workers with the same point, after which it waits for the next session

Outcome = dict[str, Any]  # of `leased_point.outcome`


@dataclass
class Tally:
    """The counts of a session; `settled` are points done or failed, whoever drew them."""

    total: int
    done: int = 0
    failed: int = 0
    bytes: int = 0
    seconds_left: float | None = None

    @property
    def settled(self) -> int:
        return self.done + self.failed

    def add(self, outcome: Outcome) -> None:
        """Count a point."""
        self.done += outcome["status"] == "done"
        self.failed += outcome["status"] == "failed"
        self.bytes += int(outcome.get("bytes") or 0)


@dataclass(frozen=True)
class Session:
    """One process that works on a folder of points; several may work on one folder."""

    folder: Path
    params: Mapping[str, dict[str, Any]]  # of the points, by key
    device: str
    retry_failed: bool
    report: Callable[[Tally], None]  # to the manifest; called often
    progress: Progress
    run_point: Callable[..., Outcome]  # on any worker
    name: str = field(default_factory=lambda: f"{os.getpid()}.{secrets.token_hex(3)}")

    def submit(self, executor: Executor, key: str, threads: int) -> Future[Outcome]:
        """Give a point to a worker."""
        return executor.submit(
            self.run_point,
            str(self.folder.absolute()),
            key,
            threads=threads,
            device=self.device,
            session=self.name,
            retry_failed=self.retry_failed,
        )


def run_points(
    session: Session,
    keys: Sequence[str],
    tally: Tally,
    *,
    workers: int | None = None,
    executor: AnyExecutor | None = None,
) -> None:
    """Draw the points on workers; the first one here where nobody says how many workers, to see its time.

    The order is that of their keys, which are hashes: as good as random, so that the time of the first ones
    predicts the time of all. A point whose worker died is tried once more; when that one dies as well, it
    stays interrupted until the sweep is resumed. An error from the progress callback, Ctrl-C included, stops
    the workers and passes on.
    """
    order = sorted(keys)
    if executor is not None:
        count = worker_count(executor)
        try:
            _run(session, as_executor(executor), order, tally, ahead=len(order), workers=count)
        except BrokenExecutor as error:
            raise ExplorerError(f"{error} Resume {session.folder.name} to do what is left.") from None
        return
    with ThreadPoolExecutor(1, "explorer-sweep") as here:
        if workers is None:
            start = time.perf_counter()
            _run(session, here, order[:1], tally, threads=usable_threads())
            order = order[1:]
            seconds = len(order) * (time.perf_counter() - start)
            workers = local_worker_count(seconds, len(order), session.device)
        if workers == 1 or len(order) <= 1:
            _run(session, here, order, tally, threads=usable_threads())
            return
    with LocalProcesses(workers) as processes:
        threads = threads_each(workers)
        _run(session, processes, order, tally, threads=threads, ahead=2 * workers, workers=workers)


def local_worker_count(seconds: float, points: int, device: str) -> int:
    """How many processes to use by default: one on a GPU, and for what is done soon."""
    return 1 if seconds < MIN_PARALLEL_SECONDS or device != "cpu" else default_workers(points)


def _run(
    session: Session,
    executor: Executor,
    order: Sequence[str],
    tally: Tally,
    *,
    threads: int = 1,
    ahead: int = 1,
    workers: int = 1,
) -> None:
    """Give out points, `ahead` at a time, until each is settled; one that another process has comes later."""
    waiting, postponed = deque(order), deque[tuple[float, str]]()
    running: dict[Future[Outcome], str] = {}
    deaths = Counter[str]()
    remaining = RemainingTime(len(order), workers)
    try:
        while waiting or postponed or running:
            while postponed and postponed[0][0] <= time.monotonic():
                waiting.append(postponed.popleft()[1])
            while waiting and len(running) < ahead:
                key = waiting.popleft()
                running[session.submit(executor, key, threads)] = key
            tally.seconds_left = remaining.seconds_left
            session.report(tally)
            session.progress(POINTS_STEP, tally.settled, tally.total)
            for future in _finished(running):
                key = running.pop(future)
                if _worker_died(future):
                    deaths[key] += 1
                    if deaths[key] < MAX_DEATHS:
                        waiting.append(key)
                        continue
                outcome = _outcome(session, future, key)
                if is_settled(outcome["status"]) or outcome["status"] == "interrupted":
                    tally.add(outcome)
                    remaining.finished()
                else:
                    postponed.append((time.monotonic() + RETRY_SECONDS, key))
        session.progress(POINTS_STEP, tally.settled, tally.total)
    except BaseException:
        _stop(session, running)
        raise


def _finished(running: dict[Future[Outcome], str]) -> list[Future[Outcome]]:
    """The futures that are done, after at most `POLL_SECONDS`."""
    if not running:
        time.sleep(POLL_SECONDS)
        return []
    return list(wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED).done)


def _outcome(session: Session, future: Future[Outcome], key: str) -> Outcome:
    """The result of a worker; when it died, of lack of memory say, or could not be reached, how."""
    try:
        return future.result()
    except BrokenExecutor:  # a pool that is gone with one of its workers: no fault of the other points
        raise
    except Exception as error:
        status = "interrupted" if _worker_died(future) else "failed"
        return record_failure(session.folder, key, session.params[key], error, status)


def _worker_died(future: Future[Outcome]) -> bool:
    """Whether a call ended with its worker: ours, or one of Dask, which then tried others already."""
    error = None if future.cancelled() else future.exception()
    return isinstance(error, WorkerError) or type(error).__name__ == "KilledWorker"


def _stop(session: Session, running: dict[Future[Outcome], str]) -> None:
    """Ask the workers to stop, and wait until they did: then nothing writes into the folder any more.

    Dask cancels a call whose point is being drawn, and lets it run: that point is leased until it ends.
    """
    request = stop_file(session.folder, session.name)
    with suppress(OSError):  # the folder was deleted: then every worker stops when it writes
        request.touch()
    try:
        cancelled = [point_folder(session.folder, running[future]) for future in running if future.cancel()]
        wait([future for future in running if not future.cancelled()])
        leased = True
        while cancelled and leased:
            time.sleep(POLL_SECONDS)  # a call may just be starting
            leased = any(is_leased(folder) for folder in cancelled)
    finally:
        with suppress(OSError):
            request.unlink(missing_ok=True)
