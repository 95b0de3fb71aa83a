"""Executors beyond this machine's own workers: a Dask cluster, or any executor of concurrent.futures.

Dask repeats a call when the worker that had it died. What calls need and what they write is in the folder
of the sweep or run, which all workers must reach.
"""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import ExplorerError, SettingsError
from explorer.threads import usable_threads

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0  # to wait for a scheduler
AnyExecutor = Any  # an executor, or a dask.distributed.Client, which need not be installed


def connect_dask(address: str | None) -> AbstractContextManager[Client | None]:
    """A client of the Dask scheduler at an address, as in tcp://10.0.0.5:8786; None without an address."""
    if address is None:
        return nullcontext()
    try:
        from distributed import Client
    except ImportError:
        raise ExplorerError(
            'Dask is not installed; run: pip install "audio-feature-explorer[cluster]"'
        ) from None
    try:
        client: AbstractContextManager[Client] = Client(address, timeout=CONNECT_SECONDS)
        return client
    except (OSError, ValueError) as error:  # not there, or no address
        raise ExplorerError(
            f"no Dask scheduler answers at {address!r} ({error}); start one with: dask scheduler"
        ) from None


def as_executor(executor: AnyExecutor) -> Executor:
    """The executor itself, or that of a Dask client. Raises SettingsError for anything else."""
    if _is_client(executor):
        result: Executor = executor.get_executor(pure=False)  # the same call again is another call
        return result
    if not isinstance(executor, Executor):
        raise SettingsError(
            f"executor: got {executor!r}; give a dask.distributed.Client or an executor of concurrent.futures"
        )
    return executor


def worker_count(executor: AnyExecutor) -> int:
    """How many calls run at once, as far as the executor says; else the number of cores here."""
    count = getattr(executor, "_max_workers", 0)
    if _is_client(executor):
        count = sum(executor.nthreads().values())
    return max(1, count or usable_threads())


def check_workers(executor: AnyExecutor, folder: Path) -> None:
    """Raise ExplorerError unless every worker of a Dask cluster has explorer and sees the folder."""
    if not _is_client(executor):
        return
    try:
        results = executor.run(_has_folder, str(folder.absolute()))
    except Exception as error:
        raise ExplorerError(f"the Dask workers cannot run explorer ({error}); install it there too") from None
    if blind := [address for address, has_folder in results.items() if not has_folder]:
        raise ExplorerError(
            f"the Dask worker at {blind[0]} does not see {folder}; "
            "choose a folder that all workers share with --explorations"
        )


def _is_client(executor: AnyExecutor) -> bool:
    return hasattr(executor, "get_executor")


def _has_folder(folder: str) -> bool:
    return Path(folder).is_dir()
