"""What is open on an adapter: its device, compiled programs and constants, for all that draw on it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from explorer.errors import DeviceError, DeviceLost, GpuMemoryError
from explorer.rendering.gpu.adapters import HALF_PRECISION, Adapter, adapters, native_adapter

MAX_PIPELINES, MAX_CONSTANTS = 32, 16  # that are kept
BUFFER_LIMITS = ("max-buffer-size", "max-storage-buffer-binding-size")  # what adapters allow differs
MAX_BUFFER_BYTES = 2**31 - 4
# the last one: the third again, as numbers in half precision
BINDINGS = ("uniform", *["read-only-storage"] * 3, "storage", "read-only-storage")


class GpuSession:
    """A device of wgpu, which one thread uses at a time: see `drawing`."""

    def __init__(self, adapter: Adapter) -> None:
        import wgpu

        self.adapter, self._lock = adapter, threading.Lock()
        self.usage: Any = wgpu.BufferUsage
        self.memory_error: type[Exception] = wgpu.GPUOutOfMemoryError
        self._errors = (wgpu.GPUError, RuntimeError)
        native = native_adapter(adapter)
        self.max_buffer_bytes: int = min(MAX_BUFFER_BYTES, *(native.limits[name] for name in BUFFER_LIMITS))
        limits = dict.fromkeys(BUFFER_LIMITS, self.max_buffer_bytes)
        features = [HALF_PRECISION] if adapter.has_half else []
        self.device = native.request_device_sync(
            label="explorer", required_limits=limits, required_features=features
        )
        self.queue = self.device.queue
        entries = [
            {"binding": n, "visibility": wgpu.ShaderStage.COMPUTE, "buffer": {"type": kind}}
            for n, kind in enumerate(BINDINGS)
        ]
        self.bindings = self.device.create_bind_group_layout(entries=entries)
        self._layout = self.device.create_pipeline_layout(bind_group_layouts=[self.bindings])
        self._pipelines: OrderedDict[str, Any] = OrderedDict()
        self._constants: OrderedDict[int, tuple[np.ndarray, Any]] = OrderedDict()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """The device for one thread. Raises GpuMemoryError and DeviceLost for the errors of wgpu."""
        with self._lock:
            try:
                yield
            except self.memory_error as error:
                raise GpuMemoryError(_last_line(error)) from error
            except self._errors as error:
                session_of.cache_clear()  # the next engine opens the adapter again
                raise DeviceLost(_last_line(error)) from error

    def pipeline(self, code: str) -> Any:
        """A compiled program."""
        if code not in self._pipelines:
            module = self.device.create_shader_module(code=code)
            compute = {"module": module, "entry_point": "main"}
            self._pipelines[code] = self.device.create_compute_pipeline(layout=self._layout, compute=compute)
        return _recent(self._pipelines, code, MAX_PIPELINES)

    def constants(self, numbers: np.ndarray) -> Any:
        """A buffer with numbers; that of the same array is uploaded once."""
        key = id(numbers)  # of an array that is kept, so no other has it
        if key not in self._constants:
            usage = self.usage.STORAGE | self.usage.COPY_DST
            self._constants[key] = (
                numbers,
                self.device.create_buffer_with_data(data=numbers, usage=usage),
            )
        return _recent(self._constants, key, MAX_CONSTANTS)[1]

    def buffer(self, size: int, usage: int) -> Any:
        """A new buffer of so many bytes."""
        return self.device.create_buffer(size=size, usage=usage)


def _last_line(error: Exception) -> str:
    """The innermost cause, which wgpu's messages end with."""
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()


def _recent(entries: OrderedDict[Any, Any], key: Any, limit: int) -> Any:
    """An entry, as the latest one; the oldest beyond the limit are dropped."""
    entries.move_to_end(key)
    while len(entries) > limit:
        entries.popitem(last=False)
    return entries[key]


@cache
def session_of(adapter: Adapter) -> GpuSession:
    """The device of an adapter, opened once in a process. Raises DeviceError."""
    if adapter not in adapters():
        raise DeviceError(f"{adapter} is not there; choose --device cpu")
    try:
        return GpuSession(adapter)
    except Exception as error:
        raise DeviceError(f"{adapter} cannot be opened: {error}; choose --device cpu") from error
