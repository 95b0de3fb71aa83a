"""Conduct a sweep: points handed to workers, counted as they finish, until none is left."""

from __future__ import annotations

import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, workers_of
from explorer.experiments.runs.eta import Pace, Plan
from explorer.experiments.sweeps import point_folder, point_task
from explorer.experiments.sweeps.leases import is_claimed
from explorer.experiments.sweeps.workers import LocalProcesses, default_workers, threads_each
from explorer.progress import Progress
from explorer.rendering.threads import usable_threads

STEP = "points"
TICK = 0.2  # seconds between two reports, and the longest that a request to stop waits
WORTH_PROCESSES = 15.0  # seconds of work below which starting workers costs more than they save
ASIDE = 0.5  # seconds before a point that another process had is asked for again


@dataclass
class Tally:
    """How a session stands; `settled` counts points done or failed, whoever drew them."""

    total: int
    done: int = 0
    failed: int = 0
    bytes: int = 0
    seconds_left: float | None = None

    @property
    def settled(self) -> int:
        return self.done + self.failed

    def count(self, answer: dict[str, Any]) -> None:
        self.done += answer["status"] == "done"
        self.failed += answer["status"] == "failed"
        self.bytes += int(answer.get("bytes") or 0)


@dataclass(frozen=True)
class Session:
    """One carrying out of a sweep by one process; several may work on one folder."""

    folder: Path
    device: str
    retry_failed: bool
    report: Callable[[Tally], None]  # the manifest; called often
    progress: Progress
    name: str = field(default_factory=lambda: f"{os.getpid()}.{secrets.token_hex(3)}")

    def submit(self, executor: Executor, key: str, threads: int) -> Future[dict[str, Any]]:
        return executor.submit(
            point_task.carry_out_point,
            str(self.folder.absolute()),
            key,
            threads=threads,
            device=self.device,
            session=self.name,
            retry_failed=self.retry_failed,
        )


def conduct(
    session: Session,
    keys: Sequence[str],
    tally: Tally,
    plan: Plan,
    *,
    workers: int | None = None,
    executor: AnyExecutor | None = None,
    announce: Callable[[Plan], None] = lambda plan: None,
) -> None:
    """Carry out the points, the first one here to see how long one takes, the rest on workers.

    In the order of their keys, which are hashes: as good as random, so that those finished early tell how
    long all take. An error from the progress callback, Ctrl-C included, stops the workers and passes on.
    """
    order = sorted(keys)
    if executor is not None:
        count = workers_of(executor)
        announce(replace(plan, workers=count))
        try:
            _run(session, as_executor(executor), order, tally, ahead=len(order), workers=count)
        except BrokenExecutor as error:
            raise ExplorerError(f"{error} Resume {session.folder.name} to do what is left.") from None
        return
    announce(plan)
    with ThreadPoolExecutor(1, "explorer-sweep") as here:
        began, cpu = time.perf_counter(), time.process_time()
        _run(session, here, order[:1], tally, threads=usable_threads())
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        rest = order[1:]
        if not rest:
            return
        count = workers or _worth(wall * len(rest), len(rest), session.device)
        seconds = len(rest) * (wall if count == 1 else max(wall / count, cpu / usable_threads()))
        size = int(tally.bytes / max(tally.settled, 1) * tally.total)
        announce(replace(plan, workers=count, seconds=seconds, bytes=size))
        if count == 1:
            _run(session, here, rest, tally, threads=usable_threads())
            return
    with LocalProcesses(count) as processes:
        _run(session, processes, rest, tally, threads=threads_each(count), ahead=2 * count, workers=count)


def _worth(seconds: float, points: int, device: str) -> int:
    """How many processes to use when nobody said: one on a GPU, and for what is done soon."""
    return 1 if seconds < WORTH_PROCESSES or device == "cuda" else default_workers(points)


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
    """Hand out points, `ahead` at a time, until each is settled; one that another process has comes later."""
    waiting, aside = deque(order), deque[tuple[float, str]]()
    going: dict[Future[dict[str, Any]], str] = {}
    pace = Pace(len(order), workers)
    try:
        while waiting or aside or going:
            while aside and aside[0][0] <= time.monotonic():
                waiting.append(aside.popleft()[1])
            while waiting and len(going) < ahead:
                key = waiting.popleft()
                going[session.submit(executor, key, threads)] = key
            tally.seconds_left = pace.seconds_left
            session.report(tally)
            session.progress(STEP, tally.settled, tally.total)
            for future in _finished(going):
                key = going.pop(future)
                answer = _answer(session, future, key)
                if point_folder.is_settled(answer["status"]):
                    tally.count(answer)
                    pace.finished()
                else:
                    aside.append((time.monotonic() + ASIDE, key))
        session.progress(STEP, tally.settled, tally.total)
    except BaseException:
        _stop(session, going)
        raise


def _finished(going: dict[Future[dict[str, Any]], str]) -> list[Future[dict[str, Any]]]:
    """The futures that are done, after at most a tick."""
    if not going:
        time.sleep(TICK)
        return []
    return list(wait(going, timeout=TICK, return_when=FIRST_COMPLETED).done)


def _answer(session: Session, future: Future[dict[str, Any]], key: str) -> dict[str, Any]:
    """What a worker answered; one that died, of lack of memory say, failed the point that it had."""
    try:
        answer: dict[str, Any] = future.result()
    except BrokenExecutor:  # a pool that is gone with one of its workers: no fault of the other points
        raise
    except Exception as error:
        return point_task.record_failure(session.folder, key, error)
    return answer


def _stop(session: Session, going: dict[Future[dict[str, Any]], str]) -> None:
    """Ask the workers to stop, and wait until they did: then nothing writes into the folder any more.

    Dask cancels a call whose point is being drawn, and lets it run: that point is claimed until it ends.
    """
    request = point_folder.stop_file(session.folder, session.name)
    request.touch()
    try:
        cancelled = [
            point_folder.folder_of(session.folder, going[future]) for future in going if future.cancel()
        ]
        wait([future for future in going if not future.cancelled()])
        claimed = True
        while cancelled and claimed:
            time.sleep(TICK)  # a call may just be beginning
            claimed = any(is_claimed(folder) for folder in cancelled)
    finally:
        request.unlink(missing_ok=True)
