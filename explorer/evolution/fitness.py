"""Fitness of a look by the name of a measure, for breeding without hands."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from explorer.errors import SettingsError
from explorer.evolution.specimens import Specimen
from explorer.experiments.library.seed_scores import detail_and_motion
from explorer.experiments.library.selection import life
from explorer.settings import did_you_mean

Fitness = Callable[[Specimen], float]


def liveliness(specimen: Specimen) -> float:
    """The score of `Sweep.best`: see `selection.life`."""
    facts = specimen.facts
    row = {
        "metrics.space_variance": facts.space,
        "metrics.time_variance": facts.time,
        "metrics.audio_variance": facts.audio,
        "metrics.neighbour_correlation": facts.neighbor,
        "metrics.frame_correlation": facts.frame,
        "metrics.saturated": facts.saturated,
        "verdict": specimen.verdict,
    }
    return float(life(pd.DataFrame([row])).iloc[0])


def music_share(specimen: Specimen) -> float:
    """The share of the music in the change over time and with the music, of what lives."""
    facts = specimen.facts
    change = facts.time + facts.audio
    return 0.0 if specimen.is_dead or not change else facts.audio / change


def _without_dead(measure: Fitness) -> Fitness:
    """A measure that is 0 for what is static or noise."""
    return lambda specimen: 0.0 if specimen.is_dead else measure(specimen)


MEASURES: dict[str, Fitness] = {
    "liveliness": liveliness,
    "music_share": music_share,
    "detail": _without_dead(lambda specimen: detail_and_motion(specimen.pictures)[0]),
    "motion": _without_dead(lambda specimen: detail_and_motion(specimen.pictures)[1]),
    "space_variance": _without_dead(lambda specimen: specimen.facts.space),
    "time_variance": _without_dead(lambda specimen: specimen.facts.time),
    "audio_variance": _without_dead(lambda specimen: specimen.facts.audio),
}


def fitness_function(fitness: Fitness | str) -> Fitness:
    """A measure by name, or the function itself. Raises SettingsError for an unknown name."""
    if callable(fitness):
        return fitness
    if fitness not in MEASURES:
        raise SettingsError(f"no measure '{str(fitness)[:40]}'{did_you_mean(str(fitness), MEASURES)}")
    return MEASURES[fitness]


def fitness_name(fitness: Fitness | str) -> str:
    """How the log names it."""
    return fitness if isinstance(fitness, str) else getattr(fitness, "__qualname__", type(fitness).__name__)
