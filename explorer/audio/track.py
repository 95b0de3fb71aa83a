"""FeatureTrack: audio features on an exact grid of times."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Float32, Float64
from numpy.typing import ArrayLike

from explorer.audio.features import UNITS, AnalysisSettings, extras_of
from explorer.errors import ExplorerError, ReadError, SettingsError
from explorer.files import (
    NUMBER,
    check_types,
    memory_file,
    path_within,
    read_bytes,
    read_json,
    write_json,
)
from explorer.settings import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = 1  # of the saved files
TYPES = {
    **dict.fromkeys(("name", "sha256", "npy_sha256"), str),
    **dict.fromkeys(("fps", "duration"), NUMBER),
    "names": list,
    "settings": dict,
}


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
class FeatureTrack:
    """Features of one sound: row n belongs to exactly t = n / fps.

    `values` are in [-1, 1] for pictures; `raw` are the same columns in the physical units of
    `features.UNITS`. `duration` is that of the sound in seconds; `name` and `sha256` those of its file.
    """

    values: Float32[np.ndarray, "frames features"]
    raw: Float32[np.ndarray, "frames features"]
    names: tuple[str, ...]
    fps: float
    duration: float
    name: str
    sha256: str
    settings: AnalysisSettings

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
                raise SettingsError(f"no feature '{name}'{did_you_mean(name, self.names)}")
        return [self.names.index(name) for name in names]

    def table(self) -> pd.DataFrame:
        """One row a moment: `values` under the features' names, `raw` as `centroid_hz`, `rms_amplitude`, …"""
        import pandas as pd  # slow to load

        index = pd.Index(self.times, name="time")
        physical = [f"{name}_{UNITS.get(name, 'raw')}" for name in self.names]
        return pd.DataFrame(np.hstack([self.values, self.raw]), index, [*self.names, *physical])

    def save(self, stem: str | Path) -> Path:
        """Write `STEM.npy` and `STEM.json` (in a folder: features.npy and .json); return the JSON's path.

        Each file is whole or absent, and the JSON, written last, carries the hash of its partner.
        """
        npy, path = _file_pair(stem)
        with memory_file(npy) as file:
            np.save(file, np.stack([self.values, self.raw]), allow_pickle=False)
        write_json(path, {**self._metadata(), "npy_sha256": hashlib.sha256(file.getbuffer()).hexdigest()})
        return path

    def _metadata(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "name": self.name,
            "sha256": self.sha256,
            "duration": self.duration,
            "fps": self.fps,
            "names": list(self.names),
            "settings": self.settings.model_dump(),
        }

    @classmethod
    def load(cls, stem: str | Path) -> FeatureTrack:
        """Read what `save` wrote; ExplorerError for anything missing, changed or damaged."""
        npy, path = _file_pair(stem)
        try:
            metadata = read_json(path_within(path.parent, path.name))
            data = read_bytes(path_within(npy.parent, npy.name))
            check_types(metadata, TYPES, path)
            if metadata["schema"] != SCHEMA or hashlib.sha256(data).hexdigest() != metadata["npy_sha256"]:
                raise ValueError("the two files do not belong together")
            values, raw = np.load(io.BytesIO(data), allow_pickle=False)
            names = tuple(map(str, metadata["names"]))
            if values.dtype != np.float32 or values.shape != (len(values), len(names)) or not len(values):
                raise ValueError("its numbers do not fit its names")
            if not (metadata["fps"] > 0 and 0 <= metadata["duration"] <= len(values) / metadata["fps"] + 1):
                raise ValueError("its duration does not fit its numbers")
            plain = {key: metadata[key] for key in ("fps", "duration", "name", "sha256")}
            return cls(values, raw, names, settings=AnalysisSettings(**metadata["settings"]), **plain)
        except Exception as error:  # whatever damaged files raise in NumPy
            missing = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            reason = error.reason if isinstance(error, ReadError) else missing
            raise ExplorerError(f"cannot read the track {path}: {reason}; analyze the sound again") from error

    def __repr__(self) -> str:
        frames, columns = self.values.shape
        return f"<FeatureTrack {self.name!r}: {self.duration:.2f} s, {frames} x {columns} at {self.fps:g} Hz>"


def _file_pair(stem: str | Path) -> tuple[Path, Path]:
    """The .npy and .json of a stem; a folder's stem is `features` in it."""
    stem = Path(stem)
    stem = stem / "features" if stem.is_dir() else stem
    return stem.with_name(f"{stem.name}.npy"), stem.with_name(f"{stem.name}.json")
