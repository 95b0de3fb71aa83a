"""How much the colour varies over space, over time and with the music.

Why is a video static? These three numbers answer first: a picture may have plenty of detail (space) and
still not move (time), or move without listening (audio).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields import Controls, FieldSettings, Grid
from explorer.progress import Progress, silent

FRAME = Grid(640, 360)  # the frame whose points are drawn from
HELD = 16  # settings of the other groups that are held in turn
VARIED = 16  # moments drawn anew for each held one
AT_ONCE = 8192  # colours evaluated in one call: a few MB in a wide network

STATIC, FAINT = 1e-4, 5e-3  # variances below which nothing, or little, is seen

Strength = Literal["static", "faint", "alive"]


@dataclass(frozen=True)
class Variances:
    """Expected variances of the colour in [0, 1]^2 units, means over the three channels.

    0.25 is the most there can be (half black, half white); 0.083 is that of an even spread.
    """

    space: float
    time: float
    audio: float


def group_variances(
    field: FieldSettings,
    track: FeatureTrack,
    *,
    budget: int = 20_000,
    seed: int = 0,
    progress: Progress = silent,
) -> Variances:
    """Expected variance of the colour f(p, t, a) over one group while the others are held:

        space = E[t,a] Var[p] f      p: points of a 640 x 360 frame
        time  = E[p,a] Var[t] f      t: the time column over the whole track
        audio = E[p,t] Var[a] f      a: all other columns, as they are at moments of the track

    t and a are drawn independently of each other. Each variance is the mean, over draws of what is held
    and over the channels, of the unbiased sample variance sum (f - mean)^2 / (n - 1), so its expectation
    is exact at any `budget` (colours evaluated for each group); about 10 % off at 20,000. The same seed
    gives the same numbers. Uses `controls`, `prepare` and `colors` alone, so it works for any field. A
    callback that raises stops the work between two evaluations.
    """
    draws = np.random.default_rng(seed)
    frame = FRAME.xy()
    at_moments, points = VARIED * HELD, max(2, budget // (VARIED * HELD))

    def moments(count: int) -> Controls:
        return field.controls(track, draws.uniform(0, track.duration, count))

    def sample(time: Controls, audio: Controls, count: int) -> Float64[np.ndarray, "moments points 3"]:
        xy = frame[draws.integers(len(frame), size=count)]
        return _colors(field, _joined(time, audio), xy, progress)

    space = sample(moments(HELD), moments(HELD), max(2, budget // HELD))
    time = sample(moments(at_moments), _each(moments(HELD), VARIED), points)
    audio = sample(_each(moments(HELD), VARIED), moments(at_moments), points)
    return Variances(
        _mean_variance(space, axis=1),
        _mean_variance(time.reshape(HELD, VARIED, points, 3), axis=1),
        _mean_variance(audio.reshape(HELD, VARIED, points, 3), axis=1),
    )


def strength(variance: float) -> Strength:
    """A word for one variance: `static` is a standard deviation below 2.5 of 255 levels, `faint` below 18."""
    if variance < STATIC:
        return "static"
    return "faint" if variance < FAINT else "alive"


def _joined(time: Controls, audio: Controls) -> Controls:
    """Rows with the time column of one and all other columns of the other."""
    is_time = np.array([name == "time" for name in audio.names])
    return Controls(np.where(is_time, time.values, audio.values), audio.names)


def _each(controls: Controls, times: int) -> Controls:
    """Every row that many times, one after the other."""
    return Controls(np.repeat(controls.values, times, axis=0), controls.names)


def _colors(
    field: FieldSettings, controls: Controls, xy: Float32[np.ndarray, "points 2"], progress: Progress
) -> Float64[np.ndarray, "moments points 3"]:
    """The field's colours, a bounded number at a time.

    In double precision, where the mean of equal colours is exactly that colour: what a field ignores has
    a variance of exactly 0.
    """
    places = torch.from_numpy(xy)
    step = max(1, AT_ONCE // len(xy))
    found = []
    for first in range(0, len(controls.values), step):
        progress("measuring", first, len(controls.values))
        rows = Controls(controls.values[first : first + step], controls.names)
        with torch.inference_mode():
            found.append(field.prepare(rows).colors(places, FRAME.pixel).double().numpy())
    return np.concatenate(found)


def _mean_variance(colors: Float64[np.ndarray, "*axes"], axis: int) -> float:
    return float(colors.var(axis=axis, ddof=1).mean())
