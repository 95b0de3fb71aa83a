"""numba's compiler, and librosa, which uses it: one process at a time fills their cache on disk.

numba writes a compiled function and the wrapper that calls it into files of their own. Two processes that
compile the same function at once can leave the function of one with the wrapper of the other, and every
later process that loads them crashes. With the lock, the second process loads what the first has compiled.
All modules get librosa, and numba's compiler, from here.

librosa compiles a dozen functions when it is loaded, each for up to five types: 40 s on a machine where it
never ran. Few of them are called here. So numba compiles each when it is called, for the types of the call.
"""
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import platformdirs
from filelock import BaseFileLock, FileLock
from numba import config, njit
from numba.core import event
from numba.core.compiler_lock import global_compiler_lock
from numba.core.sigutils import normalize_signature
from numba.np.numpy_support import as_dtype

from explorer.progress import report_compilation

__all__ = ["compiled", "librosa"]

LOCK_TIMEOUT = 180  # seconds; no function takes as long to compile, so the holder hangs


class CompilerLock(event.Listener):
    """Extends numba's lock, which one thread holds to load, compile and save, to all processes of a user.

    Without a folder for the lock, and when another process holds it for too long, numba works without it.
    """

    def __init__(self, path: Path, timeout: float = LOCK_TIMEOUT) -> None:
        self._path, self._timeout = path, timeout
        self._lock: BaseFileLock | None = None  # a new one each time: a forked process needs its own
        self._is_usable = True
        # In numba's lock, or waiting for it. No counter: Ctrl-C between the two would keep it up for good
        self._threads: set[int] = set()
        self._mutex = threading.Lock()

    def on_start(self, _: event.Event) -> None:
        with self._mutex:
            if self._lock is None and self._is_usable:
                try:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    lock = FileLock(self._path, self._timeout, thread_local=False)
                    lock.acquire()
                    self._lock = lock
                except (OSError, RuntimeError):  # filelock's Timeout, and NotImplementedError: no locks here
                    self._is_usable = False
            self._threads.add(threading.get_ident())

    def on_end(self, _: event.Event) -> None:
        if global_compiler_lock.is_locked():
            return  # the thread took it more than once
        with self._mutex:
            self._threads.discard(threading.get_ident())
            if not self._threads and self._lock is not None:
                self._lock.release()
                self._lock = None


class CompilationReport(event.Listener):
    """Tells progress bars that a function is compiled, and not loaded from the cache."""

    def on_start(self, _: event.Event) -> None:
        report_compilation()

    def on_end(self, _: event.Event) -> None:
        pass


def lock_path() -> Path:
    """In numba's cache folder where one is set, else in the user's cache folder."""
    folder = getattr(config, "CACHE_DIR", "") or platformdirs.user_cache_dir("audio-feature-explorer")
    return Path(folder) / "compiler.lock"


event.register("numba:compiler_lock", CompilerLock(lock_path()))
event.register("numba:compile", CompilationReport())


class DeferredFunction:
    """A function of NumPy arrays that numba compiles, or loads, when it is called: for the types of the call.

    `signatures` are those of numba. `layout` says which arguments are inputs, as for `numba.guvectorize`;
    `numba.vectorize` has none. As NumPy does, a call takes the first signature to which its inputs can be
    converted without loss; where there is none, all are compiled, and NumPy says what is wrong.
    """

    def __init__(
        self,
        decorator: Callable[..., Callable[[Any], Any]],
        signatures: Sequence[Any],
        layout: Sequence[str],
        options: Mapping[str, Any],
        function: Callable[..., Any],
    ) -> None:
        self._decorator = decorator
        self._signatures, self._layout, self._options = tuple(signatures), tuple(layout), options
        self._function = function
        self._compiled: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call the compiled function."""
        signatures = self._needed(args)
        if signatures not in self._compiled:
            decorator = self._decorator(list(signatures), *self._layout, **self._options)
            self._compiled[signatures] = decorator(self._function)
        return self._compiled[signatures](*args, **options)

    def _needed(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The signature for the types of a call, or all."""
        for signature, inputs in self._input_types:
            pairs = list(zip(args, inputs, strict=False))
            if len(args) >= len(inputs) and all(np.result_type(value, kind) == kind for value, kind in pairs):
                return (signature,)
        return self._signatures

    @cached_property
    def _input_types(self) -> list[tuple[Any, list[np.dtype[Any]]]]:
        """Each signature and the types of its inputs."""
        rows = []
        for signature in self._signatures:
            types, _ = normalize_signature(signature)
            count = self._layout[0].partition("->")[0].count("(") if self._layout else len(types)
            rows.append((signature, [as_dtype(getattr(kind, "dtype", kind)) for kind in types[:count]]))
        return rows


class Librosa:
    """The module librosa, loaded at its first use; its functions are compiled at their first call."""

    def __init__(self) -> None:
        self._module: ModuleType | None = None
        self._mutex = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        with self._mutex:
            if self._module is None:
                self._module = self._loaded()
        return getattr(self._module, name)

    @staticmethod
    def _loaded() -> ModuleType:
        originals, stack = (numba.guvectorize, numba.vectorize), inspect.stack
        numba.guvectorize, numba.vectorize = map(_deferred, originals)
        inspect.stack = _two_frames
        try:
            import librosa.beat
            import librosa.core
            import librosa.feature
            import librosa.util
        finally:
            numba.guvectorize, numba.vectorize = originals
            inspect.stack = stack
        return librosa


def _two_frames(context: int = 1) -> list[Any]:
    """The caller and its caller, as `inspect.stack` has them first, without lines of source.

    librosa's lazy_loader calls it for each optional module that is not installed, to name the line of the
    import. `inspect.stack` searches the source of all frames for that: a second where there are many modules.
    """
    frame = sys._getframe(1)
    return [inspect.getframeinfo(each, context=0) for each in (frame, frame.f_back) if each]


def _deferred(decorator: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator of numba that is called with types, as one that compiles later, once for all processes.

    librosa caches all its functions but one of the beat tracker, which takes 2 s to compile.
    """
    return lambda signatures, *layout, **options: partial(
        DeferredFunction, decorator, signatures, layout, options | {"cache": True}
    )


librosa: Any = Librosa()


def compiled(function: Callable[..., Any]) -> Any:
    """An entry point: releases the GIL, cached on disk where a folder can be written."""
    function = inspect.unwrap(function)  # without the checks that tests wrap around it
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba has no writable folder for its cache
        return njit(nogil=True)(function)
