"""A video's frames drawn in segments by the workers of an executor, handed on one by one in order.

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
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, check_reach, workers_of
from explorer.experiments.runs.recipe import Recipe, exposure_of, load_recipe
from explorer.rendering import Renderer, resolve

HELD = 512_000_000  # bytes that drawn segments may take while they wait for the encoder, or two frames
EACH = 8  # segments per worker at least, so that all end at about the same time
LONGEST = 60  # frames of a segment: until the first is drawn nothing is seen of the work

Segment = UInt8[np.ndarray, "frames height width 3"]


def frames_by(
    executor: AnyExecutor, run: Path, size: tuple[int, int], count: int, *, device: str, threads: int = 1
) -> Generator[UInt8[np.ndarray, "height width 3"], None, None]:
    """The `count` frames of the recipe in a run folder, of `size` (width, height), in order.

    The workers are few segments ahead of the frame that was handed on: memory does not grow. Closing the
    generator drops segments that are not begun. Raises ExplorerError when one cannot be drawn.
    """
    check_reach(executor, run)
    pool, folder = as_executor(executor), str(run.absolute())
    ahead, length = plan(workers_of(executor), count, 3 * size[0] * size[1])
    firsts = iter(range(0, count, length))
    going: deque[Future[Segment]] = deque()
    try:
        while True:
            for first in islice(firsts, ahead - len(going)):
                last = min(first + length, count)
                going.append(pool.submit(draw_segment, folder, first, last, device=device, threads=threads))
            if not going:
                return
            yield from going.popleft().result()
    except ExplorerError:
        raise
    except Exception as error:  # of the executor: its workers died, or it was closed
        raise ExplorerError(f"the workers could not draw: {type(error).__name__}: {error}") from error
    finally:
        for future in going:
            future.cancel()


def plan(workers: int, count: int, frame_bytes: int) -> tuple[int, int]:
    """How many segments are on their way at once, and how many frames a segment has.

    Every worker has one, one is being handed on and one is ready; together no more than HELD.
    """
    fitting = max(2, HELD // frame_bytes)  # frames
    ahead = min(workers + 2, fitting)
    return ahead, max(1, min(LONGEST, fitting // ahead, -(-count // (EACH * workers))))


def draw_segment(run: str, first: int, last: int, *, device: str, threads: int) -> Segment:
    """Frames `first` to `last` (without it) of the recipe in a run folder, in a worker."""
    recipe, track = _asked(run)
    target = resolve(device, recipe.precision)
    if target.torch_device.type != device:
        raise DeviceError(f"a worker has no {device} device; choose --device cpu, or workers that have one")
    times = recipe.frames.times(track.duration)[first:last]
    width, height = recipe.frames.size
    drawn = np.empty((last - first, height, width, 3), np.uint8)
    exposure = exposure_of(recipe, track, threads)
    with Renderer(
        recipe.field,
        track,
        (width, height),
        device=target,
        threads=threads,
        exposure=exposure,
    ) as renderer:
        for n, frame in enumerate(renderer.frames(times)):
            drawn[n] = frame
    return drawn


@lru_cache(maxsize=2)
def _asked(run: str) -> tuple[Recipe, FeatureTrack]:
    """Recipe and track of a run, read once by each process."""
    return load_recipe(run), FeatureTrack.load(Path(run) / "features")
