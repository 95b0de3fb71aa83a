"""What somebody likes as a term of the loss: stars, learned on measures of small pictures that have slopes.

    z_i = 2 tanh((m_i - mean_i) / (2 deviation_i)),  score = sum_i w_i z_i,  loss = mean log(1 + exp(-score))

m are measures of still pictures as a training draws them, w the weights of `evolution.taste.preference`,
fitted on looks with a star against those without beside them. Beyond two deviations of the judged looks z
hardly grows, so that no picture becomes white because somebody likes light. Stored looks are still pictures:
motion is not among the measures, nor is hue, which has no order.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float64
from PIL import Image, ImageOps
from pydantic import TypeAdapter, ValidationError

from explorer import files
from explorer.errors import ReadError, SettingsError
from explorer.evolution.taste.choices import star_judgements
from explorer.evolution.taste.judgements import Judgement
from explorer.evolution.taste.preference import fit
from explorer.evolution.taste.stored_features import MAX_PICTURE_BYTES
from explorer.evolution.taste.taste import LOOK_KINDS
from explorer.experiments.library.table import runs
from explorer.formatting import count_text
from explorer.learn.teaching.pictures import SIZE, picture_metrics

MEASURES = ("luminance", "contrast", "edges", "detail", "variety")
MIN_LOOKS = 8  # with a star, and without
FOLDS = 8  # of the looks, for the ranking
Z_LIMIT = 2.0  # deviations


Row = tuple[float, float, float, float, float]
Measures = Float64[np.ndarray, "measures"]


@dataclass(frozen=True)
class StarPreference:
    """A fitted preference, by MEASURES; `ranking` is the share of left-out pairs in the right order."""

    mean: Row
    deviation: Row
    weights: Row  # 0 for a measure that hardly differs
    starred: int
    others: int
    ranking: float

    def score(self, metrics: dict[str, torch.Tensor]) -> torch.Tensor:
        """The score of pictures by their metrics, of any shape; its logistic function is a probability."""
        total = torch.zeros(())
        for name, mean, deviation, weight in zip(
            MEASURES, self.mean, self.deviation, self.weights, strict=True
        ):
            z = (metrics[name] - mean) / deviation
            total = total + weight * Z_LIMIT * torch.tanh(z / Z_LIMIT)
        return total

    def loss(self, metrics: dict[str, torch.Tensor]) -> torch.Tensor:
        """How unlikely pictures are to be preferred to an average look: mean -log of the probability."""
        return torch.nn.functional.softplus(-self.score(metrics)).mean()

    @property
    def sentence(self) -> str:
        """What it was learned from, and how well it ranks looks that it has not seen."""
        return (
            f"preference of {count_text(self.starred, 'look')} with a star over {self.others} without: "
            f"{self.ranking:.0%} of pairs left out are in the right order (chance: 50%)"
        )


def library_preference(explorations: str | Path | None = None) -> StarPreference:
    """The preference that the stars of an explorations folder show.

    Raises SettingsError for fewer than `MIN_LOOKS` looks with a star, or without one beside them.
    """
    table = runs(explorations)
    looks = table[table["kind"].isin(LOOK_KINDS)]
    judgements = [*star_judgements(looks, _picture_measures)]
    starred, others = (sum(len(side) for side in sides) for sides in _sides(judgements))
    if min(starred, others) < MIN_LOOKS:
        more_starred, more_others = (max(0, MIN_LOOKS - count) for count in (starred, others))
        raise SettingsError(
            f"preference: {files.explorations_folder(explorations)} holds "
            f"{count_text(starred, 'look')} with a star that can be compared and {others} without beside "
            f"them; it takes {MIN_LOOKS} of each, so {more_starred} with a star and {more_others} without "
            "are missing; give stars to looks of a sweep, a breeding or renders, or leave preference at 0"
        )
    return fitted_preference(judgements)


def fitted_preference(judgements: Sequence[Judgement]) -> StarPreference:
    """The preference of some judgements, by measures in the order of MEASURES."""
    model = fit(judgements)
    is_used = np.isfinite(model.deviation)
    winners, losers = _sides(judgements)
    return StarPreference(
        mean=_row(model.mean),
        deviation=_row(np.where(is_used, model.deviation, 1.0)),
        weights=_row(np.where(is_used, model.weights, 0.0)),
        starred=sum(map(len, winners)),
        others=sum(map(len, losers)),
        ranking=_ranking(judgements),
    )


def write_preference(path: Path, preference: StarPreference) -> None:
    """Write it as JSON, so that a training can be resumed and judged when stars have changed."""
    files.write_json(path, {"measures": MEASURES, **asdict(preference)}, durable=True)


def read_preference(path: Path) -> StarPreference:
    """What `write_preference` wrote. Raises ReadError."""
    values = files.read_json(path)
    try:
        has_names = values.pop("measures", None) == [*MEASURES]
        preference = TypeAdapter(StarPreference).validate_python(values)
    except ValidationError as error:
        raise ReadError(path, f"it is no preference: {error.errors()[0]['msg']}") from None
    rows = np.array((preference.mean, preference.deviation, preference.weights))
    if not (has_names and np.isfinite(rows).all() and (rows[1] > 0).all()):
        raise ReadError(path, f"it is no preference by {', '.join(MEASURES)}")
    return preference


def _row(values: Measures) -> Row:
    row: Row = tuple(map(float, values))  # type: ignore[assignment]
    return row


def _sides(judgements: Sequence[Judgement]) -> tuple[list[Any], list[Any]]:
    return [each.winners for each in judgements], [each.losers for each in judgements]


def _ranking(judgements: Sequence[Judgement]) -> float:
    """The share of pairs within judgements in right order, each look scored by a model without it."""
    sides = [side for each in judgements for side in (each.winners, each.losers)]
    bounds = np.cumsum([0, *map(len, sides)])
    order = np.random.RandomState(0).permutation(int(bounds[-1]))
    looks, scores = np.concatenate(sides), np.zeros(len(order))
    for fold in np.array_split(order, FOLDS):
        present = ~np.isin(np.arange(len(order)), fold)
        parts = [side[present[a:b]] for side, a, b in zip(sides, bounds, bounds[1:], strict=False)]
        pairs = zip(parts[::2], parts[1::2], strict=True)
        model = fit(
            [Judgement("stars", winners, losers) for winners, losers in pairs if len(winners) and len(losers)]
        )
        scores[fold] = model.scores(looks[fold])
    right, total = 0.0, 0
    for n in range(0, len(sides), 2):
        winners, losers = scores[bounds[n] : bounds[n + 1]], scores[bounds[n + 1] : bounds[n + 2]]
        margins = winners[:, None] - losers
        right += float(((margins > 0) + 0.5 * (margins == 0)).sum())
        total += margins.size
    return right / total


def _picture_measures(rows: pd.DataFrame) -> list[Measures]:
    """The measures of the pictures of rows of `runs`, without those that have none."""
    return [measures for path in rows["thumb"] if (measures := _measures_of(path)) is not None]


def _measures_of(path: object) -> Measures | None:
    """The measures of a picture file, cut to a square; None where it cannot be read."""
    if not isinstance(path, str):
        return None
    try:
        with Image.open(io.BytesIO(files.read_bytes(Path(path), MAX_PICTURE_BYTES))) as picture:
            square = ImageOps.fit(picture.convert("RGB"), (SIZE, SIZE), Image.Resampling.BOX)
    except (ReadError, OSError, ValueError):
        return None
    image = torch.from_numpy(np.array(square, np.float32) / 255)
    metrics = picture_metrics(image.expand(1, 2, -1, -1, -1))  # as a still sequence
    return np.array([metrics[name][0, 0].item() for name in MEASURES], np.float64)
