"""`evolve`: breeding without hands, with a measure or a function in the place of somebody who chooses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from explorer.errors import SettingsError
from explorer.evolution.breeding import Breeding
from explorer.evolution.fitness import DEFAULT_FITNESS, FITNESS_NAMES, Fitness, fitness_function, fitness_name
from explorer.evolution.locks import parse_locks
from explorer.evolution.start import DEFAULT_SECONDS
from explorer.experiments.breedings.log import BreedingSpecification
from explorer.experiments.runs.cluster import AnyExecutor, as_executor
from explorer.experiments.runs.sound_input import AudioInput
from explorer.fields import FieldSettings
from explorer.progress import Progress, silent

MAX_GENERATIONS = 1000
PARENT_SHARE = 4  # a fourth of the population become parents, two at least


def evolve(
    field: FieldSettings | Sequence[FieldSettings] | None = None,
    audio: AudioInput | None = None,
    fitness: Fitness | str | None = None,
    *,
    generations: int = 8,
    population: int = 12,
    strength: float | None = None,
    locks: Iterable[str] | str | None = None,
    seed: int = 0,
    begin: float | None = None,
    seconds: float = DEFAULT_SECONDS,
    executor: AnyExecutor | None = None,
    resume: str | Path | None = None,
    explorations: str | Path | None = None,
    progress: Progress = silent,
) -> Breeding:
    """Breed looks by themselves: in every generation those of the highest fitness become parents.

    Starts with `field`, a list of fields, or looks that ship. `fitness` is the name of a measure
    ('liveliness', the default, 'audio_share', 'motion', 'detail', 'colorfulness', 'symmetry', 'fineness',
    'contrast', 'space_variance', 'time_variance', 'audio_variance'), 'taste', the score of `Taste`, or a
    function that takes a `Specimen` (`.field`, `.pictures`, `.facts`, `.verdict`, `.track`) and gives a
    number. Parents are the best fourth of
    all individuals so far, so the best is never lost. `strength` is from 0, refine, to 1, leap (0.5); `locks`
    hold 'palette', 'symmetry' or 'network'.
    Looks are judged and drawn at `begin` for `seconds` of the song, around its loudest moment unless given.

    Everything is in a new `breed_...` folder. After any end `resume=folder` breeds on until there are
    `generations`. The same arguments and seed give the same looks, with any `executor`.
    Raises SettingsError.
    """
    if not isinstance(generations, int) or not 1 <= generations <= MAX_GENERATIONS:
        raise SettingsError(f"generations: got {generations!r}; allowed: 1 to {MAX_GENERATIONS}")
    if executor is not None:
        as_executor(executor)
    if resume is None:
        if audio is None:
            raise SettingsError("name a sound file, as in evolve(CPPN(), 'song.ogg', generations=8)")
        function = fitness_function(fitness or DEFAULT_FITNESS, explorations)
        breeding = Breeding.start(
            field, audio, population=population, seed=seed, begin=begin, seconds=seconds,
            fitness=fitness_name(fitness or DEFAULT_FITNESS), strength=0.5 if strength is None else strength,
            locks=locks or (), explorations=explorations, progress=progress,
        )  # fmt: skip
    else:
        function = _stored_fitness(Path(resume), fitness)
        breeding = Breeding.resume(resume, fitness=function, progress=progress)
    strength = breeding.spec.strength if strength is None else strength
    groups = breeding.spec.locks if locks is None else parse_locks(locks)
    with breeding:
        while len(breeding.generations) < generations:
            number = len(breeding.generations)
            progress("generations", number, generations)
            parents = breeding.best(max(2, breeding.spec.population // PARENT_SHARE)) if number else []
            breeding.breed(
                [parent.key for parent in parents],
                strength=strength, locks=groups, fitness=function, executor=executor, progress=progress,
            )  # fmt: skip
        progress("generations", generations, generations)
    return breeding


def _stored_fitness(folder: Path, fitness: Fitness | str | None) -> Fitness:
    """The fitness of a breeding that is resumed. Raises SettingsError for another one."""
    name = BreedingSpecification.read(folder).fitness
    if not name:
        raise SettingsError(f"{folder.name} was bred by hand; resume it with ex.breed(resume=...)")
    if fitness is None and name not in FITNESS_NAMES:
        raise SettingsError(f"{folder.name} was bred with the function '{name}'; give it again as fitness")
    if fitness is not None and fitness_name(fitness) != name:
        raise SettingsError(f"{folder.name} was bred for '{name}', not '{fitness_name(fitness)}'")
    return fitness_function(fitness or name, folder.parent)
