"""Where a field is evaluated to be measured: independent blocks of a bounded number of colors.

A block draws its own points, moments and music, so the spread between blocks tells how exact a mean over
them is. A block holds two samples:

    crossed   f(p, t, a) for every combination of a few points, times and controls of the music
    pairs     f(p, t, a(t)) as it will be rendered: at frames and the frames after them, at pixels and the
              pixels right of and below them
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.diagnostics.parallel import in_threads
from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.light.columns import plain_name
from explorer.fields.sequence.lit_moments import lit_moments
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.threads import usable_threads

DEFAULT_FRAMES = FrameSettings(width=640, height=360)  # 360 rows at 30 frames a second

Crossed = Float64[np.ndarray, "times sounds points 3"]
Pairs = Float64[np.ndarray, "pairs 2 pixels 3 3"]
Times = Float64[np.ndarray, " moments"]


@dataclass(frozen=True)
class Budget:
    """How many of everything; `evaluations` is the number of colors they add up to."""

    blocks: int
    times: int
    sounds: int
    points: int
    pairs: int  # of consecutive frames
    pixels: int  # with two neighbors each
    layer_times: int  # moments and points at which the layers of a field are measured
    layer_points: int

    @property
    def evaluations(self) -> int:
        """Colors evaluated in all blocks; layers come on top."""
        return self.blocks * (self.times * self.sounds * self.points + 6 * self.pairs * self.pixels)


@dataclass(frozen=True, eq=False)
class SampleBlock:
    """The colors of one block, in double precision: the mean of equal colors is exactly that color."""

    crossed: Crossed
    pairs: Pairs  # (pair, this frame and the next, pixel, itself and its right and lower neighbors, channel)


def sample(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    budget: Budget,
    seed: int,
    progress: Progress = silent,
    threads: int | None = None,
) -> list[SampleBlock]:
    """Evaluate a field block by block. A callback that raises stops the work between two blocks.

    Every block has a stream of random numbers of its own and is computed by one thread, so the colors do
    not depend on how many threads there are: at most `threads`.
    """
    grid = Grid(*frames.size)

    def evaluate(block: int) -> SampleBlock:
        rng = np.random.default_rng([seed, block])
        crossed = _crossed(field, track, frames, grid, budget, rng)
        return SampleBlock(crossed, _pairs(field, track, frames, grid, budget, rng))

    return in_threads(evaluate, range(budget.blocks), "measuring", progress, sampling_threads(field, threads))


def sampling_threads(field: FieldSettings, threads: int | None = None) -> int:
    """How many threads `sample` uses of those that are allowed, by default all cores.

    Many small operations of torch take twice as long on two threads as on one: each waits for Python's lock.
    """
    return (threads or usable_threads()) if field.has_large_products else 1


def random_times(track: FeatureTrack, frames: FrameSettings, count: int, rng: np.random.Generator) -> Times:
    """Times of frames of the recipe, drawn evenly with replacement."""
    first, total = frames.span(track.duration)
    return _seconds(first + rng.integers(total, size=count), frames)


def combine_controls(time: Controls, audio: Controls) -> Controls:
    """Rows with the time column of one and all other columns of the other."""
    is_time = np.array([plain_name(name).rpartition(".")[2] == "time" for name in audio.names])
    return Controls(np.where(is_time, time.values, audio.values), audio.names)


def pixel_centers(grid: Grid, columns: np.ndarray, rows: np.ndarray) -> Float32[np.ndarray, "points 2"]:
    """Coordinates of the centers of some pixels, as `Grid.xy` has them."""
    x = (columns + 0.5 - grid.width / 2) * grid.pixel
    y = (rows + 0.5 - grid.height / 2) * grid.pixel
    return np.stack((x, y), axis=-1).reshape(-1, 2).astype(np.float32)


def field_colors(
    field: FieldSettings, controls: Controls, xy: Float32[np.ndarray, "points 2"], pixel: float
) -> Float64[np.ndarray, "moments points 3"]:
    """The field's colors in [0, 1]."""
    with torch.inference_mode():
        return lit_moments(field, controls).colors(torch.from_numpy(xy), pixel).double().numpy()


def _crossed(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    grid: Grid,
    budget: Budget,
    rng: np.random.Generator,
) -> Crossed:
    time = field.controls(track, random_times(track, frames, budget.times, rng))
    audio = field.controls(track, random_times(track, frames, budget.sounds, rng))
    every = combine_controls(
        Controls(np.repeat(time.values, budget.sounds, axis=0), time.names),
        Controls(np.tile(audio.values, (budget.times, 1)), audio.names),
    )
    columns, rows = (rng.integers(side, size=budget.points) for side in frames.size)
    colors = field_colors(field, every, pixel_centers(grid, columns, rows), grid.pixel)
    return colors.reshape(budget.times, budget.sounds, budget.points, 3)


def _pairs(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    grid: Grid,
    budget: Budget,
    rng: np.random.Generator,
) -> Pairs:
    first, total = frames.span(track.duration)
    number = first + rng.integers(max(1, total - 1), size=budget.pairs)
    following = np.minimum(number + 1, first + total - 1)
    times = _seconds(np.stack((number, following), axis=-1).ravel(), frames)
    columns, rows = (rng.integers(side - 1, size=budget.pixels) for side in frames.size)
    xy = pixel_centers(grid, columns[:, None] + [0, 1, 0], rows[:, None] + [0, 0, 1])
    colors = field_colors(field, field.controls(track, times), xy, grid.pixel)
    return colors.reshape(budget.pairs, 2, budget.pixels, 3, 3)


def _seconds(numbers: np.ndarray, frames: FrameSettings) -> Times:
    """Times of frames by number, as `FrameSettings.times` has them."""
    return np.asarray(numbers * frames.fps.denominator / frames.fps.numerator, dtype=np.float64)
