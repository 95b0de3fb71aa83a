"""A render, planned: everything checked and found once, before the first frame is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import files
from explorer.audio import FeatureTrack, Sound, open_sound
from explorer.errors import ExplorerError, SettingsError, warn
from explorer.experiments.runs.cluster import AnyExecutor, as_executor
from explorer.experiments.runs.estimate import Estimate, estimate
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.runs.recipe import Recipe, check_columns, load_recipe
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.experiments.runs.sound_input import AudioInput, SoundInput
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings, resolve
from explorer.rendering.engines import usable_device
from explorer.video import PngSequence
from explorer.video.containers import CONTAINERS, Container, container_of

if TYPE_CHECKING:
    from explorer.video.lyrics.overlay import LyricsOverlay


@dataclass(frozen=True, kw_only=True)
class RenderPlan(RecipeFrames):
    """The frames of a recipe, and where they go."""

    audio: Path
    sound: Sound
    explorations: Path
    copy_path: Path | None  # of the video
    pictures: PngSequence | None
    overlay: LyricsOverlay | None  # what is drawn over the frames
    executor: AnyExecutor | None  # whose workers draw; None: this process

    @property
    def container(self) -> Container:
        """What kind of file the video is."""
        return CONTAINERS[self.recipe.encoder.container]

    def estimate(self, progress: Progress = silent) -> Estimate | None:
        """What the render takes, measured in a second or two; None for a short one.

        Raises SettingsError when the file would be larger than its kind may be, OutputError when the disk is
        too full.
        """
        result = estimate(self, self.sound, progress)
        if result:
            self.container.check_bytes(result.file_mb * 1e6)
            result.check_space(self.explorations, self.copy_path)
        return result

    def new_folder(self) -> Path:
        """A new run folder. What a killed process left half-written in earlier ones is removed."""
        for earlier in self.explorations.glob("render_*"):
            files.remove_stale_parts(earlier)
        return files.new_folder(self.explorations, "render")


def plan_render(
    recipe: Recipe,
    audio: AudioInput,
    out: str | Path | None,
    options: RenderOptions,
    *,
    executor: AnyExecutor | None = None,
    progress: Progress = silent,
) -> RenderPlan:
    """Plan a render: check what can be checked, analyze the sound, choose the device.

    `options` say how it is drawn and where the result goes; what is drawn is in the recipe.
    """
    _check_even(recipe.frames)
    recipe = _in_container_of(recipe, out, options)
    container = CONTAINERS[recipe.encoder.container]
    container.check_codec(recipe.encoder.codec)
    container.check_rate(recipe.frames.fps)
    if executor is not None:
        as_executor(executor)
    sound = SoundInput.of(audio)
    copy_path = _copy_target(out, sound.path)
    device = usable_device(resolve(options.device, recipe.precision, recipe.field), recipe.field)
    check_columns(recipe, sound.added)
    for model in recipe.models:
        model.check()
    track = sound.analyze(recipe.analysis, recipe.field, progress)
    recipe.frames.span(track.duration)
    _warn_of_the_end(recipe.frames, track)
    return RenderPlan(
        recipe=recipe,
        track=track,
        device=device,
        threads=options.threads,
        audio=sound.path,
        overlay=_overlay(recipe, options.lyrics_font),
        pictures=PngSequence(options.png_dir) if options.png_dir is not None else None,
        sound=open_sound(sound.path),
        explorations=files.explorations_folder(options.explorations),
        copy_path=copy_path,
        executor=executor,
    )


def _overlay(recipe: Recipe, font: str | Path | None) -> LyricsOverlay | None:
    """What draws the lyrics of a recipe; None for a recipe without."""
    if recipe.lyrics is None:
        return None
    from explorer.video.lyrics.overlay import LyricsOverlay  # loads Pillow's fonts

    return LyricsOverlay(recipe.lyrics, recipe.frames.size, font)


def _check_even(frames: FrameSettings) -> None:
    width, height = frames.size
    if width % 2 or height % 2:
        raise SettingsError(
            f"resolution: got {width}x{height}; a video needs even sides, "
            f"as in {width // 2 * 2}x{height // 2 * 2}"
        )


def _in_container_of(recipe: Recipe, out: str | Path | None, options: RenderOptions) -> Recipe:
    """The recipe with the kind of file that the ending of `out` says.

    A codec that nobody typed now is left out where that kind does not hold it.
    """
    typed, encoder = options.encoder.model_fields_set, recipe.encoder
    container = CONTAINERS[encoder.container] if out is None else container_of(Path(out))
    if "container" in typed and options.encoder.container != container.name:
        raise SettingsError(
            f"{Path(str(out)).name} ends in .{container.name}, and the format is {encoder.container}; "
            "leave --format out"
        )
    codec = encoder.codec if "codec" in typed or container.holds(encoder.codec) else None
    return recipe.replace(encoder=encoder.replace(container=container.name, codec=codec))


def _copy_target(out: str | Path | None, audio: Path) -> Path | None:
    """The path of a copy. Refuses what would replace somebody else's file."""
    if out is None:
        return None
    path = Path(out)
    if path.is_dir():
        raise SettingsError(f"{path} is a folder; name a file in it, as in {path / 'video.mp4'}")
    if path.exists() and (path.samefile(audio) or not _has_recipe(path)):
        raise SettingsError(f"{path} exists and was not made by explorer; choose another name")
    return path


def _has_recipe(path: Path) -> bool:
    """Whether a video carries a recipe: only such a file is replaced."""
    try:
        return load_recipe(path) is not None
    except ExplorerError:
        return False


def _warn_of_the_end(frames: FrameSettings, track: FeatureTrack) -> None:
    """Warn when an excerpt is longer than what is left of the sound."""
    available = max(0.0, track.duration - frames.start)
    if frames.duration is not None and frames.duration > available + 1 / frames.fps:
        end = f"{track.name} ends after {track.duration:.2f} s: drawn are {available:.2f} s"
        warn(f"{end} of the {frames.duration:g} s asked for")
