"""The GPUs of this machine that wgpu reaches through Vulkan, Metal or Direct3D 12."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer.errors import DeviceError

KINDS = ("DiscreteGPU", "IntegratedGPU", "VirtualGPU", "Unknown", "CPU")  # the best first
SOFTWARE = "CPU"
HALF_PRECISION = "shader-f16"  # a feature that some adapters have
UNUSED_BACKENDS = ("OpenGL",)  # the same cards again, through older drivers


@dataclass(frozen=True)
class Adapter:
    """A GPU and its driver."""

    name: str
    driver: str
    backend: str
    kind: str  # one of `KINDS`
    has_half: bool = False  # whether shaders compute in half precision

    @property
    def is_software(self) -> bool:
        """Whether it is a driver that draws on the CPU."""
        return self.kind == SOFTWARE

    @property
    def is_fast(self) -> bool:
        """Whether it is a card or an Apple GPU, which are expected to be faster than the CPU beside them."""
        return self.kind == "DiscreteGPU" or (self.backend == "Metal" and not self.is_software)

    def __str__(self) -> str:
        return f"{self.name} ({self.backend}{f', {self.driver}' if self.driver else ''})"


_process = {"forked": False}  # after a fork of a process whose drivers run: their threads do not


def is_forked() -> bool:
    """Whether this process was forked from one that had GPUs open: here they cannot be used."""
    return _process["forked"]


def _note_fork() -> None:
    _process["forked"] = is_forked() or _adapters.cache_info().currsize > 0


@cache
def adapters() -> tuple[Adapter, ...]:
    """All adapters, the best kind first; searched once in a process. Raises DeviceError."""
    return tuple(_adapters())


def native_adapter(adapter: Adapter) -> Any:
    """The adapter as wgpu knows it."""
    return _adapters()[adapter]


@cache
def _adapters() -> dict[Adapter, Any]:
    if os.name == "posix":  # libraries of the display complain on stderr where it is not set
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        import wgpu

        natives = [native for native in wgpu.gpu.enumerate_adapters_sync() if _is_used(native)]
    except Exception as error:  # of its library, which some systems cannot load
        raise DeviceError(f"wgpu cannot search for GPUs here: {error}; choose --device cpu") from error
    natives.sort(key=lambda native: KINDS.index(_kind(native)))
    table: dict[Adapter, Any] = {}
    for native in natives:
        table.setdefault(_described(native), native)  # of two equal cards the first
    return table


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)


def _is_used(native: Any) -> bool:
    return native.info["backend_type"] not in UNUSED_BACKENDS


def _kind(native: Any) -> str:
    kind = native.info["adapter_type"]
    return kind if kind in KINDS else "Unknown"


def _described(native: Any) -> Adapter:
    info = native.info
    return Adapter(
        info["device"],
        info["description"],
        info["backend_type"],
        _kind(native),
        HALF_PRECISION in native.features,
    )
