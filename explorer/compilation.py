"""numba's compiler, and librosa, which uses it: one process at a time fills a function's cache on disk.

numba writes a compiled function and the wrapper that calls it into files of their own. Two processes that
compile the same function at once can leave the function of one with the wrapper of the other, and every
later process that loads them crashes. With a lock, the second process loads what the first has compiled.
The kernels have a lock for each function, so that processes compile different ones at the same time; all
that librosa compiles has one. All modules get librosa, and numba's compiler, from here.
"""
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import librosa
import platformdirs
from filelock import BaseFileLock, FileLock
from numba import config, njit
from numba.core import event

__all__ = ["compiled", "librosa"]

LOCK_TIMEOUT = 300  # seconds; one function takes less, so the holder of the lock does not run any more


class ProcessLock:
    """A lock that all threads of a process hold together, and no other process of the user beside it.

    Without a folder for the lock, and when another process holds it for too long, nobody waits for it.
    """

    def __init__(self, path: Path, timeout: float = LOCK_TIMEOUT) -> None:
        self._path, self._timeout = path, timeout
        self._lock: BaseFileLock | None = None  # a new one each time: a forked process needs its own
        self._is_usable = True
        self._depth = 0  # threads that hold it or wait for it, nested ones again
        self._mutex = threading.Lock()

    def acquire(self) -> None:
        with self._mutex:
            if self._depth == 0 and self._is_usable:
                try:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._lock = FileLock(self._path, self._timeout, thread_local=False)
                    self._lock.acquire()
                except (OSError, RuntimeError):  # filelock's Timeout, and NotImplementedError: no locks here
                    self._is_usable, self._lock = False, None
            self._depth += 1

    def release(self) -> None:
        with self._mutex:
            self._depth = max(0, self._depth - 1)
            if self._depth == 0 and self._lock is not None:
                self._lock.release()
                self._lock = None


class CompilerLock(event.Listener):
    """Extends numba's lock, which one thread holds to load, compile and save, to all processes of a user.

    Threads that compile a kernel hold the lock of that kernel instead.
    """

    def __init__(self, lock: ProcessLock) -> None:
        self._lock = lock

    def on_start(self, _: event.Event) -> None:
        if not _thread.kernels:
            self._lock.acquire()

    def on_end(self, _: event.Event) -> None:
        if not _thread.kernels:
            self._lock.release()


class _Thread(threading.local):
    kernels = 0  # that it compiles, nested ones again


_thread = _Thread()


def lock_folder() -> Path:
    """numba's cache folder where one is set, else the user's cache folder."""
    return Path(getattr(config, "CACHE_DIR", "") or platformdirs.user_cache_dir("audio-feature-explorer"))


def lock_path() -> Path:
    """The lock of librosa's functions."""
    return lock_folder() / "compiler.lock"


event.register("numba:compiler_lock", CompilerLock(ProcessLock(lock_path())))


def kernel_lock_path(function: Callable[..., Any]) -> Path:
    """The lock of a function; its closures share it, as they share numba's index of the cache."""
    code = function.__code__
    place = f"{Path(code.co_filename).stem}-{code.co_firstlineno}"
    return lock_folder() / "locks" / f"{place}-{sha256(code.co_filename.encode()).hexdigest()[:8]}.lock"


@cache
def _kernel_lock(path: Path) -> ProcessLock:
    return ProcessLock(path)


def _with_own_lock(compile_signature: Callable[..., Any], lock: ProcessLock) -> Callable[..., Any]:
    def compile_alone(signature: Any) -> Any:
        lock.acquire()
        _thread.kernels += 1
        try:
            return compile_signature(signature)
        finally:
            _thread.kernels -= 1
            lock.release()

    return compile_alone


def compiled(function: Callable[..., Any]) -> Any:
    """An entry point: releases the GIL, cached on disk where a folder can be written."""
    function = inspect.unwrap(function)  # without the checks that tests wrap around it
    try:
        kernel: Any = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba has no writable folder for its cache
        return njit(nogil=True)(function)
    kernel.compile = _with_own_lock(kernel.compile, _kernel_lock(kernel_lock_path(function)))
    return kernel
