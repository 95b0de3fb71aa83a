"""The recipe: everything that determines a result, frozen, saved as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import field_validator, model_validator

from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.audio.added.columns import AddedColumns, load_if_there
from explorer.audio.cache import content_hash
from explorer.audio.features import MODELS
from explorer.audio.models import weights_sha256
from explorer.audio.sound_file import existing_file
from explorer.errors import ExplorerError, ReadError, SettingsError
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import COLUMNS, RECIPE, sweep_of
from explorer.fields import AnyField
from explorer.files import (
    explorations_folder,
    is_file,
    is_plain_name,
    parse_json,
    path_within,
    read_text,
    sha256_of,
)
from explorer.formatting import count_text
from explorer.rendering import FrameSettings
from explorer.settings import Settings
from explorer.video import EncoderSettings, read_comment
from explorer.video.containers import SUFFIXES
from explorer.video.lyrics.settings import Lyrics


class AudioSource(Settings):
    """Which sound: its file name and the SHA-256 of its bytes, never its path."""

    name: str
    sha256: str

    @field_validator("name")
    @classmethod
    def _is_plain(cls, name: str) -> str:
        """It is searched beside the recipe, and must not lead elsewhere."""
        if not is_plain_name(name):
            raise ValueError(f"got {name[:100]!r}; allowed: the name of a file, without folders")
        return name

    @classmethod
    def of(cls, sound: str | Path) -> Self:
        """Name and hash of a sound file. Raises SoundError when there is none."""
        path = existing_file(sound)
        return cls(name=path.name, sha256=content_hash(path))


class ColumnsSource(Settings):
    """Which columns were added to the features: their names, and the SHA-256 of names and numbers."""

    names: tuple[str, ...]
    sha256: str

    @classmethod
    def of(cls, added: AddedColumns | None) -> Self | None:
        """Names and hash of added columns; None where there are none."""
        return cls(names=added.names, sha256=added.sha256) if added is not None and added.names else None


class ModelSource(Settings):
    """Which pretrained model: its name, and the SHA-256 of its weights."""

    name: str
    sha256: str

    @classmethod
    def of(cls, name: str) -> Self:
        """Name and hash of a model. Raises ExplorerError unless it can be used."""
        return cls(name=name, sha256=weights_sha256(name))

    def check(self) -> None:
        """Raise ExplorerError unless the model is here with these weights."""
        if type(self).of(self.name) != self:
            raise SettingsError(
                f"the recipe was drawn with other weights of the model {self.name} "
                f"(SHA-256 {self.sha256[:12]}...) than those here; draw its look anew with --look"
            )


class Recipe(Settings):
    """What `explorer render --recipe FILE` repeats, frame for frame."""

    added_settings: ClassVar[tuple[str, ...]] = ("columns", "models", "lyrics")

    version: Literal[1] = 1
    audio: AudioSource
    analysis: AnalysisSettings
    field: AnyField
    frames: FrameSettings
    precision: Literal["fp32", "draft"] = "fp32"
    encoder: EncoderSettings = EncoderSettings()
    columns: ColumnsSource | None = None
    models: tuple[ModelSource, ...] = ()
    lyrics: Lyrics | None = None

    @field_validator("analysis", mode="before")
    @classmethod
    def _read_analysis(cls, analysis: Any) -> Any:
        return AnalysisSettings.of_file(analysis) if isinstance(analysis, dict) else analysis

    @field_validator("frames", mode="before")
    @classmethod
    def _read_frames(cls, frames: Any) -> Any:
        """A file without a flash limit is older than its modes: it was dimmed."""
        return {"flash_limit": "dim", **frames} if isinstance(frames, dict) else frames

    @model_validator(mode="after")
    def _with_extras_of_field(self) -> Recipe:
        """The analysis holds the features that field and chapters need; others must be added columns."""
        self.field.check_columns(self.columns.names if self.columns else ())
        extras = (*self.field.extras, *(["sections"] if self.encoder.chapters else []))
        object.__setattr__(self, "analysis", self.analysis.with_extras(extras))  # still being made
        object.__setattr__(self, "models", _models_of(self.analysis, self.models))
        return self

    @classmethod
    def for_track(cls, track: FeatureTrack, /, **settings: Any) -> Recipe:
        """The recipe of a field on an analyzed track."""
        source = AudioSource(name=track.name, sha256=track.sha256)
        columns = ColumnsSource.of(track.added)
        return cls(audio=source, analysis=track.settings, columns=columns, **settings)

    def to_json(self) -> str:
        """One line of JSON, for the metadata of a video."""
        return self.model_dump_json()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for recipe.json."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    @classmethod
    def from_json(cls, text: str, source: str = "recipe") -> Recipe:
        """Read a recipe. Raises SettingsError that names `source` when it is not one."""
        try:
            values = parse_json(text, source)
        except ReadError as error:
            raise SettingsError(
                f"{source} is not a recipe: {error.reason}; give a recipe.json, a run folder or a video of "
                "explorer"
            ) from None
        try:
            return cls(**values)
        except SettingsError as error:
            raise SettingsError(f"{source} cannot be read: {error}") from None


def _models_of(analysis: AnalysisSettings, stored: tuple[ModelSource, ...]) -> tuple[ModelSource, ...]:
    """The models of an analysis, with their stored weights or those that are here.

    One that cannot be used is left out: the analysis says what is missing.
    """
    sources = {source.name: source for source in stored}
    for name in analysis.extras:
        if name in MODELS and name not in sources:
            with suppress(ExplorerError):
                sources[name] = ModelSource.of(name)
    return tuple(sources[name] for name in analysis.extras if name in sources)


def load_recipe(path: str | Path) -> Recipe:
    """The recipe in a JSON file, in a run folder or in the metadata of a video. Raises SettingsError."""
    path = Path(path)
    if path.is_dir():
        try:
            path = path_within(path, RECIPE)
        except ReadError as error:
            raise SettingsError(f"cannot read the recipe {path / RECIPE}: {error.reason}") from None
    if path.suffix.lower() in SUFFIXES and path.is_file():
        comment = read_comment(path)
        if comment is None:
            raise SettingsError(f"{path.name} carries no recipe; give a video that explorer made")
        return Recipe.from_json(comment, path.name)
    try:
        text = read_text(path)
    except ReadError as error:
        raise SettingsError(f"cannot read the recipe {path}: {error.reason}") from None
    return Recipe.from_json(text, path.name)


def find_audio(recipe: Recipe, near: Path, audio: str | Path | None = None, source: str = "FILE") -> Path:
    """The sound file of a recipe, checked by its hash.

    It is `audio`, else it is searched where the manifests of its run or sweep and of others in the
    explorations folder say that it was, beside the recipe, and in the current folder. Raises SettingsError
    when none has the right content; `source` is what the recipe is from, for the error.
    """
    if audio is not None:
        candidates = [Path(audio)]
    else:
        name = recipe.audio.name
        candidates = [*_paths_in_manifests(recipe, near), near / name, Path.cwd() / name]
    existing = [path for path in candidates if is_file(path)]
    for path in existing:
        if sha256_of(path) == recipe.audio.sha256:
            return path
    if audio is not None and not existing:
        raise SettingsError(f"there is no file {Path(audio).absolute()}")
    if audio is not None:
        raise SettingsError(
            f"a recipe repeats its own sound, '{recipe.audio.name}', and {audio} is another; to draw its "
            f"look on this song: explorer render {audio} --look {source}"
        )
    problem = f"{existing[0]} has other content" if existing else "it was not found"
    raise SettingsError(
        f"the recipe needs the sound '{recipe.audio.name}' and {problem}; "
        f"name the file: explorer render AUDIO --recipe {source}"
    )


def find_columns(recipe: Recipe, near: Path) -> AddedColumns | None:
    """The added columns of a recipe, checked by their hash; None for a recipe without.

    They are searched beside the recipe, in the sweep of a point, in other runs and sweeps of the
    explorations folder, and in the current folder. Raises SettingsError when they are nowhere.
    """
    if recipe.columns is None:
        return None
    others = (folder / COLUMNS for folder in _newest_first())
    for path in (near / COLUMNS, sweep_of(near) / COLUMNS, *others, Path.cwd() / COLUMNS):
        added = load_if_there(path)
        if added is not None and added.sha256 == recipe.columns.sha256:
            return added
    names = recipe.columns.names
    raise SettingsError(
        f"the recipe needs {count_text(len(names), 'column')} of its own ({', '.join(names[:3])}"
        f"{', ...' if len(names) > 3 else ''}) and no {COLUMNS} with them was found in {near}, "
        f"{explorations_folder()} or {Path.cwd()}; put that file of its run folder beside the recipe, or "
        "give the columns again: --columns FILE, --stems FOLDER"
    )


def check_columns(recipe: Recipe, added: AddedColumns | None) -> None:
    """Raise SettingsError unless these are the added columns of a recipe."""
    columns = ColumnsSource.of(added)
    if columns != recipe.columns:
        needed = ", ".join(recipe.columns.names[:5]) if recipe.columns else "none"
        raise SettingsError(
            f"the recipe needs added columns ({needed}) that the sound was given without, or with other "
            "numbers; give the columns of its run"
        )


def _newest_first() -> list[Path]:
    """The folders of runs and sweeps."""
    return sorted(explorations_folder().glob("*_*/"), key=lambda path: path.name[-23:], reverse=True)


def _paths_in_manifests(recipe: Recipe, near: Path) -> Iterator[Path]:
    """Where manifests say that the sound was: of the run, of a point's sweep, of any other, newest first."""
    for folder in (near, sweep_of(near), *_newest_first()):
        try:
            audio = manifest.read(folder)["audio"]
            if audio["sha256"] == recipe.audio.sha256:
                yield Path(audio["path"])
        except (ReadError, KeyError, TypeError):
            continue
