"""Where and how precisely to draw, chosen once at the edge."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import torch

from explorer.errors import SettingsError, warn

DeviceName = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "fp32", "draft"]


@dataclass(frozen=True)
class Device:
    """A resolved device: where products run and in which type; `note`: why not the requested one."""

    torch_device: torch.device
    dtype: torch.dtype
    name: str
    note: str = ""

    @property
    def draft(self) -> bool:
        """Whether products run in half precision."""
        return self.dtype != torch.float32

    @property
    def is_cuda(self) -> bool:
        """Whether an NVIDIA GPU draws."""
        return self.torch_device.type == "cuda"


def resolve(device: str = "auto", precision: str = "auto") -> Device:
    """The device to use. `auto` takes CUDA where there is one, and fp32 everywhere.

    `draft` means fp16 on CUDA and bf16 on the CPU. `cuda` without CUDA falls back to the CPU with one
    ExplorerWarning. Raises SettingsError for other names.
    """
    _check("device", device, DeviceName)
    _check("precision", precision, Precision)
    cuda = torch.cuda.is_available()
    note = ""
    if device == "cuda" and not cuda:
        note = "no CUDA device was found: drawing on the CPU ('explorer doctor' says how to get CUDA)"
        warn(note)
    if cuda and device != "cpu":
        dtype = torch.float16 if precision == "draft" else torch.float32
        return Device(torch.device("cuda"), dtype, torch.cuda.get_device_name())
    dtype = torch.bfloat16 if precision == "draft" else torch.float32
    return Device(torch.device("cpu"), dtype, cpu_name(), note)


@cache
def cpu_name() -> str:
    """The processor's name as its maker gives it, where the system reports it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # Linux only
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _check(setting: str, value: str, allowed: object) -> None:
    names = get_args(allowed)
    if value not in names:
        raise SettingsError(f"{setting}: got {value!r}; allowed: {', '.join(names)}")
