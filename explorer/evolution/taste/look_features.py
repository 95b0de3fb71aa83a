"""What a preference is learned on: measures of a look in [0, 1], of its facts and its small pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float64, UInt8
from PIL import Image

from explorer.diagnostics.looks.look_measures import FULL_CHROMA, LOOK_MEASURES, Picture, lightness, oklab
from explorer.diagnostics.verdict import Facts
from explorer.experiments.library.seed_scores import detail_and_motion

SIDE = 96  # pixels, the longer side of the pictures that are measured, so that all sources compare
FACT_MEASURES = ("motion", "audio_share")  # they need no picture
FULL_DETAIL = 0.25  # standard deviation of lightness where detail is 1

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
PICTURE_NAMES = tuple(name for name in NAMES if name not in FACT_MEASURES)
NO_FACTS = Facts(0, 0, 0, 1, 1, 0, 0)


def look_features(facts: Facts, pictures: Sequence[Picture]) -> Features:
    """The measures of a look, in the order of NAMES."""
    return features_of_measures(fact_measures(facts), picture_measures(pictures))


def fact_measures(facts: Facts) -> dict[str, float]:
    """The measures that facts decide, by name."""
    return {name: LOOK_MEASURES[name](facts, ()) for name in FACT_MEASURES}


def features_of_measures(*measures: Mapping[str, float]) -> Features:
    """Measures by name in the order of NAMES. Raises ValueError unless all are numbers."""
    values = {name: value for part in measures for name, value in part.items()}
    features = np.array([values[name] for name in NAMES], np.float64)
    if not np.isfinite(features).all():
        raise ValueError("a measure is no number")
    return features.clip(0, 1)


def picture_measures(pictures: Sequence[Picture]) -> dict[str, float]:
    """The measures that pictures decide, by name."""
    small = [oklab(_shrunk(Image.fromarray(picture))) for picture in pictures]
    measures = {name: LOOK_MEASURES[name](NO_FACTS, small) for name in PICTURE_NAMES if name in LOOK_MEASURES}
    measures |= {name: measure(small) for name, measure in PICTURE_MEASURES.items()}
    return {name: float(np.clip(value, 0, 1)) for name, value in measures.items()}


def _shrunk(picture: Image.Image) -> UInt8[np.ndarray, "_ _ 3"]:
    scale = SIDE / max(picture.size)
    size = (max(4, round(picture.width * scale)), max(4, round(picture.height * scale)))
    return np.asarray(picture.resize(size, Image.Resampling.BOX))
