"""Pairs of looks to compare: children of looks that ship, or of fields that are given, on one song."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.audio import FeatureTrack
from explorer.evolution.specimens import (
    MIN_DISTANCE,
    Order,
    Specimen,
    distance,
    make_specimen,
    moments,
    picture_size,
)
from explorer.evolution.taste.look_features import Features, look_features
from explorer.fields import FieldSettings
from explorer.rendering import FrameSettings

STRENGTH = 0.7  # of the mutations, so that looks differ in what can be liked
ATTEMPTS = 6  # for a look that is alive and unlike the other


@dataclass(frozen=True)
class Duel:
    """Two looks with their measures: left and right."""

    looks: tuple[tuple[FieldSettings, Features], tuple[FieldSettings, Features]]

    @property
    def fields(self) -> tuple[FieldSettings, FieldSettings]:
        """Left and right."""
        return self.looks[0][0], self.looks[1][0]


class DuelSource:
    """Makes one duel after the other; the same seed gives the same ones."""

    def __init__(
        self, fields: Sequence[FieldSettings], track: FeatureTrack, begin: float, seconds: float, seed: int
    ) -> None:
        self._fields, self._track, self._seed = tuple(fields), track, seed
        self._times = moments(begin, seconds, track.duration)
        self._count = 0

    def next(self) -> Duel:
        """Two looks that are alive, where a few attempts find such, and unlike each other."""
        first, second = np.random.RandomState([self._seed, self._count]).randint(len(self._fields), size=2)
        left = self._specimen(int(first), None)
        right = self._specimen(int(second), left)
        self._count += 1
        return Duel(tuple((each.field, look_features(each.facts, each.pictures)) for each in (left, right)))  # type: ignore[arg-type]

    def _specimen(self, place: int, other: Specimen | None) -> Specimen:
        field = self._fields[place]
        width, height = picture_size(field.frame_size)
        for attempt in range(ATTEMPTS):
            order = Order(
                seed=(self._seed, self._count, other is not None, attempt), strength=STRENGTH, locks=(),
                parents=(field,), first=0, is_copy=False,
                frames=FrameSettings(width=width, height=height), times=self._times,
            )  # fmt: skip
            specimen = make_specimen(order, self._track)
            is_like = other is not None and distance(specimen.colors, other.colors) < MIN_DISTANCE
            if not (specimen.is_dead or is_like):
                break
        return specimen
