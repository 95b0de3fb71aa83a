"""What is drawn to: a sound file, or a track with its analysis and the columns that were added to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from explorer.audio import AnalysisSettings, FeatureTrack, analyze
from explorer.audio.added.columns import AddedColumns
from explorer.audio.cache import content_hash
from explorer.audio.saved_edits import with_edits
from explorer.audio.sound_file import existing_file
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.progress import Progress, silent

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

DEFAULT_ANALYSIS = AnalysisSettings()


@dataclass(frozen=True)
class SoundInput:
    """A sound file with the analysis and the columns that a track brings."""

    path: Path
    analysis: AnalysisSettings = DEFAULT_ANALYSIS
    added: AddedColumns | None = None
    track: FeatureTrack | None = None

    @classmethod
    def of(cls, audio: AudioInput) -> SoundInput:
        """The input that `audio` stands for.

        Raises SoundError without a file, SettingsError for a track that does not say where its sound is, or
        whose sound has changed.
        """
        if isinstance(audio, SoundInput):
            return audio
        if not isinstance(audio, FeatureTrack):
            if not isinstance(audio, str | Path):
                raise SettingsError(f"audio: got {audio!r}; give the name of a sound file, or a track")
            return cls(existing_file(audio))
        if audio.source is None:
            raise SettingsError(
                f"the track of {audio.name} does not say where its sound is; "
                "name it: FeatureTrack.load(stem, source='song.ogg')"
            )
        path = existing_file(audio.source)
        if content_hash(path) != audio.sha256:
            raise SettingsError(f"{path} has changed since the track was analyzed; analyze it again")
        return cls(path, audio.settings, audio.added, audio)

    @classmethod
    def with_columns(
        cls,
        audio: str | Path,
        columns: Any = None,
        stems: str | Path | None = None,
        normalize: bool = True,
        progress: Progress = silent,
    ) -> SoundInput:
        """A sound file with columns and stems, given as `explorer.analyze` takes them."""
        if not columns and stems is None:
            return cls(existing_file(audio))
        track = analyze(audio, columns=columns or None, stems=stems, normalize=normalize, progress=progress)
        return cls(existing_file(audio), added=track.added)

    def settings(self, changes: Mapping[str, Any]) -> AnalysisSettings:
        """Its analysis with some settings changed; `edits` as `explorer.analyze` takes them."""
        if changes.get("edits") is not None:
            changes = with_edits(changes, self.path.name, content_hash(self.path))
        return self.analysis.replace(**changes)

    def analyze(
        self, settings: AnalysisSettings, field: FieldSettings | None = None, progress: Progress = silent
    ) -> FeatureTrack:
        """The track under these settings, with the added columns, and with all that a field draws from.

        Raises SettingsError for a track whose numbers are not those of its analysis: a recipe could not
        repeat them.
        """
        values: dict[str, Any] = settings.model_dump()
        measure = analyze if field is None else field.analyze
        track = measure(self.path, columns=self.added, progress=progress, **values)
        if self.track is not None and self.track.settings == track.settings and not _same(self.track, track):
            raise SettingsError(
                f"the numbers of the track of {track.name} were changed after its analysis; "
                "add them as columns: track.with_columns({'energy': (track.times, numbers)})"
            )
        return track


AudioInput = str | Path | FeatureTrack | SoundInput


def with_columns_of_track(function: FunctionT) -> FunctionT:
    """The function, where `columns` and `stems` raise SettingsError that says where they belong."""

    @wraps(function)
    def checked(*arguments: Any, **keywords: Any) -> Any:
        for name in ("columns", "stems"):
            if name in keywords:
                raise SettingsError(
                    f"{function.__name__}: {name} come with a track; give it as the sound: "
                    f"ex.analyze('song.ogg', {name}=...)"
                )
        return function(*arguments, **keywords)

    return cast(FunctionT, checked)


def _same(track: FeatureTrack, other: FeatureTrack) -> bool:
    return track.names == other.names and np.array_equal(track.values, other.values)
