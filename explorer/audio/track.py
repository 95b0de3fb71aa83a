"""FeatureTrack: audio features on an exact grid of times."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.audio.added.columns import NO_COLUMNS, AddedColumns, columns_path
from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import AnalysisSettings
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
from explorer.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from explorer.audio.edited_sections import Section
    from explorer.audio.models.embedding import Embedding

SCHEMA = 1  # of the saved files
TYPES = {
    **dict.fromkeys(("name", "sha256", "npy_sha256", "columns_sha256"), str),
    **dict.fromkeys(("fps", "duration"), NUMBER),
    "names": list,
    "settings": dict,
}


@dataclass(frozen=True, eq=False)
class FeatureTrack(FeatureTable):
    """Features of one sound: row n belongs to exactly t = n / fps. `explorer.analyze` makes it.

    `values`, float32 (frames, features), are in [-1, 1] for pictures; `raw` are the same columns in the
    physical `units`; `names` are those of the columns. `fps` is the rate of the rows, `duration` the length
    of the sound in seconds; `name` and `sha256` belong to its file, and `source` is where that file is
    (None for a track from `load`). `settings` are those of the analysis. `added` holds the columns that
    are not measured from the sound itself: they come last (see `with_columns`).
    """

    source: Path | None = None
    added: AddedColumns | None = None

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column of `raw`; empty for columns of one's own."""
        return super().units | (self.added or NO_COLUMNS).units

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections in order: `start` and `end` in seconds, and `name`, which is a letter, the same for
        sections that return, or what somebody named it. Needs extras=("sections", "letters"), else raises
        SettingsError; without letters names are empty.
        """
        from explorer.audio.edited_sections import sections_of

        if "section" not in self.names:
            raise SettingsError(
                f"{self.name} was analyzed without its sections; ask for them: "
                'analyze(path, extras=("sections", "letters"))'
            )
        return sections_of(self)

    def to_frame(self) -> pd.DataFrame:
        """One row a moment, indexed by `time` in seconds.

        `values` stand under the names of the columns, `raw` as `centroid_hz`, `rms_amplitude`, …, and as
        `energy_raw` for a column of one's own.
        """
        import pandas as pd  # slow to load

        index = pd.Index(self.times, name="time")
        physical = [f"{name}_{unit or 'raw'}" for name, unit in self.units.items()]
        return pd.DataFrame(np.hstack([self.values, self.raw]), index, [*self.names, *physical])

    def table(self) -> pd.DataFrame:
        """An alias of `to_frame`."""
        return self.to_frame()

    def plot(self, columns: Sequence[str] = (), width: float = 11.0) -> Figure:
        """A figure `width` inches wide: the waveform, where `source` is known, and columns below it.

        `columns` are their names; all where none is named. A name that the track lacks raises SettingsError.
        """
        from explorer.audio.plot import draw_track  # matplotlib is slow to load

        return draw_track(self, self.source, width, columns=columns)

    def embedding(self, model: str, *, cache: bool = True, progress: Progress = silent) -> Embedding:
        """All that a pretrained model says of the sound, at the model's own rate: `values`, `times`, `names`.

        Raises ExplorerError for a model that cannot be used, and for a track without `source`.
        """
        from explorer.audio.models import embedding

        if self.source is None:
            raise SettingsError(
                f"the track of {self.name} does not say where its sound is; "
                "name it: FeatureTrack.load(stem, source='song.ogg')"
            )
        return embedding(model, self.source, self.sha256, cache, progress)

    def with_columns(self, columns: Any, *, normalize: bool = True) -> FeatureTrack:
        """The same track with more columns, at the end; see `explorer.analyze` for what `columns` may be.

        A name that the track has already raises SettingsError.
        """
        from explorer.audio.added.sources import read_columns  # pandas is slow to load

        added = read_columns(columns, self.duration, normalize)
        return self.with_added((self.added or NO_COLUMNS).merged(added))

    def with_added(self, added: AddedColumns | None) -> FeatureTrack:
        """The columns measured from the sound, and these instead of the ones that were added before."""
        measured = len(self.settings.names)
        values, raw = self.values[:, :measured], self.raw[:, :measured]
        if added is None or not added.names:
            return replace(self, values=values, raw=raw, names=self.settings.names, added=None)
        more, more_raw = added.rows(self.settings, len(values))
        names = (*self.settings.names, *added.names)
        values, raw = np.hstack([values, more]), np.hstack([raw, more_raw])
        return replace(self, values=values, raw=raw, names=names, added=added)

    def with_names(self, sources: Mapping[str, str]) -> FeatureTrack:
        """The same track where each of some columns is a copy of another: `{"bass": "drums_rms"}`."""
        targets = self._columns(tuple(sources))
        origins = self._columns(tuple(sources.values()))
        values, raw = self.values.copy(), self.raw.copy()
        values[:, targets], raw[:, targets] = self.values[:, origins], self.raw[:, origins]
        return replace(self, values=values, raw=raw)

    def save(self, stem: str | Path) -> Path:
        """Write `STEM.npy` and `STEM.json` (in a folder: features.npy and .json); return the JSON's path.

        Added columns come into a third file. Each file is whole or absent, and the JSON, written last,
        carries the hashes of its partners.
        """
        npy, path = _file_pair(stem)
        metadata = self._metadata()
        if self.added is not None:
            self.added.save(columns_path(path.with_suffix("")))
            metadata["columns_sha256"] = self.added.sha256
        with memory_file(npy) as file:
            np.save(file, np.stack([self.values, self.raw]), allow_pickle=False)
        write_json(path, {**metadata, "npy_sha256": hashlib.sha256(file.getbuffer()).hexdigest()})
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
    def load(cls, stem: str | Path, source: str | Path | None = None) -> FeatureTrack:
        """Read what `save` wrote; ExplorerError for anything missing, changed or damaged.

        `source` is the sound file, which the saved form does not know; it is needed to render.
        """
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
            settings = AnalysisSettings.of_file(metadata["settings"])
            added = _load_added(path, metadata, settings, names)
            source = None if source is None else Path(source)
            return cls(values, raw, names, settings=settings, source=source, added=added, **plain)
        except Exception as error:  # whatever damaged files raise in NumPy
            missing = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            reason = error.reason if isinstance(error, ReadError) else missing
            raise ExplorerError(f"cannot read the track {path}: {reason}; analyze the sound again") from error

    def __repr__(self) -> str:
        frames, columns = self.values.shape
        return f"<FeatureTrack {self.name!r}: {self.duration:.2f} s, {frames} x {columns} at {self.fps:g} Hz>"


def _load_added(
    path: Path, metadata: Mapping[str, Any], settings: AnalysisSettings, names: tuple[str, ...]
) -> AddedColumns | None:
    """The added columns of a saved track; None where it has none. Raises ValueError when they do not fit."""
    if "columns_sha256" not in metadata:
        return None
    file = columns_path(path.with_suffix(""))
    added = AddedColumns.load(path_within(file.parent, file.name))
    if added.sha256 != metadata["columns_sha256"] or (*settings.names, *added.names) != names:
        raise ValueError(f"{file.name} does not belong to it")
    return added


def _file_pair(stem: str | Path) -> tuple[Path, Path]:
    """The .npy and .json of a stem; a folder's stem is `features` in it."""
    stem = Path(stem)
    stem = stem / "features" if stem.is_dir() else stem
    return stem.with_name(f"{stem.name}.npy"), stem.with_name(f"{stem.name}.json")
