"""What a preference is learned on: measures of a look in [0, 1], of its facts and its small pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8
from PIL import Image

from explorer import files
from explorer.diagnostics.looks.look_measures import (
    FULL_CHROMA,
    LOOK_MEASURES,
    lightness,
    oklab,
)
from explorer.diagnostics.verdict import Facts
from explorer.errors import ReadError
from explorer.experiments.breedings.log import read_individual
from explorer.experiments.library.seed_scores import detail_and_motion
from explorer.experiments.runs.run_folder import DIAGNOSIS, sweep_of
from explorer.experiments.sweeps.point_metrics import fact_metrics

SIDE = 96  # pixels, the longer side of the pictures that are measured, so that all sources compare
FACT_MEASURES = ("motion", "audio_share")  # they need no picture
FULL_DETAIL = 0.25  # standard deviation of lightness where detail is 1

Picture = UInt8[np.ndarray, "_ _ 3"]
Features = Float64[np.ndarray, "measures"]


def _brightness(light: np.ndarray) -> float:
    return float(light.mean())


def _hue_share(pictures: Sequence[Picture], axis: int) -> float:
    """Mean of a color axis of OKLab, with 0.5 for gray."""
    return float(
        np.mean([oklab(picture)[..., axis].mean() for picture in pictures]) / (2 * FULL_CHROMA) + 0.5
    )


PICTURE_MEASURES: dict[str, Callable[[Sequence[Picture]], float]] = {
    "brightness": lambda pictures: float(np.mean([_brightness(lightness(picture)) for picture in pictures])),
    "redness": lambda pictures: _hue_share(pictures, 1),
    "warmth": lambda pictures: _hue_share(pictures, 2),
    "detail": lambda pictures: detail_and_motion(pictures)[0] / FULL_DETAIL,
}
"""Beside those of an atlas: mean lightness, mean a (green to red), mean b (blue to yellow), fine contrast."""

NAMES = (*LOOK_MEASURES, *PICTURE_MEASURES)
NO_FACTS = Facts(0, 0, 0, 1, 1, 0, 0)


def look_features(facts: Facts, pictures: Sequence[Picture]) -> Features:
    """The measures of a look, in the order of NAMES."""
    return _features({name: LOOK_MEASURES[name](facts, ()) for name in FACT_MEASURES}, _measured(pictures))


def stored_features(row: Mapping[Any, Any]) -> Features | None:
    """The measures of a row of `runs`, of what lies in its folder; None where its picture or facts do not."""
    thumb = row.get("thumb")
    if not isinstance(thumb, str):
        return None
    try:
        path = Path(thumb)
        return _features(_stored_facts(row), dict(_picture_measures(path, path.stat().st_mtime_ns)))
    except (ReadError, OSError, KeyError, TypeError, ValueError):
        return None


def _features(*measures: Mapping[str, float]) -> Features:
    values = {name: value for part in measures for name, value in part.items()}
    features = np.array([values[name] for name in NAMES], np.float64)
    if not np.isfinite(features).all():
        raise ValueError("a measure is no number")
    return features.clip(0, 1)


def _measured(pictures: Sequence[Picture]) -> dict[str, float]:
    """The measures that pictures decide."""
    small = [_shrunk(Image.fromarray(picture)) for picture in pictures]
    measures = {
        name: LOOK_MEASURES[name](NO_FACTS, small) for name in LOOK_MEASURES if name not in FACT_MEASURES
    }
    return measures | {name: measure(small) for name, measure in PICTURE_MEASURES.items()}


@lru_cache(maxsize=20_000)
def _picture_measures(path: Path, mtime_ns: int) -> tuple[tuple[str, float], ...]:
    with Image.open(path) as picture:
        return tuple(_measured([np.asarray(picture.convert("RGB"))]).items())


def _shrunk(picture: Image.Image) -> Picture:
    scale = SIDE / max(picture.size)
    size = (max(4, round(picture.width * scale)), max(4, round(picture.height * scale)))
    return np.asarray(picture.resize(size, Image.Resampling.BOX))


def _stored_facts(row: Mapping[Any, Any]) -> dict[str, float]:
    """The measures that facts decide, by where a kind of row has them."""
    folder = Path(row["folder"])
    if row["kind"] == "look":  # of an atlas, which measured them
        return {name: float(row[f"metrics.{name}"]) for name in FACT_MEASURES}
    if row["kind"] == "individual":
        facts = Facts(**read_individual(sweep_of(folder), folder.name)["facts"])
    elif row["kind"] == "point":
        facts = _facts_of({name: row[f"metrics.{name}"] for name in fact_metrics(NO_FACTS)})
    else:
        values = files.read_json(files.path_within(folder, DIAGNOSIS))
        measures = {name: measure["value"] for name, measure in values["measures"].items()}
        facts = _facts_of(measures | {"speed": values["speed"]})
    return {name: LOOK_MEASURES[name](facts, ()) for name in FACT_MEASURES}


def _facts_of(metrics: Mapping[str, Any]) -> Facts:
    return Facts(*(float(metrics[name]) for name in fact_metrics(NO_FACTS)))
