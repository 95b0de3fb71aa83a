"""The work on one point, whatever it is: under a lease, with a point.json that is true, never half done.

Sweeps and atlases give `settle_point` what is to be done in the point's folder.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from explorer import files
from explorer.errors import Stopped, error_text
from explorer.experiments.runs import manifest, run_folder
from explorer.experiments.sweeps.leases import Lease
from explorer.experiments.sweeps.point_status import is_settled, point_log
from explorer.progress import Progress
from explorer.threads import use_single_torch_thread

LEASED = "held"  # the status of an outcome, in no file: another process has the point
POLL_SECONDS = 0.2  # between two looks for a request to stop

Outcome = dict[str, Any]
Work = Callable[[Path, Progress], dict[str, Any]]  # in the folder; gives what point.json says of the results


def settle_point(
    root: Path, key: str, params: dict[str, Any], work: Work, *, session: str = "", retry_failed: bool = False
) -> Outcome:
    """Do the work on one point unless that was done; gives back its status, seconds and bytes.

    Never raises for what goes wrong in the work: that is written to point.json, with the status `failed`.
    The status is `held` when another process has the point, `pending` when this session was asked to stop.
    """
    folder = run_folder.point_folder(root, key)
    lease = Lease.acquire(folder)
    if lease is None:
        return {"key": key, "status": LEASED}
    with lease:
        log = point_log(folder)
        if is_settled(log["status"], retry_failed):
            return outcome(key, log)
        progress = _stoppable(run_folder.stop_file(root, session), lease)
        with ThreadPoolExecutor(1, "explorer-point", use_single_torch_thread) as thread:
            return thread.submit(_run_leased, folder, key, params, work, lease, progress).result()


def record_failure(
    root: Path, key: str, params: dict[str, Any], error: Exception, status: str = "failed"
) -> Outcome:
    """Write down how a point ended whose worker could not: it died, or could not be reached."""
    folder = run_folder.point_folder(root, key)
    lease = Lease.acquire(folder)
    if lease is None:
        return {"key": key, "status": LEASED}
    with lease:
        log = point_log(folder)
        if is_settled(log["status"]):
            return outcome(key, log)
        log = {"status": status, "params": params, **manifest.process_facts(), "error": error_text(error)}
        files.write_json(folder / run_folder.POINT, log, durable=True)
        return outcome(key, log)


def outcome(key: str, log: dict[str, Any]) -> Outcome:
    """What the scheduler needs to know about a point."""
    size = sum((artifact or {}).get("bytes") or 0 for artifact in (log.get("artefacts") or {}).values())
    return {"key": key, "status": log["status"], "seconds": log.get("seconds"), "bytes": size}


def _run_leased(
    folder: Path, key: str, params: dict[str, Any], work: Work, lease: Lease, progress: Progress
) -> Outcome:
    """The work on a point, and its point.json kept true."""
    files.remove_stale_parts(folder)
    log = {"status": "running", "params": params, **manifest.process_facts()}
    files.write_json(folder / run_folder.POINT, log)
    start = time.perf_counter()
    try:
        log |= work(folder, progress)
        log |= {"status": "done", "artefacts": manifest.artifacts(folder, run_folder.POINT)}
        files.flush_files(folder)
    except (Stopped, KeyboardInterrupt):
        log["status"] = "pending"
    except Exception as error:  # one failure does not stop the rest
        log |= {"status": "failed", "error": error_text(error), "traceback": traceback.format_exc()}
    log |= {"seconds": time.perf_counter() - start, "heartbeat": manifest.now()}
    if not lease.is_valid:  # this machine slept, and somebody else has taken over: their result counts
        return {"key": key, "status": LEASED}
    files.write_json(folder / run_folder.POINT, log, durable=True)
    return outcome(key, log)


def _stoppable(stop: Path, lease: Lease) -> Progress:
    """A progress callback that raises Stopped when the session is to stop or somebody else has the point."""
    last_check = 0.0

    def progress(step: str, done: float, total: float) -> None:
        nonlocal last_check
        now = time.monotonic()
        if now - last_check < POLL_SECONDS:
            return
        last_check = now
        if stop.exists() or not lease.is_valid:
            raise Stopped("stopped on request")

    return progress
