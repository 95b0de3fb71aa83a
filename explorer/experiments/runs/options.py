"""Options of a render: `RenderOptions`, built by `ex.render`, the command `explorer render` and the panel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator

from explorer.audio.saved_edits import with_edits
from explorer.errors import SettingsError
from explorer.experiments.runs.recipe import AudioSource, ColumnsSource, Recipe
from explorer.experiments.runs.sound_input import AudioInput, SoundInput
from explorer.fields import FieldSettings
from explorer.rendering import parse_size
from explorer.rendering.frames import FlashMode, FrameSettings, Rate, Shape, parse_flash_limit, reshaped
from explorer.settings import Settings, knob, knob_of
from explorer.video import EncoderSettings
from explorer.video.lyrics.settings import Lyrics


class CommonOptions(Settings):
    """What renders and sweeps both take, besides field and sound.

    Flags of the commands and fields of the panel derive from the knobs; `model_fields_set` holds what
    somebody set, the rest is at its default.
    """

    size: str | tuple[int, int] | None = knob(
        None,
        flag="resolution",
        group="frames",
        help="size: a height of 16:9 as in 720p or 180p, or 640x360; none: the field's own (720p)",
    )
    fps: Rate = knob_of(FrameSettings, "fps")
    start: float = knob_of(FrameSettings, "start")
    duration: float | None = knob_of(FrameSettings, "duration")
    analysis: dict[str, Any] = Field({}, description="settings of `analyze`")
    device: str = knob(
        "auto", group="machine", help="where to draw: auto, cpu, gpu, gpu:NAME (a part of its name) or cuda"
    )
    precision: str = knob(
        "auto", group="machine", help="auto, fp32, or draft: faster, less exact, for trials"
    )
    explorations: str | Path | None = knob(
        None, group="output", help="folder for runs and sweeps; none: the nearest explorations/"
    )

    @classmethod
    def of(cls, keywords: Mapping[str, Any]) -> Self:
        """The options among the keywords of a function. None stands for the default."""
        options = {name: keywords[name] for name in cls.model_fields if name in keywords}
        return cls(**{name: value for name, value in options.items() if value is not None})

    @property
    def frame_changes(self) -> dict[str, Any]:
        """Size, rate and excerpt as far as they were set, by the names of `FrameSettings`."""
        names = self.model_fields_set & FrameSettings.model_fields.keys()
        changes = {name: getattr(self, name) for name in names}
        if self.size is not None:
            changes["width"], changes["height"] = parse_size(self.size)
        return changes


class RenderOptions(CommonOptions):
    """The keywords of `ex.render` besides field, audio and out."""

    shape: Shape | None = knob(
        None,
        group="frames",
        help="shape of the frame, with the shorter side of its size: square 1:1, vertical 4:5, wide 16:9, "
        "story 9:16; none: as in the size",
    )
    loop: bool = knob_of(FrameSettings, "loop")
    threads: int | None = knob(None, low=1, group="machine", help="threads to draw with; none: all cores")
    png_dir: str | Path | None = knob(None, group="output", help="folder that gets every frame as a PNG")
    flash_limit: FlashMode = knob_of(FrameSettings, "flash_limit")
    lyrics: str | Path | None = knob(
        None, group="output", help="lyrics or titles over the frames: a .lrc, or a .srt (needs pysubs2)"
    )
    lyrics_font: str | Path | None = knob(
        None,
        flag="lyrics-font",
        group="output",
        help="font file of the lyrics (.ttf, .otf); none: DejaVu Sans",
    )
    encoder: EncoderSettings = EncoderSettings()

    @field_validator("flash_limit", mode="before")
    @classmethod
    def _parse_flash_limit(cls, value: Any) -> FlashMode:
        return parse_flash_limit(value)

    def frames(self, frames: FrameSettings) -> FrameSettings:
        """The frames of a recipe with the options that were set."""
        frames = frames.replace(**self.frame_changes)
        if self.shape is None:
            return frames
        width, height = reshaped(frames.size, self.shape)
        return frames.replace(width=width, height=height)

    def recipe(self, field: FieldSettings, audio: AudioInput) -> Recipe:
        """The recipe of a field on a sound. Raises SettingsError, and SoundError without a file."""
        width, height = field.frame_size
        sound = SoundInput.of(audio)
        return Recipe(
            audio=AudioSource.of(sound.path),
            analysis=sound.settings(self.analysis),
            columns=ColumnsSource.of(sound.added),
            field=field,
            frames=self.frames(FrameSettings(width=width, height=height)),
            precision=recipe_precision(self.precision),
            encoder=self.encoder,
            lyrics=self.read_lyrics(),
        )

    def read_lyrics(self) -> Lyrics | None:
        """The lyrics that were given. Raises SettingsError for what cannot be read."""
        if self.lyrics is None and self.lyrics_font is not None:
            raise SettingsError("lyrics_font draws lyrics, and there are none; give both: --lyrics FILE")
        return None if self.lyrics is None else Lyrics.of_file(self.lyrics, self.lyrics_font)

    def change(self, recipe: Recipe, field: FieldSettings) -> Recipe:
        """A recipe with another field and with the options that were set. Raises SettingsError."""
        unchanged = self.precision == "auto"
        encoder = {name: getattr(self.encoder, name) for name in self.encoder.model_fields_set}
        analysis = with_edits(self.analysis, recipe.audio.name, recipe.audio.sha256)
        return recipe.replace(
            field=field,
            analysis=recipe.analysis.replace(**analysis),
            encoder=recipe.encoder.replace(**encoder),
            frames=self.frames(recipe.frames),
            precision=recipe.precision if unchanged else recipe_precision(self.precision),
            lyrics=recipe.lyrics if self.lyrics is None else self.read_lyrics(),
        )


def recipe_precision(name: str) -> Literal["fp32", "draft"]:
    """The precision of a recipe, by the name of a precision. Raises SettingsError."""
    from explorer.rendering import resolve  # loads torch: commands that draw nothing do without

    return "draft" if resolve("auto", name).draft else "fp32"
