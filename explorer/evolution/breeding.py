"""A breeding: generations of looks on one song, in a folder from which it can be resumed and repeated."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from explorer import files
from explorer.audio import FeatureTrack
from explorer.errors import ExplorerError, SettingsError
from explorer.evolution.fitness import Fitness
from explorer.evolution.individual import Individual
from explorer.evolution.locks import parse_locks
from explorer.evolution.nursery import Nursery
from explorer.evolution.specimens import Specimen
from explorer.evolution.start import DEFAULT_SECONDS, first_looks, stretch, without_sections
from explorer.experiments.breedings.log import (
    BreedingSpecification,
    Generation,
    individual_keys,
    read_generations,
)
from explorer.experiments.reports import write_report_or_warn
from explorer.experiments.runs import manifest
from explorer.experiments.runs.cluster import AnyExecutor
from explorer.experiments.runs.recipe import Recipe, find_audio
from explorer.experiments.runs.run_folder import (
    BREEDING,
    FEATURES,
    INDIVIDUAL,
    RECIPE,
    SHEET,
    THUMBNAIL,
    individual_folder,
    individual_key,
    individual_numbers,
)
from explorer.experiments.runs.sound_input import AudioInput, SoundInput
from explorer.experiments.sweeps.specification import hash_of
from explorer.fields import FieldSettings
from explorer.fields.base import check_field
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.settings import did_you_mean
from explorer.video import contact_sheet, save_image

if TYPE_CHECKING:
    import pandas as pd

FIRST_STRENGTH = 0.7  # of the variations of one look that fill the first generation


class Breeding:
    """Generations of looks; `breed` adds one. The folder holds everything: see `resume`."""

    def __init__(self, folder: Path, spec: BreedingSpecification, track: FeatureTrack) -> None:
        self.folder, self.spec, self.track = folder, spec, track
        self.generations: list[Generation] = []
        self._nursery = Nursery(folder, spec, track)

    @classmethod
    def start(
        cls,
        field: FieldSettings | Sequence[FieldSettings] | None,
        audio: AudioInput,
        *,
        population: int = 12,
        seed: int = 0,
        begin: float | None = None,
        seconds: float = DEFAULT_SECONDS,
        fitness: str = "",
        strength: float = 0.5,
        locks: Iterable[str] | str = (),
        explorations: str | Path | None = None,
        progress: Progress = silent,
    ) -> Self:
        """A new breeding folder, without a generation yet: see `explorer.evolve` for the arguments."""
        looks = first_looks(population, seed) if field is None else _looks(field)
        looks = tuple(map(without_sections, looks))
        sound = SoundInput.of(audio)
        extras = [extra for look in looks for extra in look.extras]
        track = sound.analyze(sound.analysis.with_extras(extras), progress=progress)
        for look in looks:
            look.check_columns(track.names)
        width, height = looks[0].frame_size
        base = Recipe.for_track(track, field=looks[0], frames=FrameSettings(width=width, height=height))
        start, length = stretch(track, begin, seconds)
        spec = BreedingSpecification(
            base=base, start=looks, population=population, seed=seed, begin=start, seconds=length,
            fitness=fitness, strength=strength, locks=parse_locks(locks),
        )  # fmt: skip
        folder = files.new_folder(files.explorations_folder(explorations), "breed")
        track.save(folder / FEATURES)
        files.write_json(folder / BREEDING, spec.to_dict(), durable=True)
        breeding = cls(folder, spec, track)
        breeding.write_manifest("running", started=manifest.now(), audio=sound.path)
        return breeding

    @classmethod
    def resume(
        cls, folder: str | Path, *, fitness: Fitness | None = None, progress: Progress = silent
    ) -> Self:
        """The breeding in a folder; individuals that a kill left out are bred again, the same.

        Raises SettingsError for a folder that holds none, and for choices that were edited.
        """
        folder = Path(folder)
        spec = BreedingSpecification.read(folder)
        generations = read_generations(folder)
        log = _read_manifest(folder)
        if log.get("spec_hash") not in (None, hash_of(spec.to_dict())):
            raise SettingsError(f"{BREEDING} in {folder} was edited; a breeding cannot change: restore it")
        try:
            source = find_audio(spec.base, folder)
        except SettingsError:  # its features are here; only a look that needs others would need the sound
            source = None
        track = FeatureTrack.load(folder / FEATURES, source=source)
        breeding = cls(folder, spec, track)
        breeding.write_manifest("running", audio=source)
        for generation in generations:
            breeding._check_selection(generation.selection)
            breeding.generations.append(generation)
        for generation in generations:
            breeding._complete(generation, fitness, progress=progress)
        return breeding

    def breed(
        self,
        selection: Iterable[str] = (),
        *,
        strength: float = 0.5,
        locks: Iterable[str] | str = (),
        fitness: Fitness | None = None,
        executor: AnyExecutor | None = None,
        progress: Progress = silent,
    ) -> list[Individual]:
        """The next generation: children of the selected individuals, of any generation.

        `strength` is from 0, refine, to 1, leap; `locks` ('palette', 'symmetry', 'network') keep settings as
        they are. The first generation needs no selection. Raises SettingsError without one later.
        """
        keys = tuple(dict.fromkeys(selection))
        self._check_selection(keys)
        number = len(self.generations)
        if number and not keys:
            raise SettingsError("nothing is selected: choose the looks that you like, then breed")
        generation = Generation(
            number=number,
            selection=keys,
            strength=strength if number else FIRST_STRENGTH,
            locks=parse_locks(locks),
            time=manifest.now(),
        )
        generation.write(self.folder)
        self.generations.append(generation)
        individuals = self._complete(generation, fitness, executor, progress)
        self._write_overview(individuals)
        return individuals

    def individuals(self, generation: int = -1) -> list[Individual]:
        """Those of a generation, of the last one unless it is named."""
        number = range(len(self.generations))[generation] if self.generations else 0
        return [self[individual_key(number, place)] for place in range(self.spec.population)]

    def __getitem__(self, key: str) -> Individual:
        folder = individual_folder(self.folder, key)
        if not (folder / INDIVIDUAL).is_file():
            keys = individual_keys(self.folder)
            raise SettingsError(f"no individual '{key}' in {self.folder.name}{did_you_mean(key, keys[-12:])}")
        return Individual(self.folder, folder)

    def __iter__(self) -> Any:
        return (self[key] for key in individual_keys(self.folder))

    def __len__(self) -> int:
        return len(individual_keys(self.folder))

    def lineage(self, key: str) -> list[Individual]:
        """An individual and its ancestors, the oldest first."""
        ancestors: dict[str, Individual] = {}
        waiting = [key]
        while waiting:
            individual = self[waiting.pop()]
            if individual.key not in ancestors:
                ancestors[individual.key] = individual
                waiting += individual.parents
        return [ancestors[key] for key in sorted(ancestors)]

    def best(self, count: int = 1) -> list[Individual]:
        """Those of the highest fitness, the best first; the earlier of equal ones."""
        scored = [individual for individual in self if individual.fitness is not None]
        return sorted(scored, key=lambda individual: (-(individual.fitness or 0.0), individual.key))[:count]

    @property
    def table(self) -> pd.DataFrame:
        """A row per individual, index its key."""
        import pandas as pd

        rows = [
            {
                "generation": individual.generation,
                "field": individual.field.kind,
                "parents": ", ".join(individual.parents),
                "operators": ", ".join(individual.operators),
                "verdict": individual.verdict,
                "fitness": individual.fitness,
                "star": individual.starred,
                "folder": str(individual.folder),
            }
            for individual in self
        ]
        return pd.DataFrame(rows, pd.Index(individual_keys(self.folder), name="key"))

    def sheet(self, generation: int = -1) -> UInt8[np.ndarray, "height width 3"]:
        """The pictures of a generation on one, those that became parents marked with a star."""
        individuals = self.individuals(generation)
        parents = {key for each in self.generations for key in each.selection}
        labels = [f"{each.key}{' *' if each.key in parents else ''}" for each in individuals]
        title = f"{self.track.name}, generation {individuals[0].generation}"
        pictures = [np.asarray(Image.open(each.thumbnail).convert("RGB")) for each in individuals]
        return contact_sheet(pictures, labels=labels, title=title)

    def replay(self, progress: Progress = silent) -> list[str]:
        """Breed everything again from the choices alone; the keys of individuals whose settings differ."""
        different = []
        for generation in self.generations:
            for place, birth in enumerate(self._nursery.births(generation, progress=progress)):
                key = individual_key(generation.number, place)
                if birth.specimen.field != self[key].field:
                    different.append(key)
        return different

    def close(self) -> None:
        """Say in the manifest, and in the report, that nobody works on it any more."""
        self._end("done")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None:
            self.close()
        else:
            self._end(**manifest.error_status(error))

    def _end(self, status: str, error: str | None = None) -> None:
        self.write_manifest(status, error=error)
        if self.generations:
            write_report_or_warn(self.folder)

    def write_manifest(
        self, status: str, *, started: str | None = None, audio: Path | None = None, error: str | None = None
    ) -> None:
        """What happened: status, process, sound."""
        earlier = _read_manifest(self.folder)
        base = self.spec.base
        log = {
            "schema": manifest.SCHEMA,
            "kind": "breed",
            "command": manifest.command(),
            "field": base.field.kind,
            "environment": manifest.environment(),
            "spec_hash": hash_of(self.spec.to_dict()),
            **earlier,
            **manifest.process_facts(),
            "status": status,
            "started": started or earlier.get("started") or manifest.now(),
        }
        if audio is not None:
            log["audio"] = {**base.audio.model_dump(), "path": str(audio.resolve())}
        if error is not None:
            log["error"] = error
        if status != "running":
            log["ended"] = manifest.now()
        manifest.write(self.folder, log)

    def __repr__(self) -> str:
        return f"<Breeding {self.folder.name}: {len(self.generations)} generations, {len(self)} looks>"

    def _check_selection(self, keys: Sequence[str]) -> None:
        for key in keys:
            self[key]  # raises SettingsError

    def _complete(
        self,
        generation: Generation,
        fitness: Fitness | None = None,
        executor: AnyExecutor | None = None,
        progress: Progress = silent,
    ) -> list[Individual]:
        """Breed the individuals of a generation that are not there yet."""
        keys = [individual_key(generation.number, place) for place in range(self.spec.population)]
        existing = set(individual_keys(self.folder))
        if not existing.issuperset(keys):
            births = self._nursery.births(generation, executor=executor, progress=progress)
            for key, birth in zip(keys, births, strict=True):
                if key not in existing:
                    self._write(key, birth.specimen, birth.parents, birth.attempt, birth.seconds, fitness)
        return [self[key] for key in keys]

    def _write(
        self,
        key: str,
        specimen: Specimen,
        parents: tuple[str, ...],
        attempt: int,
        seconds: float,
        fitness: Fitness | None,
    ) -> None:
        """The files of an individual, its log last: then it is complete."""
        start = time.perf_counter()
        folder = individual_folder(self.folder, key)
        log: dict[str, Any] = {
            "key": key,
            "generation": individual_numbers(key)[0],
            "parents": list(parents),
            "operators": list(specimen.operators),
            "attempt": attempt,
            "verdict": specimen.verdict,
            "facts": vars(specimen.facts),
            "started": manifest.now(),
        }
        if fitness is not None:
            log["fitness"] = _finite(fitness(specimen), key)
        files.write_json(folder / RECIPE, self.spec.base.replace(field=specimen.field).to_dict())
        save_image(specimen.pictures[len(specimen.pictures) // 2], folder / THUMBNAIL)
        log["seconds"] = seconds + time.perf_counter() - start
        files.write_json(folder / INDIVIDUAL, log, durable=True)

    def _write_overview(self, individuals: Sequence[Individual]) -> None:
        """The sheet of the last generation, and the report: they must not stop the breeding."""
        try:
            save_image(self.sheet(individuals[0].generation), self.folder / SHEET)
        except (ExplorerError, OSError):
            return
        write_report_or_warn(self.folder)


def _looks(field: FieldSettings | Sequence[FieldSettings]) -> tuple[FieldSettings, ...]:
    looks = tuple(field) if isinstance(field, list | tuple) else (field,)
    for look in looks or (field,):
        check_field(look)
    return looks


def _finite(value: Any, key: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise SettingsError(f"fitness: got {value!r} for {key}; give a function that returns a finite number")
    return number


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        return manifest.read(folder)
    except ExplorerError:
        return {}
