"""The files of a breeding: specification, choices and individuals, as `explorer.evolution` writes them.

A generation is what its choice says: the individuals that were selected as parents, strength and locks. It is
written before its individuals are, so what is missing after a kill is made again, bit for bit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import field_validator

from explorer import files
from explorer.errors import ReadError, SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.runs.run_folder import (
    BREEDING,
    GENERATIONS,
    INDIVIDUAL,
    INDIVIDUALS,
    generation_path,
    individual_folder,
    individual_numbers,
    is_individual_key,
)
from explorer.experiments.sweeps.specification import hash_of
from explorer.fields import AnyField
from explorer.settings import Settings, knob

TYPES = {  # of an individual.json
    **dict.fromkeys(("key", "verdict", "started"), str),
    **dict.fromkeys(("parents", "operators"), list),
    **dict.fromkeys(("fitness", "seconds"), files.NUMBER),
    **dict.fromkeys(("generation", "attempt"), int),
    "facts": {"*": files.NUMBER},
}


class BreedingSpecification(Settings):
    """Everything that determines a breeding but the choices, saved as breeding.json.

    `base` is the recipe of the individuals, each with a field of its own; `start` are the looks of the first
    generation. The individuals are seen from `begin` for `seconds` of the sound.
    """

    version: Literal[1] = 1
    base: Recipe
    start: tuple[AnyField, ...]
    population: int = knob(12, low=2, high=60, help="individuals of a generation")
    seed: int = knob(0, low=0, high=2**32 - 1, help="of the random numbers of all mutations")
    begin: float = knob(0.0, low=0, unit="s", help="where the stretch begins that the looks are seen on")
    seconds: float = knob(4.0, low=0.01, high=60, unit="s", help="length of that stretch")
    fitness: str = ""  # what it is bred for without hands, and with which strength and locks
    strength: float = knob(0.5, low=0, high=1, help="how far children are from parents: 0 refines, 1 leaps")
    locks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for breeding.json."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The specification of a breeding folder. Raises SettingsError."""
        try:
            return cls(**files.read_json(files.path_within(folder, BREEDING)))
        except (ReadError, SettingsError, TypeError) as error:
            reason = error.reason if isinstance(error, ReadError) else error
            raise SettingsError(
                f"{folder} holds no breeding that this version reads ({BREEDING}: {reason})"
            ) from None


class Generation(Settings):
    """A choice: the individuals that became parents, and how far their children may be from them."""

    number: int = knob(0, low=0, high=9999)
    selection: tuple[str, ...] = ()
    strength: float = knob(0.5, low=0, high=1, slider=(0, 1), step=0.05, help="0 refines, 1 leaps")
    locks: tuple[str, ...] = ()
    time: str = ""

    @field_validator("selection")
    @classmethod
    def _check_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            if not is_individual_key(key):
                raise ValueError(f"{key[:40]!r} is no individual; keys are as in g0003i07")
        return keys

    def write(self, folder: Path) -> None:
        """Write the file of a generation, with a checksum of the choice."""
        values = self.model_dump(mode="json")
        path = generation_path(folder, self.number)
        files.write_json(path, values | {"checksum": hash_of(values)}, durable=True)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The choice in a file. Raises SettingsError for one that was edited: its children are others."""
        try:
            values = files.read_json(path)
            checksum = values.pop("checksum", None)
            generation = cls(**values)
        except (ReadError, SettingsError, TypeError) as error:
            reason = error.reason if isinstance(error, ReadError) else error
            raise SettingsError(f"{path.name} of {path.parents[1]} cannot be read: {reason}") from None
        if checksum != hash_of(values) or path.stem != f"{generation.number:04d}":
            raise SettingsError(
                f"{GENERATIONS}/{path.name} of {path.parents[1].name} was edited: a choice cannot change, "
                "for its children exist; restore the file, or choose again from an earlier generation"
            )
        return generation


def read_generations(folder: Path) -> list[Generation]:
    """Every choice of a breeding in its order. Raises SettingsError for an edited or missing one."""
    paths = sorted((folder / GENERATIONS).glob("[0-9][0-9][0-9][0-9].json"))
    generations = [Generation.read(files.path_within(path.parent, path.name)) for path in paths]
    for number, generation in enumerate(generations):
        if generation.number != number:
            raise SettingsError(f"{generation_path(folder, number).name} of {folder} is missing")
        if late := [key for key in generation.selection if individual_numbers(key)[0] >= number]:
            raise SettingsError(f"generation {number} of {folder.name} names {late[0]}, which came later")
    return generations


def individual_keys(folder: Path) -> list[str]:
    """The individuals of a breeding whose files are complete, in the order of their birth."""
    paths = (folder / INDIVIDUALS).glob(f"*/{INDIVIDUAL}")
    return sorted(path.parent.name for path in paths if is_individual_key(path.parent.name))


def read_individual(folder: Path, key: str) -> dict[str, Any]:
    """What is known of an individual. Raises ReadError."""
    path = files.path_within(individual_folder(folder, key), INDIVIDUAL)
    values = files.read_json(path)
    files.check_types(values, TYPES, path)
    return values
