"""Features that are heard only when asked for, one module a group (see `features.EXTRAS`).

Each module has `VERSION` (raised whenever the same sound gives other numbers), `measure` (sound -> raw
columns at given times) and `scaled` (raw columns -> values in [-1, 1]).
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast, runtime_checkable

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.features import AnalysisSettings
from explorer.audio.load import Sound
from explorer.progress import Progress

Columns = Float32[np.ndarray, "frames columns"]


@runtime_checkable
class Group(Protocol):
    """What the module of a group of features has."""

    VERSION: int

    def measure(self, sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
        """Raw columns, in the units of `features.EXTRAS`, at exactly `times` seconds; never NaN."""
        ...

    def scaled(
        self, raw: Columns, present: Float64[np.ndarray, " frames"], settings: AnalysisSettings
    ) -> Columns:
        """Values in [-1, 1]; `present` is how much each frame is sound rather than silence, 0 to 1."""
        ...


def version(group: str) -> int:
    """The version of a group's definition."""
    return _module(group).VERSION


def measure(group: str, sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """See `Group.measure`."""
    return _module(group).measure(sound, times, progress)


def scaled(
    group: str, raw: Columns, present: Float64[np.ndarray, " frames"], settings: AnalysisSettings
) -> Columns:
    """See `Group.scaled`."""
    return _module(group).scaled(raw, present, settings)


def _module(group: str) -> Group:
    return cast(Group, importlib.import_module(f"explorer.audio.extras.{group}"))
