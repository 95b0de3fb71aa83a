"""Fitness of a look by the name of a measure, for breeding without hands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.diagnostics.looks.look_measures import LOOK_MEASURES, LookMeasure
from explorer.errors import SettingsError
from explorer.settings import did_you_mean

if TYPE_CHECKING:  # slow to load, and the help of a command needs the names alone
    from explorer.evolution.specimens import Specimen
    from explorer.evolution.taste.taste import Taste

Fitness = Callable[["Specimen"], float]


def liveliness(specimen: Specimen) -> float:
    """The score of `Sweep.best`: see `selection.life`."""
    import pandas as pd

    from explorer.experiments.library.selection import life
    from explorer.experiments.sweeps.point_metrics import fact_metrics

    metrics = {f"metrics.{name}": value for name, value in fact_metrics(specimen.facts).items()}
    row = {**metrics, "verdict": specimen.verdict}
    return float(life(pd.DataFrame([row])).iloc[0])


def _detail(specimen: Specimen) -> float:
    from explorer.experiments.library.seed_scores import detail_and_motion

    return detail_and_motion(specimen.pictures)[0]


def _without_dead(measure: Fitness) -> Fitness:
    """A measure that is 0 for what is static or noise."""
    return lambda specimen: 0.0 if specimen.is_dead else measure(specimen)


def _of_look(measure: LookMeasure) -> Fitness:
    return lambda specimen: measure(specimen.facts, specimen.pictures)


MEASURES: dict[str, Fitness] = {
    "liveliness": liveliness,
    "detail": _without_dead(_detail),
    "space_variance": _without_dead(lambda specimen: specimen.facts.space),
    "time_variance": _without_dead(lambda specimen: specimen.facts.time),
    "audio_variance": _without_dead(lambda specimen: specimen.facts.audio),
    **{name: _without_dead(_of_look(measure)) for name, measure in LOOK_MEASURES.items()},
}


TASTE = "taste"  # what was learned from judgements: see `explorer.evolution.taste`
FITNESS_NAMES = (*MEASURES, TASTE)
DEFAULT_FITNESS = "liveliness"


def fitness_function(fitness: Fitness | str, explorations: str | Path | None = None) -> Fitness:
    """A measure by name, or the function itself. Raises SettingsError for an unknown name.

    For 'taste' judgements are read once, duels and those of the explorations folder.
    """
    if callable(fitness):
        return fitness
    if fitness == TASTE:
        from explorer.evolution.taste.taste import Taste

        return _taste(Taste(explorations))
    if fitness not in MEASURES:
        raise SettingsError(f"no measure '{str(fitness)[:40]}'{did_you_mean(str(fitness), FITNESS_NAMES)}")
    return MEASURES[fitness]


def _taste(taste: Taste) -> Fitness:
    """The score of a look by what was learned. Warns where that is no better than chance."""
    from explorer.evolution.taste.look_features import look_features

    preference = taste.preference
    taste.warn_unless_predictive()
    return _without_dead(
        lambda specimen: preference.score(look_features(specimen.facts, specimen.pictures)).value
    )


def fitness_name(fitness: Fitness | str) -> str:
    """How the log names it."""
    return fitness if isinstance(fitness, str) else getattr(fitness, "__qualname__", type(fitness).__name__)
