"""One point of a sweep, carried out in its folder.

`carry_out_point` takes plain data and reads everything else from the sweep's folder, so that any
`concurrent.futures.Executor` that reaches the folder can run it.
"""

from __future__ import annotations

import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer import files
from explorer.audio import FeatureTrack, open_sound
from explorer.errors import Stopped, error_text
from explorer.experiments.runs import manifest
from explorer.experiments.runs.recipe import Recipe, find_audio
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.experiments.sweeps.leases import Claim
from explorer.experiments.sweeps.point_folder import NAME, folder_of, is_settled, stop_file, told
from explorer.experiments.sweeps.point_metrics import measure
from explorer.experiments.sweeps.specification import Clip, Specification
from explorer.experiments.sweeps.tracks import track_of
from explorer.progress import Progress
from explorer.rendering import FrameSettings, Renderer, resolve
from explorer.rendering.threads import use_single_torch_thread
from explorer.video import EncoderSettings, VideoWriter, save_image

HELD = "held"  # not a status but an answer: another process has the point
LOOK = 0.2  # seconds between two looks for a request to stop


def carry_out_point(
    sweep: str,
    key: str,
    *,
    threads: int = 1,
    device: str = "cpu",
    session: str = "",
    retry_failed: bool = False,
) -> dict[str, Any]:
    """Draw, measure and film one point unless that was done; gives back its status, seconds and bytes.

    Never raises for what goes wrong in the point: that is kept in point.json, with the status `failed`.
    Raises SettingsError where the sweep is not seen.
    The status is `held` when another process has the point, `pending` when this session was asked to stop.
    Numbers and pictures do not depend on `threads`: products run in a thread of their own, one at a time.
    """
    specification(sweep)  # a worker that does not see the sweep must not make a folder of that name
    folder = folder_of(Path(sweep), key)
    claim = Claim.take(folder)
    if claim is None:
        return {"key": key, "status": HELD}
    with claim:
        log = told(folder)
        if is_settled(log["status"], retry_failed):
            return answer(key, log)
        progress = _watched(stop_file(Path(sweep), session), claim)
        with ThreadPoolExecutor(1, "explorer-point", use_single_torch_thread) as own:
            return own.submit(_carry_out, Path(sweep), key, threads, device, claim, progress).result()


def record_failure(sweep: Path, key: str, error: Exception) -> dict[str, Any]:
    """Keep the failure of a point whose worker could not: it died, or could not be reached."""
    folder = folder_of(sweep, key)
    claim = Claim.take(folder)
    if claim is None:
        return {"key": key, "status": HELD}
    with claim:
        if is_settled(told(folder)["status"]):
            return answer(key, told(folder))
        params = specification(str(sweep)).params(key)
        log = {"status": "failed", "params": params, **manifest.process_facts(), "error": error_text(error)}
        files.write_json(folder / NAME, log)
        return answer(key, log)


def _carry_out(
    sweep: Path, key: str, threads: int, device: str, claim: Claim, progress: Progress
) -> dict[str, Any]:
    """The work of a claimed point, and its point.json kept true."""
    folder = folder_of(sweep, key)
    files.remove_stale_parts(folder)
    spec = specification(str(sweep))
    log = {"status": "running", "params": spec.params(key), **manifest.process_facts()}
    files.write_json(folder / NAME, log)
    began = time.perf_counter()
    try:
        recipe = spec.recipe(key)
        files.write_json(folder / "recipe.json", recipe.to_dict())
        log |= _make(sweep, folder, spec, recipe, threads, device, progress)
        log |= {"status": "done", "artefacts": manifest.artifacts(folder, NAME)}
    except (Stopped, KeyboardInterrupt):
        log["status"] = "pending"
    except Exception as error:  # one failure does not stop the rest
        log |= {"status": "failed", "error": error_text(error), "traceback": traceback.format_exc()}
    log |= {"seconds": time.perf_counter() - began, "heartbeat": manifest.now()}
    if not claim.held:  # this machine slept, and somebody else has taken over: what they tell counts
        return {"key": key, "status": HELD}
    files.write_json(folder / NAME, log)
    return answer(key, log)


def _make(
    sweep: Path,
    folder: Path,
    spec: Specification,
    recipe: Recipe,
    threads: int,
    device: str,
    progress: Progress,
) -> dict[str, Any]:
    """Frames, thumbnail, diagnosis and clip; gives back what point.json tells about them."""
    track = track_of(sweep, recipe)
    frames = RecipeFrames(recipe, track, resolve(device, recipe.precision), threads)
    with frames.renderer() as renderer:
        times = moments(spec, recipe, track)
        for n, t in enumerate(times):
            frame = renderer.frame(t)
            save_image(frame, folder / f"frame_{n:02d}.jpg")
            if n == len(times) // 2:
                save_image(_thumbnail(frame, spec.thumb), folder / "thumb.jpg")
            progress("drawing", n + 1, len(times))
    metrics, verdict, sentence, diagnosis = measure(recipe.field, track, recipe.frames, threads, progress)
    files.write_json(folder / "diagnosis.json", diagnosis)
    if spec.clip:
        _film(sweep, folder / "clip.mp4", spec.clip, times, recipe, renderer, progress)
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


def _film(
    sweep: Path,
    path: Path,
    clip: Clip,
    times: list[float],
    recipe: Recipe,
    renderer: Renderer,
    progress: Progress,
) -> None:
    """The clip of a point, with sound. One encoder thread: other points are drawn at the same time."""
    excerpt = clip_frames(clip, times[len(times) // 2], recipe.frames)
    shown = excerpt.times(renderer.track.duration)
    encoder = EncoderSettings(threads=1)
    filmed = recipe.model_copy(update={"frames": excerpt, "encoder": encoder})
    frames = RecipeFrames(filmed, renderer.track, renderer.device, renderer.threads)
    with (
        frames.renderer() as drawn,
        VideoWriter(
            path,
            size=clip.size,
            fps=excerpt.fps,
            frames=len(shown),
            sound=open_sound(sound_of(str(sweep))),
            start=float(shown[0]),
            comment=filmed.to_json(),
            encoder=encoder,
        ) as video,
    ):
        for n, frame in enumerate(drawn.frames(shown)):
            video.write(frame)
            progress("filming", n + 1, len(shown))


@lru_cache(maxsize=4)
def specification(sweep: str) -> Specification:
    """The specification of a sweep, read once by each process: it never changes."""
    return Specification.read(Path(sweep))


@lru_cache(maxsize=4)
def sound_of(sweep: str) -> Path:
    """The sound file of a sweep, found and checked by its hash once by each process."""
    return find_audio(specification(sweep).base, Path(sweep))


def _watched(stop: Path, claim: Claim) -> Progress:
    """A progress callback that raises Stopped when the session is to stop or somebody else has the point."""
    looked = [0.0]

    def progress(step: str, done: float, total: float) -> None:
        now = time.monotonic()
        if now - looked[0] < LOOK:
            return
        looked[0] = now
        if stop.exists() or not claim.held:
            raise Stopped("stopped on request")

    return progress


def _thumbnail(frame: np.ndarray, longest: int) -> np.ndarray:
    picture = Image.fromarray(frame)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return np.array(picture)


def answer(key: str, log: dict[str, Any]) -> dict[str, Any]:
    """What the conductor of a sweep needs to know about a point."""
    size = sum(int(made["bytes"]) for made in (log.get("artefacts") or {}).values())
    return {"key": key, "status": log["status"], "seconds": log.get("seconds"), "bytes": size}
