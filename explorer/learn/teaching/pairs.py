"""Pairs of sound and picture by name, as in `loudness-luminance` or `flux+onset-change`."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.audio.live import LIVE_FEATURES
from explorer.errors import SettingsError
from explorer.learn.losses import PAIRS, FeatureMetricPair
from explorer.learn.metrics import METRICS
from explorer.learn.settings import TrainSettings
from explorer.settings import did_you_mean

SOUND_WORDS = {
    "loudness": ("rms",),
    "hits": ("flux", "onset"),
    "brightness": ("centroid",),
    "noisiness": ("zcr",),
}
PICTURE_WORDS = {"motion": "change", "color": "hue", "light": "luminance"}
FEATURE_FLOORS = {"rms": 0.01, "flux": 0.05, "onset": 0.05, "zcr": 0.005, "centroid": 0.005, "rolloff": 0.005}
METRIC_FLOORS = {
    "luminance": 0.03,
    "contrast": 0.02,
    "edges": 0.003,
    "detail": 0.003,
    "change": 0.004,
    "hue": 0.03,
    "variety": 0.01,
}  # the spread that a metric should have over a sequence
WEIGHTS = {"luminance": 1.0, "change": 2.0, "edges": 2.0, "hue": 2.0}  # of losses; the others 1
DEFAULT_PAIRS = ("loudness-luminance", "hits-change", "brightness-hue", "noisiness-edges")
EXAMPLE = "as in loudness-luminance, hits-motion or flux+onset-change"


def pairs_of(settings: TrainSettings) -> tuple[FeatureMetricPair, ...]:
    """The pairs of a training: those that it names, else the usual ones of its field."""
    if settings.pairs or settings.field is not None:
        return parse_pairs(settings.pairs or DEFAULT_PAIRS)
    return PAIRS


def parse_pairs(names: Iterable[str]) -> tuple[FeatureMetricPair, ...]:
    """The pairs of some names, each once. Raises SettingsError for a name of nothing."""
    pairs = [parse_pair(name) for name in names]
    return tuple({pair.name: pair for pair in pairs}.values())


def parse_pair(name: str) -> FeatureMetricPair:
    """A pair by name: features with + between, a hyphen, a measure of the picture."""
    sound, hyphen, picture = name.strip().partition("-")
    if not hyphen or not sound or not picture:
        raise SettingsError(f"pairs: got {name[:60]!r}; give a sound and a picture, {EXAMPLE}")
    features: list[str] = []
    for word in sound.split("+"):
        if word not in SOUND_WORDS and word not in LIVE_FEATURES:
            words = (*SOUND_WORDS, *LIVE_FEATURES)
            raise SettingsError(
                f"pairs: no feature '{word[:40]}' in {name[:60]!r}{did_you_mean(word, words)}"
            )
        features += SOUND_WORDS.get(word, (word,))
    metric = PICTURE_WORDS.get(picture, picture)
    if metric not in METRICS:
        measures = (*METRICS, *PICTURE_WORDS)
        raise SettingsError(
            f"pairs: no measure '{picture[:40]}' in {name[:60]!r}{did_you_mean(picture, measures)}"
        )
    return FeatureMetricPair(
        features=tuple(dict.fromkeys(features)),
        metric=metric,
        weight=WEIGHTS.get(metric, 1.0),
        parameters=(),
        feature_floor=max(FEATURE_FLOORS[feature] for feature in features),
        metric_floor=METRIC_FLOORS[metric],
    )
