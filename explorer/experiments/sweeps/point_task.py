"""One point of a sweep: drawn, measured and filmed in its folder.

`run_point` takes plain data and reads everything else from the sweep's folder, so that any
`concurrent.futures.Executor` that reaches the folder can run it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer import files
from explorer.audio import FeatureTrack, open_sound
from explorer.experiments.runs import run_folder
from explorer.experiments.runs.recipe import Recipe, find_audio
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.experiments.sweeps.leased_point import Outcome, settle_point
from explorer.experiments.sweeps.point_metrics import measure
from explorer.experiments.sweeps.specification import Clip, Specification
from explorer.experiments.sweeps.tracks import track_of
from explorer.progress import Progress
from explorer.rendering import FrameSettings, resolve
from explorer.video import EncoderSettings, VideoWriter, save_image


def run_point(
    sweep: str,
    key: str,
    *,
    threads: int = 1,
    device: str = "cpu",
    session: str = "",
    retry_failed: bool = False,
) -> Outcome:
    """Draw, measure and film one point unless that was done: see `settle_point`.

    Raises SettingsError where the folder of the sweep is not found. Numbers and pictures do not depend on
    `threads`: products run in a thread of their own, one at a time.
    """
    spec = specification(sweep)  # a worker that does not find the sweep must not make a folder of that name
    root = Path(sweep)

    def work(folder: Path, progress: Progress) -> dict[str, Any]:
        recipe = spec.recipe(key)
        files.write_json(folder / run_folder.RECIPE, recipe.to_dict())
        frames = RecipeFrames(recipe, track_of(root, recipe), resolve(device, recipe.precision), threads)
        return _write_results(frames, spec, root, folder, progress)

    return settle_point(root, key, spec.params(key), work, session=session, retry_failed=retry_failed)


def _write_results(
    frames: RecipeFrames, spec: Specification, sweep: Path, folder: Path, progress: Progress
) -> dict[str, Any]:
    """Frames, thumbnail, diagnosis and clip; gives back what point.json says about them."""
    recipe, track = frames.recipe, frames.track
    times = moments(spec, recipe, track)
    with frames.renderer() as renderer:
        for n, t in enumerate(times):
            frame = renderer.frame(t)
            save_image(frame, run_folder.frame_path(folder, n))
            if n == len(times) // 2:
                save_image(_thumbnail(frame, spec.thumb), folder / run_folder.THUMBNAIL)
            progress("drawing", n + 1, len(times))
    metrics, verdict, sentence, diagnosis = measure(
        recipe.field, track, recipe.frames, frames.threads, progress
    )
    files.write_json(folder / run_folder.DIAGNOSIS, diagnosis)
    if spec.clip:
        _write_clip(clip_of(frames, spec.clip, times[len(times) // 2]), sweep, folder, progress)
    return {"moments": times, "metrics": metrics, "verdict": verdict, "sentence": sentence}


def moments(spec: Specification, recipe: Recipe, track: FeatureTrack) -> list[float]:
    """When the frames of a point are drawn: frames of its video, moved along when its start is varied."""
    fps = recipe.frames.fps
    first, count = recipe.frames.span(track.duration)
    shift = recipe.frames.start - spec.base.frames.start
    numbers = [min(max(round((moment + shift) * fps), 0), first + count - 1) for moment in spec.moments]
    return [float(number / fps) for number in numbers]


def clip_frames(clip: Clip, middle: float, frames: FrameSettings) -> FrameSettings:
    """The excerpt that a clip shows: around the moment of the thumbnail, not before the recipe's start."""
    start = max(frames.start, middle - clip.duration / 2)
    width, height = clip.size
    return frames.replace(width=width, height=height, start=start, duration=clip.duration)


def clip_of(frames: RecipeFrames, clip: Clip, middle: float) -> RecipeFrames:
    """The frames of a point's clip. One encoder thread: other points are drawn at the same time."""
    excerpt = clip_frames(clip, middle, frames.recipe.frames)
    update = {"frames": excerpt, "encoder": EncoderSettings(threads=1)}
    return replace(frames, recipe=frames.recipe.model_copy(update=update))


def _write_clip(clip: RecipeFrames, sweep: Path, folder: Path, progress: Progress) -> None:
    """The clip of a point, with sound."""
    recipe, count = clip.recipe, len(clip.times)
    with (
        clip.renderer() as renderer,
        VideoWriter(
            folder / run_folder.CLIP,
            size=recipe.frames.size,
            fps=recipe.frames.fps,
            frames=count,
            sound=open_sound(sound_of(str(sweep))),
            start=float(clip.times[0]),
            comment=recipe.to_json(),
            encoder=recipe.encoder,
        ) as video,
    ):
        for n, frame in enumerate(renderer.frames(clip.times)):
            video.write(frame)
            progress("filming", n + 1, count)


@lru_cache(maxsize=4)
def specification(sweep: str) -> Specification:
    """The specification of a sweep, read once by each process: it never changes."""
    return Specification.read(Path(sweep))


@lru_cache(maxsize=4)
def sound_of(sweep: str) -> Path:
    """The sound file of a sweep, searched and checked by its hash once by each process."""
    return find_audio(specification(sweep).base, Path(sweep))


def _thumbnail(frame: np.ndarray, side: int) -> np.ndarray:
    """The frame, its longer side reduced to so many pixels."""
    picture = Image.fromarray(frame)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.array(picture)
