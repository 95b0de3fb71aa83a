"""Groups of features that are measured only on request, one module each (see `features.EXTRAS`).

Each module has `VERSION` (raised whenever the same sound gives other numbers), `measure` (sound -> raw
columns at given times) and `normalize` (raw columns -> values in [-1, 1]).
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast, runtime_checkable

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.features import AnalysisSettings
from explorer.audio.sound_file import Sound
from explorer.progress import Progress

Columns = Float32[np.ndarray, "frames columns"]


@runtime_checkable
class FeatureExtractor(Protocol):
    """The interface of a group's module."""

    VERSION: int

    def measure(self, sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
        """Raw columns, in the units of `features.EXTRAS`, at exactly `times` seconds; never NaN."""
        ...

    def normalize(
        self, raw: Columns, presence: Float64[np.ndarray, " frames"], settings: AnalysisSettings
    ) -> Columns:
        """Values in [-1, 1]; `presence`, 0 to 1, says how much of each frame is sound."""
        ...


def version(group: str) -> int:
    """The version of a group's definition."""
    return _module(group).VERSION


def measure(group: str, sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """See `FeatureExtractor.measure`."""
    return _module(group).measure(sound, times, progress)


def normalize(
    group: str, raw: Columns, presence: Float64[np.ndarray, " frames"], settings: AnalysisSettings
) -> Columns:
    """See `FeatureExtractor.normalize`."""
    return _module(group).normalize(raw, presence, settings)


def _module(group: str) -> FeatureExtractor:
    return cast(FeatureExtractor, importlib.import_module(f"explorer.audio.extras.{group}"))
