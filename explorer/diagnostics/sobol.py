"""Sobol shares: how much of the picture's variance comes from place, time and sound, alone and together.

For independent groups of inputs X_1 ... X_k the variance of f splits into parts V_u, one for each set u of
groups: what these groups do together beyond what fewer of them do (Sobol 1993). Shares are V_u / V; the
total share of a group adds up all V_u in which it takes part (Homma & Saltelli 1996).

Everything follows from T_w, half the mean squared change of f when the groups w are drawn again:

    V      = T of all groups
    total  = T_i / V                                         (Jansen 1999)
    closed = sum of V_v / V over v within u = 1 - T_(all but u) / V
    V_u / V = sum over v within u of (-1)^(|u| - |v|) closed_v

From two rng A and B of every group, f is evaluated at all 2^k mixtures of them; these contain the A, B and
A_B^(i) of Saltelli et al. 2010 (Computer Physics Communications 181, table 2), and every pair of mixtures
that differs in w adds to T_w. For f of several numbers (channels) squares are added, as in Gamboa et al. 2014
(Electronic Journal of Statistics 8, "Sensitivity analysis for multidimensional and functional outputs").
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Float64
from numpy.typing import ArrayLike

from explorer.audio import FeatureTrack
from explorer.diagnostics.measure import Measure, bootstrap_measure
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.results.sobol_result import SobolResult
from explorer.diagnostics.sampling import (
    DEFAULT_FRAMES,
    combine_controls,
    field_colors,
    pixel_centers,
    random_times,
)
from explorer.errors import SettingsError
from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.base import track_for
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS = ("space", "time", "audio")
BLOCK_SIZE = 16  # moments, each at as many points: a field evaluates such products best
BUDGET = 200_000  # colors

Rows = Float[np.ndarray, "_ ..."]  # (units, ...): rng of one group, or what follows from them
Function = Callable[[Mapping[str, Rows]], Rows]  # rows of every group -> (units, ...)
Members = tuple[int, ...]  # a set of groups, by number
HalfSquares = Float64[np.ndarray, "units subsets"]


@dataclass(frozen=True, repr=False)
class SobolShares(SobolResult):
    """A `SobolResult` as text and as a picture: what `sobol_shares` returns."""

    __repr__ = SobolResult.summary  # what a prompt shows

    def plot(self, width: float = 8.0) -> Figure:
        """A figure `width` inches wide: what each group does alone, together and in all."""
        from explorer.diagnostics.plots.sobol_plot import draw_shares  # matplotlib is slow to load

        return draw_shares(self, width)

    figure = plot

    def _repr_png_(self) -> bytes:
        from explorer.diagnostics.plots.diagnosis_plot import png

        return png(self.plot())


def sobol_shares(
    field: FieldSettings,
    audio: str | Path | FeatureTrack,
    *,
    frames: FrameSettings | None = None,
    budget: int | str = BUDGET,
    seed: int = 0,
    progress: Progress = silent,
) -> SobolShares:
    """Shares of place, time and sound in the variance of a field's colors.

    Points are drawn from the frame, times from its moments, and all controls but the time from other
    moments of the track. About `budget` colors are evaluated; the same seed gives the same numbers. A
    callback that raises stops the work.
    """
    if not isinstance(budget, int) or budget < 1:
        raise SettingsError(f"budget: got {budget!r}; allowed: how many colors, as in {BUDGET}")
    track = track_for(field, audio)
    frames, rng = frames or DEFAULT_FRAMES, np.random.default_rng(seed)
    blocks = max(4, budget // (8 * BLOCK_SIZE**2))
    first, second = (_draw_groups(field, track, frames, blocks, rng) for _ in range(2))
    names = field.controls(track, np.zeros(1)).names
    pixel = Grid(*frames.size).pixel
    mixtures = itertools.count()

    def evaluate(rows: Mapping[str, Rows]) -> Rows:
        before = next(mixtures) * blocks

        def report_progress(step: str, done: float, total: float) -> None:
            progress(step, before + done, 8 * total)

        def block(n: int) -> Rows:
            xy, time, audio = (rows[group][n] for group in GROUPS)
            return field_colors(
                field, combine_controls(Controls(time, names), Controls(audio, names)), xy, pixel
            )

        return np.stack(in_threads(block, range(blocks), "measuring shares", report_progress))

    return shares(evaluate, first, second, seed=seed, outputs=3)


def shares(
    function: Function,
    first: Mapping[str, Rows],
    second: Mapping[str, Rows],
    *,
    seed: int = 0,
    outputs: int = 1,
) -> SobolShares:
    """Shares of each group in the variance of any function, from two independent rng of every group.

    `function` takes {group: (units, ...)} and gives (units, ...); units are independent of each other, and
    intervals come from resampling them. It is called once for each of the 2^k mixtures of the two rng.
    `outputs` numbers are one value of f, last axis last: 3 for colors.
    """
    groups = tuple(first)
    mixtures = [
        np.asarray(
            function({g: (second if mask >> n & 1 else first)[g] for n, g in enumerate(groups)}), np.float64
        )
        for mask in range(2 ** len(groups))
    ]
    squares = _half_squares(mixtures)

    def measure(statistic: Callable[[np.ndarray, Members], np.ndarray], members: Members) -> Measure:
        return bootstrap_measure(squares, lambda t: statistic(t, members), np.random.default_rng(seed))

    every = range(len(groups))
    sets = {size: list(itertools.combinations(every, size)) for size in range(1, len(groups) + 1)}
    together = [members for size in sets if size > 1 for members in sets[size]]
    return SobolShares(
        first={groups[n]: measure(_part, (n,)) for n in every},
        interactions={
            " x ".join(groups[n] for n in members): measure(_part, members) for members in together
        },
        total={groups[n]: measure(_total, (n,)) for n in every},
        variance=float(squares[:, -1].mean()),
        evaluations=sum(mixture.size for mixture in mixtures) // outputs,
    )


def _draw_groups(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    blocks: int,
    rng: np.random.Generator,
) -> dict[str, Rows]:
    """Points and control rows of every block: {group: (blocks, BLOCK_SIZE, columns)}."""
    count = blocks * BLOCK_SIZE
    columns, rows = (rng.integers(side, size=count) for side in frames.size)
    time, audio = (field.controls(track, random_times(track, frames, count, rng)).values for _ in range(2))
    xy = pixel_centers(Grid(*frames.size), columns, rows)
    parts = zip(GROUPS, (xy, time, audio), strict=True)
    return {group: part.reshape(blocks, BLOCK_SIZE, -1) for group, part in parts}


def _half_squares(mixtures: list[Rows]) -> HalfSquares:
    """T_w of each unit; column w is a bit mask of groups, and its pairs are the mixtures that differ in w."""
    count = len(mixtures)
    sums = np.zeros((len(mixtures[0]), count))
    for changed in range(1, count):
        for mask in range(count):
            if mask < mask ^ changed:
                difference = (mixtures[mask] - mixtures[mask ^ changed]).reshape(len(sums), -1)
                sums[:, changed] += np.einsum("up,up->u", difference, difference) / difference.shape[1]
    return sums / count  # half of the mean over count / 2 pairs


def _total(t: np.ndarray, members: Members) -> np.ndarray:
    """T_u / V."""
    return _ratio(t[..., _mask(members)], t[..., -1])


def _part(t: np.ndarray, members: Members) -> np.ndarray:
    """V_u / V, by adding and subtracting the closed shares of all sets of groups within u."""
    total, every = np.zeros_like(t[..., -1]), t.shape[-1] - 1
    for size in range(1, len(members) + 1):
        for within in itertools.combinations(members, size):
            closed = _ratio(t[..., -1] - t[..., every ^ _mask(within)], t[..., -1])
            total = total + (-1) ** (len(members) - size) * closed
    return np.asarray(total)


def _mask(members: Members) -> int:
    return sum(1 << n for n in members)


def _ratio(part: ArrayLike, whole: ArrayLike) -> np.ndarray:
    """0 where nothing varies."""
    part, whole = np.asarray(part), np.asarray(whole)
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))
