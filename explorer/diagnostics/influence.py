"""What does bass move? The influence of each feature on the picture, by intervention.

One feature is replaced by its values at another moment of the track while everything else, place, time and
the other features, is held; the mean squared change of colour that follows is its influence:

    influence_k = E |f(p, t, a) - f(p, t, a with a_k taken from another moment)|^2

That answers what a feature does in this field and on this track. A correlation would not: features rise and
fall together, so the deaf ones would share in the merit (Pearl, "Causality", 2009, ch. 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.diagnostics.measure import Measure, bootstrapped
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.sampling import DEFAULT_FRAMES, colours, moments
from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.base import check_field_and_track
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings, render_frame
from explorer.rendering.renderer import Frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BUDGET = 600_000  # colours
MAP = (48, 27)  # pixels of a map, at most

Means = Float64[np.ndarray, "moments variants"]  # squared changes, means over the picture


@dataclass(frozen=True, eq=False, repr=False)
class Influence:
    """What each feature that a field listens to does to its picture.

    `level[k]` is the root mean square change of colour in 8-bit levels, `share[k]` its part of the squared
    changes of all features added up. `together` is the change when all are replaced at once, by the values of
    one other moment: less than the sum when they work against each other. `maps` tells where in the picture,
    in levels, and `picture` is a frame to compare with.
    """

    features: tuple[str, ...]
    share: dict[str, Measure]
    level: dict[str, Measure]
    together: Measure
    maps: Float32[np.ndarray, "features rows columns"]
    picture: Frame
    evaluations: int

    def table(self) -> pd.DataFrame:
        """One row a feature, the strongest first: share and levels with their intervals."""
        import pandas as pd  # slow to load

        columns = ("share", "share low", "share high", "levels", "levels low", "levels high")
        rows = [
            [share.value, share.low, share.high, level.value, level.low, level.high]
            for share, level in zip(self.share.values(), self.level.values(), strict=True)
        ]
        found = pd.DataFrame(rows, pd.Index(self.features, name="feature"), columns)
        return found.sort_values("share", ascending=False, kind="stable")

    def summary(self) -> str:
        """One line a feature, the strongest first."""
        ranked = sorted(self.features, key=lambda name: -self.share[name].value)
        lines = [f"{name:9} {self.share[name]:6.1%}  {self.level[name]:5.1f} levels" for name in ranked]
        return "\n".join([*lines, f"together           {self.together:5.1f} levels"])

    __repr__ = summary  # what a prompt shows

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the maps."""
        return {
            "share": {name: share.to_dict() for name, share in self.share.items()},
            "level": {name: level.to_dict() for name, level in self.level.items()},
            "together": self.together.to_dict(),
            "evaluations": self.evaluations,
        }

    def figure(self) -> Figure:
        """Bars with intervals, and beside each where in the picture it acts."""
        from explorer.diagnostics.plots.influence_plot import draw_influence  # matplotlib is slow to load

        return draw_influence(self)


def feature_influence(
    field: FieldSettings,
    track: FeatureTrack,
    *,
    frames: FrameSettings | None = None,
    budget: int = BUDGET,
    seed: int = 0,
    progress: Progress = silent,
) -> Influence:
    """Influence of every feature of `field.features`, at frames of the recipe drawn at random.

    A feature is taken from another moment by turning its whole column around the track, so fields that
    remember get a history that belongs together. About `budget` colours are evaluated, on a small picture
    of the recipe's shape; the same seed gives the same numbers. A callback that raises stops the work.
    """
    check_field_and_track(field, track)
    frames, draws = frames or DEFAULT_FRAMES, np.random.default_rng(seed)
    grid = _small(frames)
    variants = len(field.features) + 2  # as it is, each feature from elsewhere, and all of them
    count = max(4, budget // (variants * grid.width * grid.height))
    times = moments(track, frames, count, draws)
    turns = draws.integers(1, max(2, len(track.values)), size=count)
    xy = grid.xy()

    def changes(moment: int) -> Float64[np.ndarray, "variants points"]:
        rows = _interventions(field, track, times[moment : moment + 1], int(turns[moment]))
        found = 255 * colours(field, rows, xy, grid.pixel)
        return np.asarray(((found[1:] - found[0]) ** 2).mean(axis=-1))

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
        share={name: _measured(means, _share, n, seed) for n, name in names},
        level={name: _measured(means, _level, n, seed) for n, name in names},
        together=_measured(means, _level, len(names), seed),
        maps=maps,
        picture=picture,
        evaluations=count * variants * len(xy),
    )


def _interventions(
    field: FieldSettings, track: FeatureTrack, time: Float64[np.ndarray, " _"], turn: int
) -> Controls:
    """Controls at one time: as they are, with each feature from `turn` rows earlier, and with all of them."""
    turned, turned_raw = (np.roll(columns, turn, axis=0) for columns in (track.values, track.raw))
    columns = [track.names.index(name) for name in field.features]
    rows = [field.controls(track, time)]
    for chosen in [*[[column] for column in columns], columns]:
        values, raw = track.values.copy(), track.raw.copy()
        values[:, chosen], raw[:, chosen] = turned[:, chosen], turned_raw[:, chosen]
        rows.append(field.controls(replace(track, values=values, raw=raw), time))
    return Controls(np.concatenate([row.values for row in rows]), rows[0].names)


def _small(frames: FrameSettings) -> Grid:
    """A grid of the frame's shape that fits into MAP."""
    scale = min(MAP[0] / frames.width, MAP[1] / frames.height)
    return Grid(max(1, round(frames.width * scale)), max(1, round(frames.height * scale)))


def _measured(means: Means, statistic: Callable[[np.ndarray, int], np.ndarray], n: int, seed: int) -> Measure:
    return bootstrapped(means, lambda rows: statistic(rows, n), np.random.default_rng(seed))


def _share(means: np.ndarray, n: int) -> np.ndarray:
    """Of the features' squared changes added up; the last column, all at once, is not one of them."""
    one, added = means[..., n], means[..., :-1].sum(axis=-1)
    return np.asarray(np.divide(one, added, out=np.zeros_like(one), where=added > 0))


def _level(means: np.ndarray, n: int) -> np.ndarray:
    return np.asarray(np.sqrt(means[..., n]))
