"""Births: the children of one choice, alive and different from one another, the same for the same choice.

All places are bred at once, by threads here or by the workers of an executor. Then they are accepted in their
order: a child that is static or noise, or too like its parents or an accepted one, is bred again with other
random numbers and farther from its parents. What stands after the last attempt is the best of them.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.evolution.specimens import (
    ATTEMPT_STEP,
    ATTEMPTS,
    MIN_DISTANCE,
    Order,
    Specimen,
    distance,
    draw,
    make_specimen,
    moments,
    picture_size,
    specimen_of_folder,
)
from explorer.experiments.breedings.log import BreedingSpecification, Generation
from explorer.experiments.library.seed_scores import small_pictures
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, check_workers
from explorer.experiments.runs.recipe import load_recipe
from explorer.experiments.runs.run_folder import individual_folder
from explorer.fields import FieldSettings
from explorer.fields.custom.transport import with_custom_classes
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.threads import usable_threads, use_single_torch_thread

Colors = Float64[np.ndarray, "moments height width 3"]


@dataclass(frozen=True)
class Birth:
    """A child that was accepted, the keys of its parents, and which attempt it was."""

    specimen: Specimen
    parents: tuple[str, ...]
    attempt: int
    seconds: float  # its share of the work on its round


class Nursery:
    """Breeds the generations of one breeding."""

    def __init__(self, folder: Path, spec: BreedingSpecification, track: FeatureTrack) -> None:
        self._folder, self._spec, self._track = folder, spec, track
        width, height = picture_size(spec.base.frames.size)
        self.frames = FrameSettings(width=width, height=height)
        self.times = moments(spec.begin, spec.seconds, track.duration)
        self._colors: dict[FieldSettings, Colors] = {}  # of parents

    def births(
        self, generation: Generation, *, executor: AnyExecutor | None = None, progress: Progress = silent
    ) -> list[Birth]:
        """The whole generation, in the order of its places."""
        parents = self._parents(generation)
        avoided = [self._colors_of(field) for field in parents.values()] if generation.number else []
        population = self._spec.population
        best: dict[int, Birth] = {}
        accepted: dict[int, Colors] = {}
        ranks: dict[int, tuple[bool, float]] = {}
        for attempt in range(ATTEMPTS):
            places = [place for place in range(population) if place not in accepted]
            orders = [self._order(generation, tuple(parents.values()), place, attempt) for place in places]
            start = time.perf_counter()
            specimens = self._specimens(orders, executor)
            seconds = (time.perf_counter() - start) / max(1, len(places))
            for place, order, specimen in zip(places, orders, specimens, strict=True):
                colors = specimen.colors
                others = [*accepted.values()] if order.is_copy else [*avoided, *accepted.values()]
                apart = min((distance(colors, other) for other in others), default=np.inf)
                rank = not specimen.is_dead, apart
                if place not in ranks or rank > ranks[place]:
                    keys = tuple(list(parents)[n] for n in specimen.parents) if generation.number else ()
                    best[place], ranks[place] = Birth(specimen, keys, attempt, seconds), rank
                if apart >= MIN_DISTANCE and (order.is_copy or not specimen.is_dead):
                    accepted[place] = colors
            progress("breeding", len(accepted), population)
            if len(accepted) == population:
                break
        progress("breeding", population, population)
        return [best[place] for place in range(population)]

    def _parents(self, generation: Generation) -> dict[str, FieldSettings]:
        """The fields of the parents by key; the looks of the start for the first generation."""
        if not generation.number:
            return {str(n): look for n, look in enumerate(self._spec.start)}
        return {key: load_recipe(individual_folder(self._folder, key)).field for key in generation.selection}

    def _order(
        self, generation: Generation, parents: tuple[FieldSettings, ...], place: int, attempt: int
    ) -> Order:
        return Order(
            seed=(self._spec.seed, generation.number, place, attempt),
            strength=min(1.0, generation.strength + attempt * ATTEMPT_STEP),
            locks=generation.locks,
            parents=parents,
            first=(place + attempt) % len(parents),
            is_copy=not generation.number and place < len(parents) and attempt == 0,
            frames=self.frames,
            times=self.times,
        )

    def _specimens(self, orders: Sequence[Order], executor: AnyExecutor | None) -> list[Specimen]:
        """The children of the orders, in their order."""
        if executor is None:
            with ThreadPoolExecutor(
                min(usable_threads(), len(orders)), "explorer-breeding", use_single_torch_thread
            ) as pool:
                results: Iterable[Specimen] = list(
                    pool.map(lambda order: make_specimen(order, self._track), orders)
                )
        else:
            check_workers(executor, self._folder)
            make: Callable[..., Specimen] = with_custom_classes(specimen_of_folder, self._spec)
            folder = str(self._folder.absolute())
            futures = [as_executor(executor).submit(make, folder, order) for order in orders]
            results = [future.result() for future in futures]
        return [dataclasses.replace(each, track=self._track) for each in results]

    def _colors_of(self, field: FieldSettings) -> Colors:
        if field not in self._colors:
            self._colors[field] = small_pictures(draw(field, self._track, self.frames.size, self.times))
        return self._colors[field]
