"""Where a training computes: chosen once, and followed by all tensors.

Pictures are drawn by the CPU kernels in any case; on a card are the model, its optimizer and the measures of
pictures.
"""

from __future__ import annotations

import numpy as np
import torch

from explorer.errors import DeviceError, SettingsError
from explorer.fields import FieldSettings

DEVICES = ("auto", "cpu", "cuda", "mps")  # what somebody can choose


def training_device(name: str, field: FieldSettings | None) -> torch.device:
    """The device of a training that teaches a field; None is a Julia set, which is trained on the CPU.

    `auto` is the CPU. Raises SettingsError for other names and for a Julia set, DeviceError where there is no
    such device.
    """
    if name not in DEVICES:
        raise SettingsError(f"device: got {name!r}; allowed: {', '.join(DEVICES)}")
    if name in ("auto", "cpu"):
        return torch.device("cpu")
    if field is None:
        raise SettingsError(
            f"device: got {name!r}, and a Julia set is trained on the CPU, in thousands of small operations; "
            "leave it out, or teach a field (--field cppn)"
        )
    is_there = torch.cuda.is_available() if name == "cuda" else torch.backends.mps.is_available()
    if not is_there:
        raise DeviceError(f"torch finds no {name} device here; train with --device cpu ('explorer doctor')")
    return torch.device(name)


def tensor_on(array: np.ndarray, device: torch.device) -> torch.Tensor:
    """An array on a device."""
    return torch.from_numpy(array.astype(device_type(array.dtype, device), copy=False)).to(device)


def device_type(dtype: np.dtype, device: torch.device) -> np.dtype:
    """The type of numbers on a device: MPS has no floats of 64 bits."""
    return np.dtype(np.float32) if device.type == "mps" and dtype == np.float64 else dtype
