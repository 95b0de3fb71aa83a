"""A video's frames drawn in segments by the workers of an executor, given back one by one in order.

A worker reads recipe and track from the run folder, once, and answers with raw pixels. As a frame depends
on the recipe and its time alone, they are those that one process draws.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from explorer.audio import FeatureTrack
from explorer.errors import DeviceError, ExplorerError
from explorer.experiments.runs import run_folder
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, check_workers, worker_count
from explorer.experiments.runs.recipe import load_recipe
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.fields.custom.transport import with_custom_classes
from explorer.rendering import resolve

MAX_WAITING_BYTES = 512_000_000  # of drawn segments that wait for the encoder, or two frames
SEGMENTS_PER_WORKER = 8  # at least, so that all workers end at about the same time
MAX_SEGMENT_FRAMES = 60  # until the first segment is drawn nothing is seen of the work

Segment = UInt8[np.ndarray, "frames height width 3"]


def frames_of_workers(
    frames: RecipeFrames, executor: AnyExecutor, run: Path
) -> Generator[UInt8[np.ndarray, "height width 3"], None, None]:
    """The frames of the recipe in a run folder, in order; each worker draws with `frames.threads` (1).

    The workers are few segments ahead of the frame that was given back: memory does not grow. Closing the
    generator drops segments that are not started. Raises ExplorerError when one cannot be drawn.
    """
    check_workers(executor, run)
    pool, folder, count = as_executor(executor), str(run.absolute()), len(frames.times)
    width, height = frames.recipe.frames.size
    device, threads = frames.device.request, frames.threads or 1
    ahead, length = plan_segments(worker_count(executor), count, 3 * width * height)
    draw, starts = with_custom_classes(draw_segment, frames.recipe), iter(range(0, count, length))
    pending: deque[Future[Segment]] = deque()
    try:
        while True:
            for start in islice(starts, ahead - len(pending)):
                stop = min(start + length, count)
                pending.append(pool.submit(draw, folder, start, stop, device=device, threads=threads))
            if not pending:
                return
            yield from pending.popleft().result()
    except ExplorerError:
        raise
    except Exception as error:  # of the executor: its workers died, or it was closed
        raise ExplorerError(f"the workers could not draw: {type(error).__name__}: {error}") from error
    finally:
        for future in pending:
            future.cancel()


def plan_segments(workers: int, count: int, frame_bytes: int) -> tuple[int, int]:
    """How many segments are in work at once, and how many frames a segment has.

    Every worker has one, one is being given back and one is ready; together at most MAX_WAITING_BYTES.
    """
    fitting = max(2, MAX_WAITING_BYTES // frame_bytes)  # frames
    ahead = min(workers + 2, fitting)
    length = min(MAX_SEGMENT_FRAMES, fitting // ahead, -(-count // (SEGMENTS_PER_WORKER * workers)))
    return ahead, max(1, length)


def draw_segment(run: str, start: int, stop: int, *, device: str, threads: int) -> Segment:
    """Frames `start` to `stop` (without it) of the recipe in a run folder, in a worker."""
    frames = _frames(run, device, threads)
    width, height = frames.recipe.frames.size
    segment = np.empty((stop - start, height, width, 3), np.uint8)
    with frames.renderer() as renderer:
        for n, frame in enumerate(renderer.frames(frames.times[start:stop])):
            segment[n] = frame
    return segment


@lru_cache(maxsize=2)
def _frames(run: str, device: str, threads: int) -> RecipeFrames:
    """The frames of a run, read once by each process. Raises DeviceError without the device."""
    recipe, track = load_recipe(run), FeatureTrack.load(Path(run) / run_folder.FEATURES)
    target = resolve(device, recipe.precision)
    if target.kind != device.partition(":")[0]:
        raise DeviceError(f"a worker has no {device} device; choose --device cpu, or workers that have one")
    return RecipeFrames(recipe, track, target, threads)
