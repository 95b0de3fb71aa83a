"""Where and how precisely to draw, chosen once at the edge.

`auto` takes an NVIDIA card through torch where there is one. Else it takes another GPU by a fixed rule: for
networks of `MIN_GPU_PARAMETERS` and more, whose products keep a CPU busy, when the machine has a GPU on a
card or an Apple one that was tried before, by `explorer doctor` or `gpu`. Drivers that draw on the CPU are
used when they are named.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import torch

from explorer.errors import DeviceError, SettingsError, warn
from explorer.rendering.gpu.adapters import Adapter, adapters
from explorer.rendering.gpu.trial import has_tried_card, problem_of

DeviceKind = Literal["cpu", "cuda", "gpu"]
Precision = Literal["auto", "fp32", "draft"]
DEVICES = ("auto", "cpu", "gpu", "gpu:NAME", "cuda")  # what somebody can choose
GPU_PREFIX = "gpu:"
MIN_GPU_PARAMETERS = 50_000  # of a CPPN: about 128 neurons x 4 layers
CPU_HINT = "choose --device cpu, or see 'explorer doctor'"


@dataclass(frozen=True)
class Device:
    """A resolved device: what draws and in which type; `note`: why not the requested one.

    `adapter` is the GPU of the kind `gpu`, which wgpu draws on; `cuda` is torch's.
    """

    kind: DeviceKind
    dtype: torch.dtype
    name: str
    note: str = ""
    adapter: Adapter | None = None

    @property
    def draft(self) -> bool:
        """Whether products run in half precision."""
        return self.dtype != torch.float32

    @property
    def torch_device(self) -> torch.device:
        """Where tensors of the torch engine lie."""
        return torch.device("cuda" if self.kind == "cuda" else "cpu")

    @property
    def request(self) -> str:
        """The text that `resolve` turns into this device, here or in another process."""
        return f"{GPU_PREFIX}{self.adapter.name}" if self.adapter else self.kind

    @property
    def facts(self) -> dict[str, str]:
        """What a manifest says of it."""
        facts = {"name": self.name, "type": self.kind, "note": self.note}
        if self.adapter:
            facts |= {"driver": self.adapter.driver, "backend": self.adapter.backend}
        return facts


def resolve(device: str = "auto", precision: str = "auto", field: Any = None) -> Device:
    """The device to use: 'auto', 'cpu', 'cuda', 'gpu' (the best that is no CPU) or 'gpu:NAME' (part of it).

    `draft` means fp16 on CUDA, bf16 on the CPU, and on other GPUs fp16 for networks where the adapter has it,
    else fp32. `field` is what is drawn, for `auto`.
    `cuda` without CUDA falls back to the CPU with one ExplorerWarning. Raises SettingsError for other names,
    DeviceError where there is no such GPU.
    """
    _check("precision", precision, get_args(Precision))
    is_named = device.startswith(GPU_PREFIX) and len(device) > len(GPU_PREFIX)
    if not is_named:
        _check("device", device, DEVICES)
    if is_named or device == "gpu":
        return _gpu(_adapter(device.removeprefix(GPU_PREFIX) if is_named else ""), precision)
    cuda, note = torch.cuda.is_available(), ""
    if device == "cuda" and not cuda:
        note = "no CUDA device was found: drawing on the CPU ('explorer doctor' says how to get CUDA)"
        warn(note)
    if cuda and device != "cpu":
        dtype = torch.float16 if precision == "draft" else torch.float32
        return Device("cuda", dtype, torch.cuda.get_device_name())
    if device == "auto" and (adapter := _automatic_adapter(field)):
        return _gpu(adapter, precision)
    return _cpu(precision == "draft", note)


def standing_device(device: str) -> str | Device:
    """What to draw many fields on: `auto` itself, as it depends on the field, else the resolved device."""
    return device if device == "auto" else resolve(device)


def resolve_again(kind: str, name: str) -> Device:
    """The device of an earlier run by its kind and name: of that kind here, else, with a warning, the CPU."""
    if kind != "gpu":
        return resolve(kind if kind in get_args(DeviceKind) else "auto")
    is_here = name in [adapter.name for adapter in adapters()]
    try:
        return resolve(f"{GPU_PREFIX}{name}" if is_here else "gpu")
    except DeviceError as error:
        note = f"the run was drawn on {name}, and here is no such GPU: drawing on the CPU"
        warn(note)
        return cpu_instead(resolve("cpu"), f"{note} ({error})")


def cpu_instead(device: Device, note: str) -> Device:
    """The CPU in the place of a device, and why."""
    return _cpu(device.draft, note)


def draft_precision(adapter: Adapter) -> Literal["fp16", "fp32"]:
    """How an adapter draws drafts of networks: half precision is tried once, as the adapter was before."""
    return "fp16" if adapter.has_half and not problem_of(adapter, half=True) else "fp32"


@cache
def cpu_name() -> str:
    """The processor's name as its maker gives it, where the system reports it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # Linux only
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _cpu(draft: bool, note: str) -> Device:
    return Device("cpu", torch.bfloat16 if draft else torch.float32, cpu_name(), note)


def _gpu(adapter: Adapter, precision: str) -> Device:
    half = precision == "draft" and draft_precision(adapter) == "fp16"
    return Device("gpu", torch.float16 if half else torch.float32, adapter.name, adapter=adapter)


def _adapter(text: str) -> Adapter:
    """The best adapter that is no CPU, or the first whose name contains a text. Raises DeviceError."""
    every = adapters()
    matches = [a for a in every if text.lower() in a.name.lower() and (text or not a.is_software)]
    names = ", ".join(adapter.name for adapter in every) or "none"
    if not matches:
        problem = f"no GPU has {text!r} in its name" if text else "no GPU was found"
        hint = f"; one that draws in software is named, as in gpu:{every[0].name}" if every else ""
        raise DeviceError(f"{problem} (there: {names}){'' if text else hint}; {CPU_HINT}")
    if problem := problem_of(matches[0]):
        raise DeviceError(f"{matches[0].name} cannot be used: {problem}; {CPU_HINT}")
    return matches[0]


def _automatic_adapter(field: Any) -> Adapter | None:
    """The GPU that `auto` takes for a field: see above."""
    if getattr(field, "kind", "") != "cppn" or field.parameters < MIN_GPU_PARAMETERS:
        return None
    if not has_tried_card():
        return None
    return next((adapter for adapter in adapters() if adapter.is_fast and not problem_of(adapter)), None)


def _check(setting: str, value: str, names: tuple[str, ...]) -> None:
    if value not in names:
        raise SettingsError(f"{setting}: got {value!r}; allowed: {', '.join(names)}")
