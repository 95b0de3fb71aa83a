"""Where a breeding starts: the looks of its first generation, and the stretch of song that they show."""

from __future__ import annotations

import math

import numpy as np

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.experiments.library.seeds import musical_moments
from explorer.fields import FieldSettings
from explorer.fields.presets import LOOKS, OFFERED

MAX_FIRST_LOOKS = 60
DEFAULT_SECONDS = 4.0  # of the stretch that the looks are seen on


def first_looks(count: int, seed: int) -> tuple[FieldSettings, ...]:
    """Looks that ship, of all kinds in turn and in an order that follows from the seed."""
    rng = np.random.RandomState([seed, 0])
    shuffled = {kind: [names[n] for n in rng.permutation(len(names))] for kind, names in OFFERED.items()}
    names = [
        (kind, shuffled[kind][place])
        for place in range(max(map(len, shuffled.values())))
        for kind in shuffled
        if place < len(shuffled[kind])
    ]
    looks = [LOOKS[kind][name] for kind, name in names]
    return tuple(look for look in looks if _is_suitable(look))[: min(count, MAX_FIRST_LOOKS)]


def _is_suitable(look: FieldSettings) -> bool:
    """Whether it is a good start: no published network, none that is slow, no repeated pattern."""
    is_lit = look.light.on or look.kind != "cppn"
    return is_lit and not look.light.echoes and getattr(look, "family", "") != "music"


def without_sections(look: FieldSettings) -> FieldSettings:
    """The look without the seeds and palettes of later sections, which breeding would not change."""
    return look.replace(sections=False) if look.sections.on else look


def stretch(track: FeatureTrack, begin: float | None, seconds: float) -> tuple[float, float]:
    """Begin and length of the stretch, within the song: around its loudest moment unless `begin` is given."""
    if not (math.isfinite(seconds) and seconds > 0):
        raise SettingsError(f"seconds: got {seconds!r}; give the length of the stretch, more than 0")
    length = min(seconds, track.duration)
    if begin is None:
        begin = musical_moments(track)["loud"] - length / 2
    elif not 0 <= begin < track.duration:
        raise SettingsError(f"begin: got {begin!r}; allowed: 0 to {track.duration:.2f} s")
    return round(min(max(0.0, begin), track.duration - length), 3), length
