"""One point of a sweep: drawn, measured and filmed in its folder.

`run_point` takes plain data and reads everything else from the sweep's folder, so that any
`concurrent.futures.Executor` that reaches the folder can run it.
"""

from __future__ import annotations

import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer import files
from explorer.audio import FeatureTrack, open_sound
from explorer.errors import Stopped, error_text
from explorer.experiments.runs import manifest, run_folder
from explorer.experiments.runs.recipe import Recipe, find_audio
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.experiments.sweeps.leases import Lease
from explorer.experiments.sweeps.point_metrics import measure
from explorer.experiments.sweeps.point_status import is_settled, point_log
from explorer.experiments.sweeps.specification import Clip, Specification
from explorer.experiments.sweeps.tracks import track_of
from explorer.progress import Progress
from explorer.rendering import FrameSettings, resolve
from explorer.threads import use_single_torch_thread
from explorer.video import EncoderSettings, VideoWriter, save_image

LEASED = "held"  # the status of an outcome, in no file: another process has the point
POLL_SECONDS = 0.2  # between two looks for a request to stop


def run_point(
    sweep: str,
    key: str,
    *,
    threads: int = 1,
    device: str = "cpu",
    session: str = "",
    retry_failed: bool = False,
) -> dict[str, Any]:
    """Draw, measure and film one point unless that was done; gives back its status, seconds and bytes.

    Never raises for what goes wrong in the point: that is written to point.json, with the status `failed`.
    Raises SettingsError where the folder of the sweep is not found.
    The status is `held` when another process has the point, `pending` when this session was asked to stop.
    Numbers and pictures do not depend on `threads`: products run in a thread of their own, one at a time.
    """
    specification(sweep)  # a worker that does not find the sweep must not make a folder of that name
    folder = run_folder.point_folder(Path(sweep), key)
    lease = Lease.acquire(folder)
    if lease is None:
        return {"key": key, "status": LEASED}
    with lease:
        log = point_log(folder)
        if is_settled(log["status"], retry_failed):
            return outcome(key, log)
        progress = _stoppable(run_folder.stop_file(Path(sweep), session), lease)
        with ThreadPoolExecutor(1, "explorer-point", use_single_torch_thread) as thread:
            return thread.submit(_run_leased, Path(sweep), key, threads, device, lease, progress).result()


def record_failure(sweep: Path, key: str, error: Exception, status: str = "failed") -> dict[str, Any]:
    """Write down how a point ended whose worker could not: it died, or could not be reached."""
    folder = run_folder.point_folder(sweep, key)
    lease = Lease.acquire(folder)
    if lease is None:
        return {"key": key, "status": LEASED}
    with lease:
        log = point_log(folder)
        if is_settled(log["status"]):
            return outcome(key, log)
        params = specification(str(sweep)).params(key)
        log = {"status": status, "params": params, **manifest.process_facts(), "error": error_text(error)}
        files.write_json(folder / run_folder.POINT, log, durable=True)
        return outcome(key, log)


def outcome(key: str, log: dict[str, Any]) -> dict[str, Any]:
    """What the scheduler of a sweep needs to know about a point."""
    size = sum((artifact or {}).get("bytes") or 0 for artifact in (log.get("artefacts") or {}).values())
    return {"key": key, "status": log["status"], "seconds": log.get("seconds"), "bytes": size}


def _run_leased(
    sweep: Path, key: str, threads: int, device: str, lease: Lease, progress: Progress
) -> dict[str, Any]:
    """The work on a point, and its point.json kept true."""
    folder = run_folder.point_folder(sweep, key)
    files.remove_stale_parts(folder)
    spec = specification(str(sweep))
    log = {"status": "running", "params": spec.params(key), **manifest.process_facts()}
    files.write_json(folder / run_folder.POINT, log)
    start = time.perf_counter()
    try:
        recipe = spec.recipe(key)
        files.write_json(folder / run_folder.RECIPE, recipe.to_dict())
        frames = RecipeFrames(recipe, track_of(sweep, recipe), resolve(device, recipe.precision), threads)
        log |= _write_results(frames, spec, sweep, folder, progress)
        log |= {"status": "done", "artefacts": manifest.artifacts(folder, run_folder.POINT)}
        files.flush_files(folder)
    except (Stopped, KeyboardInterrupt):
        log["status"] = "pending"
    except Exception as error:  # one failure does not stop the rest
        log |= {"status": "failed", "error": error_text(error), "traceback": traceback.format_exc()}
    log |= {"seconds": time.perf_counter() - start, "heartbeat": manifest.now()}
    if not lease.is_valid:  # this machine slept, and somebody else has taken over: their result counts
        return {"key": key, "status": LEASED}
    files.write_json(folder / run_folder.POINT, log, durable=True)
    return outcome(key, log)


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


def _stoppable(stop: Path, lease: Lease) -> Progress:
    """A progress callback that raises Stopped when the session is to stop or somebody else has the point."""
    last_check = 0.0

    def progress(step: str, done: float, total: float) -> None:
        nonlocal last_check
        now = time.monotonic()
        if now - last_check < POLL_SECONDS:
            return
        last_check = now
        if stop.exists() or not lease.is_valid:
            raise Stopped("stopped on request")

    return progress


def _thumbnail(frame: np.ndarray, side: int) -> np.ndarray:
    """The frame, its longer side reduced to so many pixels."""
    picture = Image.fromarray(frame)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.array(picture)
