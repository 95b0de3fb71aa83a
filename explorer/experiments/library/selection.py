"""From many points to the few to look at: the best by a score, and those most different from each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float32, Float64
from PIL import Image

from explorer.diagnostics.verdict import BEST_FIRST, FLICKER_FRAME_CORRELATION, WASHED_OUT_SHARE
from explorer.errors import SettingsError
from explorer.settings import did_you_mean

VERDICT_RANKS = {verdict: rank for rank, verdict in enumerate(reversed(BEST_FIRST))}
COMPARED_SIZE = (32, 18)  # pixels: two pictures that agree here look alike

Score = str | Callable[[Any], float]


def life(points: pd.DataFrame) -> pd.Series:
    """The score that `best` uses by default; higher is better, and a better verdict always wins.

        rank(verdict) + s,   s = 2 sqrt(min(space, time, audio variance)) c^2 (1 - w), at most 1

    with rank 3 for alive, 2 faint, 1 noisy, 0 static; c the correlation of neighboring pixels, or of
    consecutive frames where those are below 0.8; w the share of saturated colors beyond one half. So the
    weakest of detail, motion and response decides, and noise and glare count against it.
    """
    weakest = points[[f"metrics.{group}_variance" for group in ("space", "time", "audio")]].min(axis=1)
    smooth = points["metrics.neighbour_correlation"].clip(0, 1)
    smooth = smooth * (points["metrics.frame_correlation"] / FLICKER_FRAME_CORRELATION).clip(0, 1)
    glare = (points["metrics.saturated"] - WASHED_OUT_SHARE).clip(lower=0)
    share: pd.Series = (2 * np.sqrt(weakest.clip(lower=0)) * smooth**2 * (1 - glare)).clip(0, 0.999)
    ranks: pd.Series = points["verdict"].map(VERDICT_RANKS).astype(float)
    return ranks + share


def best(points: pd.DataFrame, n: int, by: Score = "life", ascending: bool = False) -> pd.DataFrame:
    """The `n` finished points with the highest score, best first, with a column `score`.

    `by` is 'life' (see `life`), the name of a column of numbers (`metrics.` may be left out), or a function
    of a row. Raises SettingsError for an unknown name.
    """
    done = points[points["status"] == "done"]
    scored = done.assign(score=_scores(done, by))
    return scored.sort_values("score", ascending=ascending, kind="stable").head(n)


def diverse(points: pd.DataFrame, n: int, by: Score = "life") -> pd.DataFrame:
    """`n` finished points whose pictures differ most from each other, the best one first.

    Each further one is the one farthest from all before it (Gonzalez, 1985); `distance` is how far, the root
    mean square difference of the thumbnails in [0, 1] at 32 x 18. Points that are neither static nor noisy
    come first as long as there are any.
    """
    ranked = best(points, len(points), by)
    ranked = ranked[ranked["thumb"].notna()]
    pictures = [_small(Path(thumb)) for thumb in ranked["thumb"]]
    ranked = ranked[[picture is not None for picture in pictures]]
    is_moving = ranked["verdict"].isin(["alive", "faint"])
    selected: list[int] = []
    distances: list[float] = []
    rows = np.array([picture for picture in pictures if picture is not None], np.float32)
    rows = rows.reshape(len(ranked), -1)
    for pool in (np.flatnonzero(is_moving), np.arange(len(ranked))):
        selected, distances = _add_farthest(rows, pool, n, selected, distances)
    return ranked.iloc[selected].assign(distance=distances)


def _scores(points: pd.DataFrame, by: Score) -> pd.Series:
    if callable(by):
        return pd.Series([float(by(row)) for _, row in points.iterrows()], points.index, dtype=float)
    if by == "life":
        return life(points)
    for name in (by, f"metrics.{by}", f"params.{by}"):
        if name in points:
            return pd.to_numeric(points[name], errors="coerce")
    names = [name.partition(".")[2] for name in map(str, points) if name.startswith("metrics.")]
    raise SettingsError(f"no score '{by}'{did_you_mean(by, ['life', *names])}")


def _add_farthest(
    pictures: Float32[np.ndarray, "points numbers"],
    pool: np.ndarray,
    n: int,
    selected: list[int],
    distances: list[float],
) -> tuple[list[int], list[float]]:
    """Add points of the pool until there are `n`, always the one farthest from all selected ones."""
    selected, distances = list(selected), list(distances)
    left = [index for index in pool if index not in selected]
    if left and not selected and n > 0:
        selected, distances, left = [int(left[0])], [np.nan], left[1:]
    while left and len(selected) < n:
        apart = _distances(pictures[left], pictures[selected]).min(axis=1)
        at = int(apart.argmax())
        distances.append(float(apart[at]))
        selected.append(int(left.pop(at)))
    return selected, distances


def _distances(
    some: Float32[np.ndarray, "some numbers"], others: Float32[np.ndarray, "others numbers"]
) -> Float64[np.ndarray, "some others"]:
    """Root mean square differences of every pair."""
    return np.array(
        [[np.sqrt(np.mean((one - other) ** 2, dtype=np.float64)) for other in others] for one in some]
    )


def _small(path: Path) -> np.ndarray | None:
    """The picture, reduced; None where it cannot be decoded."""
    try:
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize(COMPARED_SIZE, Image.Resampling.BOX)
        return np.asarray(small, np.float32).ravel() / 255
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
