"""Routing: columns of a track in the place of features: with `bass=drums_rms` they move what bass moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from explorer.audio import FeatureTrack
from explorer.audio.added.columns import check_plain
from explorer.audio.features import UNITS
from explorer.errors import SettingsError
from explorer.settings import did_you_mean

TEXT_EXAMPLE = "bass=drums_rms"
ROUTING_HINT = f"; for a column of your own, route it: {TEXT_EXAMPLE}"  # of fields whose features have a role
EXAMPLE = f"give {{'bass': 'drums_rms'}}, or as text: {TEXT_EXAMPLE}, onset=drums_onset"

Routing = tuple[str, ...]  # of texts FEATURE=COLUMN


def parse(value: Any) -> Any:
    """Routing from a dict, from text, or from a list of texts; any other value unchanged."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(filter(None, re.split(r"[\s,;]+", value)))
    if isinstance(value, Mapping):
        return tuple(f"{feature}={column}" for feature, column in value.items())
    return value


def check(routing: Iterable[str]) -> None:
    """Raise SettingsError unless each text is FEATURE=COLUMN, with each feature once."""
    features = set()
    for text in routing:
        feature, equals, column = text.partition("=")
        if not equals:
            raise SettingsError(f"routing: got {text[:60]!r}; {EXAMPLE}")
        if feature not in UNITS:
            raise SettingsError(f"routing: no feature '{feature[:60]}'{did_you_mean(feature, UNITS)}")
        if feature in features:
            raise SettingsError(f"routing: '{feature}' is given twice; give it once")
        check_plain(column, "a column in routing")
        features.add(feature)


def columns_by_feature(routing: Routing) -> dict[str, str]:
    """The column in the place of each feature."""
    pairs = (text.partition("=") for text in routing)
    return {feature: column for feature, _, column in pairs}


@lru_cache(maxsize=8)
def routed_track(track: FeatureTrack, routing: Routing) -> FeatureTrack:
    """The track in which columns take the place of features. Raises SettingsError for a column it lacks."""
    return track.with_names(columns_by_feature(routing)) if routing else track
