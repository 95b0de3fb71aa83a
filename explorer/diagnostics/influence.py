"""What does bass move? The influence of each feature on the picture, by intervention.

One feature is replaced by its values at another moment of the track while everything else, place, time and
the other features, is held; the mean squared change of color that follows is its influence:

    influence_k = E |f(p, t, a) - f(p, t, a with a_k taken from another moment)|^2

That is what a feature does in this field and on this track. A correlation is not: features rise and fall
together, so those without effect would share in the merit (Pearl, "Causality", 2009, ch. 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.diagnostics.measure import Measure, bootstrap_measure
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.results.influence_result import InfluenceResult
from explorer.diagnostics.sampling import DEFAULT_FRAMES, field_colors, random_times
from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.base import track_for
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings, render_frame

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUDGET = 600_000  # colors
MAP_SIZE = (48, 27)  # pixels of a map, at most

Means = Float64[np.ndarray, "moments variants"]  # squared changes, means over the picture


class Influence(InfluenceResult):
    """An `InfluenceResult` as text and as a picture: what `feature_influence` returns."""

    def summary(self) -> str:
        """One line a feature, the strongest first."""
        lines = [f"{name:9} {self.share[name]:6.1%}  {self.level[name]:5.1f} levels" for name in self.ranked]
        return "\n".join([*lines, f"together           {self.together:5.1f} levels"])

    __repr__ = summary  # what a prompt shows

    def figure(self) -> Figure:
        """Bars with intervals, and beside each where in the picture it acts."""
        from explorer.diagnostics.plots.influence_plot import draw_influence  # matplotlib is slow to load

        return draw_influence(self)


def feature_influence(
    field: FieldSettings,
    audio: str | Path | FeatureTrack,
    *,
    frames: FrameSettings | None = None,
    budget: int = BUDGET,
    seed: int = 0,
    progress: Progress = silent,
) -> Influence:
    """Influence of every feature of `field.features`, at frames of the recipe drawn at random.

    A feature is taken from another moment by rolling its whole column around the track, so that fields with
    memory get a history that belongs together. About `budget` colors are evaluated, on a small picture
    of the recipe's shape; the same seed gives the same numbers. A callback that raises stops the work.
    """
    track = track_for(field, audio)
    frames, rng = frames or DEFAULT_FRAMES, np.random.default_rng(seed)
    grid = _map_grid(frames)
    variants = len(field.features) + 2  # as it is, each feature from elsewhere, and all of them
    count = max(4, budget // (variants * grid.width * grid.height))
    times = random_times(track, frames, count, rng)
    shifts = rng.integers(1, max(2, len(track.values)), size=count)
    xy = grid.xy()

    def changes(moment: int) -> Float64[np.ndarray, "variants points"]:
        rows = _interventions(field, track, times[moment : moment + 1], int(shifts[moment]))
        colors = 255 * field_colors(field, rows, xy, grid.pixel)
        return np.asarray(((colors[1:] - colors[0]) ** 2).mean(axis=-1))

    squares = np.stack(in_threads(changes, range(count), "measuring influence", progress))
    shape = (grid.height, grid.width)
    maps = np.sqrt(squares[:, :-1].mean(axis=0)).reshape(-1, *shape).astype(np.float32)
    picture = render_frame(
        field, track, float(times[0]), (8 * grid.width, 8 * grid.height), flash_limit=False
    )
    means = squares.mean(axis=2)
    names = list(enumerate(field.features))
    return Influence(
        features=field.features,
        share={name: _measure(means, _share, n, seed) for n, name in names},
        level={name: _measure(means, _level, n, seed) for n, name in names},
        together=_measure(means, _level, len(names), seed),
        maps=maps,
        picture=picture,
        evaluations=count * variants * len(xy),
    )


def _interventions(
    field: FieldSettings, track: FeatureTrack, time: Float64[np.ndarray, " _"], shift: int
) -> Controls:
    """Controls at one time: as they are, with each feature from `shift` rows earlier, with all of them."""
    shifted, shifted_raw = (np.roll(columns, shift, axis=0) for columns in (track.values, track.raw))
    columns = [track.names.index(field.track_columns[name]) for name in field.features]
    rows = [field.controls(track, time)]
    for replaced in [*[[column] for column in columns], columns]:
        values, raw = track.values.copy(), track.raw.copy()
        values[:, replaced], raw[:, replaced] = shifted[:, replaced], shifted_raw[:, replaced]
        rows.append(field.controls(replace(track, values=values, raw=raw), time))
    return Controls(np.concatenate([row.values for row in rows]), rows[0].names)


def _map_grid(frames: FrameSettings) -> Grid:
    """A grid of the frame's shape that fits into MAP_SIZE."""
    scale = min(MAP_SIZE[0] / frames.width, MAP_SIZE[1] / frames.height)
    return Grid(max(1, round(frames.width * scale)), max(1, round(frames.height * scale)))


def _measure(means: Means, statistic: Callable[[np.ndarray, int], np.ndarray], n: int, seed: int) -> Measure:
    return bootstrap_measure(means, lambda rows: statistic(rows, n), np.random.default_rng(seed))


def _share(means: np.ndarray, n: int) -> np.ndarray:
    """Of the features' squared changes added up; the last column, all at once, is not one of them."""
    part, total = means[..., n], means[..., :-1].sum(axis=-1)
    return np.asarray(np.divide(part, total, out=np.zeros_like(part), where=total > 0))


def _level(means: np.ndarray, n: int) -> np.ndarray:
    return np.asarray(np.sqrt(means[..., n]))
