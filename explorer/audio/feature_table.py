"""A table of features on an exact grid of times: the numbers of a FeatureTrack, and reading them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64
from numpy.typing import ArrayLike

from explorer.audio.features import COLUMNS_HINT, UNITS, AnalysisSettings, extras_of
from explorer.errors import SettingsError
from explorer.settings import did_you_mean


def interpolate_rows(
    values: Float[np.ndarray, "rows columns"], position: Float64[np.ndarray, " moments"]
) -> Float[np.ndarray, "moments columns"]:
    """Rows at any positions, by linear interpolation, held at both ends."""
    # Rounding to a millionth of a row lets t = n / fps hit row n exactly.
    position = np.clip(np.round(position, 6), 0, len(values) - 1)
    left = position.astype(np.int64)
    right = np.minimum(left + 1, len(values) - 1)
    weight = (position - left).astype(values.dtype)[:, None]
    rows: Float[np.ndarray, "moments columns"] = values[left] * (1 - weight) + values[right] * weight
    return rows


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """The base of `FeatureTrack`, which says what its fields are."""

    values: Float32[np.ndarray, "frames features"]
    raw: Float32[np.ndarray, "frames features"]
    names: tuple[str, ...]
    fps: float
    duration: float
    name: str
    sha256: str
    settings: AnalysisSettings

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column of `raw`; empty where it is not known."""
        return {name: UNITS.get(name, "") for name in self.names}

    @property
    def times(self) -> Float64[np.ndarray, " frames"]:
        """Seconds of every row, n / fps."""
        return np.arange(len(self.values)) / self.fps

    def at(
        self, times: ArrayLike, names: tuple[str, ...] | None = None
    ) -> Float32[np.ndarray, "moments columns"]:
        """Values at any times in seconds, by linear interpolation, held at both ends.

        The answer for a time depends on that time alone, to the bit. `names` chooses columns; an
        unknown name raises SettingsError.
        """
        columns = self._columns(self.names if names is None else names)
        moments = np.atleast_1d(np.asarray(times, dtype=np.float64))
        if not np.isfinite(moments).all():
            raise SettingsError(f"times must be finite numbers of seconds, got {times!r}")
        return interpolate_rows(self.values, moments * self.fps)[:, columns]

    def levels(self, *names: str) -> Float64[np.ndarray, "frames columns"]:
        """Features that are -1 in silence, at every row: from 0 in silence to 1."""
        return (self.values[:, self._columns(names)].astype(np.float64) + 1) / 2

    def _columns(self, names: tuple[str, ...]) -> list[int]:
        for name in names:
            if name not in self.names:
                missing = extras_of([name])
                if missing:
                    raise SettingsError(
                        f"{self.name} was analyzed without '{name}'; request it: "
                        f"analyze(path, extras={missing!r}), or field.analyze(path)"
                    )
                raise SettingsError(f"no feature '{name}'{did_you_mean(name, self.names, COLUMNS_HINT)}")
        return [self.names.index(name) for name in names]
