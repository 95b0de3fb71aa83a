"""What a sweep will take, from a little of each step of a few of its points: see `runs.estimate`."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from explorer.audio import FeatureTrack, Sound
from explorer.errors import ExplorerError
from explorer.experiments.runs.cluster import AnyExecutor, worker_count
from explorer.experiments.runs.estimate import (
    MIN_SECONDS,
    Window,
    clocked,
    diagnosis_seconds,
    encoded_sample,
    pixel_seconds,
)
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.experiments.sweeps.eta import SweepPlan
from explorer.experiments.sweeps.point_task import clip_of, moments
from explorer.experiments.sweeps.scheduler import local_worker_count
from explorer.experiments.sweeps.specification import Specification
from explorer.fields import Grid
from explorer.progress import Progress, silent
from explorer.rendering import Device
from explorer.rendering.flash_cost import flash_search_seconds
from explorer.threads import usable_threads
from explorer.video.soundtrack import file_bytes

STEP = "estimating"
MAX_MEASURED_POINTS = 3
POINTS_EACH = 8  # that there are for each of those
PICTURE_SIZE = 320, 180  # pixels of the part of a picture that is drawn and compressed


@dataclass(frozen=True)
class SweepCost:
    """Expected seconds in one process with all cores, processor seconds, and bytes of all points."""

    seconds: float
    cpu_seconds: float
    bytes: int

    def __add__(self, other: SweepCost) -> SweepCost:
        return SweepCost(
            self.seconds + other.seconds, self.cpu_seconds + other.cpu_seconds, self.bytes + other.bytes
        )

    def __mul__(self, factor: float) -> SweepCost:
        return SweepCost(self.seconds * factor, self.cpu_seconds * factor, round(self.bytes * factor))

    def with_workers(self, count: int) -> float:
        """Seconds with so many processes, which share the cores."""
        return self.seconds if count == 1 else max(self.seconds / count, self.cpu_seconds / usable_threads())


def sweep_cost(
    spec: Specification,
    keys: Sequence[str],
    track_for: Callable[[Recipe], FeatureTrack],
    device: Device,
    sound: Sound,
    progress: Progress = silent,
) -> SweepCost | None:
    """The cost of some points; None where it is small, or where those that are measured cannot be drawn.

    Keys are hashes, so that the first ones in their order are as good as random.
    """
    count = min(MAX_MEASURED_POINTS, max(1, len(keys) // POINTS_EACH))
    costs = []
    for n, key in enumerate(sorted(keys)[:count]):
        progress(STEP, n, count)
        with suppress(ExplorerError):  # the sweep will report it
            recipe = spec.recipe(key)
            costs.append(_point_cost(spec, RecipeFrames(recipe, track_for(recipe), device), sound))
    if not costs:
        return None
    cost = sum(costs[1:], costs[0]) * (len(keys) / len(costs))
    return cost if cost.seconds >= MIN_SECONDS else None


def with_cost(
    plan: SweepPlan, cost: SweepCost | None, device: str, executor: AnyExecutor | None
) -> SweepPlan:
    """The plan with its workers, and with the cost."""
    if executor is not None:
        plan = replace(plan, workers=worker_count(executor), is_remote=True)
    if cost is None:
        return plan
    workers = plan.workers or local_worker_count(cost.seconds, plan.to_do, device)
    seconds = cost.seconds if executor is not None else cost.with_workers(workers)
    return replace(plan, workers=workers, seconds=seconds, bytes=cost.bytes)


def _point_cost(spec: Specification, frames: RecipeFrames, sound: Sound) -> SweepCost:
    """Pictures, diagnosis, clip and the searches for flashes."""
    wall, cpu = time.perf_counter(), time.process_time()
    times = moments(spec, frames.recipe, frames.track)
    each = pixel_seconds(frames)
    picture_seconds, picture_bytes = _picture_cost(frames, times[len(times) // 2], each)
    seconds = len(times) * picture_seconds + diagnosis_seconds(frames, "full")
    seconds += _flash_seconds(frames, [(t, t) for t in times])
    size = len(times) * picture_bytes
    if spec.clip:
        clip = clip_of(frames, spec.clip, times[len(times) // 2])
        settings, count = clip.recipe.frames, len(clip.times)
        pixels, duration = settings.width * settings.height, float(count / settings.fps)
        part = encoded_sample(clip, sound, each)
        seconds += part.seconds_of(count * pixels) + _flash_seconds(clip, [(clip.times[0], clip.times[-1])])
        size += part.bytes_of(count, pixels) + file_bytes(sound, duration)[0]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return SweepCost(seconds, seconds * cpu / wall, round(size))


def _picture_cost(frames: RecipeFrames, t: float, seconds: float) -> tuple[float, float]:
    """Seconds and bytes of a picture, from its middle, at so many seconds per pixel."""
    settings = frames.recipe.frames
    width, height = (min(sides) for sides in zip(settings.size, PICTURE_SIZE, strict=True))
    with frames.sample_renderer(Window(width, height, Grid(*settings.size))) as renderer:
        part = renderer.frame(t)
    file = io.BytesIO()
    compression = clocked(lambda: Image.fromarray(part).save(file, "PNG"))
    share = settings.width * settings.height / (width * height)
    return share * (seconds * width * height + compression), share * len(file.getvalue())


def _flash_seconds(frames: RecipeFrames, spans: Sequence[tuple[float, float]]) -> float:
    """Seconds of the search for flashes in some spans of time."""
    if frames.exposure is None:
        return 0.0
    parts = [frames.exposure.missing_moments(begin, end) for begin, end in spans]
    return flash_search_seconds(frames.exposure, np.unique(np.concatenate(parts)))
