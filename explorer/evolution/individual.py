"""An individual of a breeding: a look with its parents, in a folder of its own."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from explorer.experiments.breedings.log import read_individual
from explorer.experiments.runs.recipe import Recipe, load_recipe
from explorer.experiments.runs.run_folder import (
    RECIPE,
    THUMBNAIL,
    individual_numbers,
    is_starred,
    set_star,
)
from explorer.fields import FieldSettings


@dataclass(frozen=True)
class Individual:
    """A look that was bred: `key` is its name in the breeding, as in `g0003i07`."""

    breeding: Path
    folder: Path

    @property
    def key(self) -> str:
        return self.folder.name

    @property
    def generation(self) -> int:
        return individual_numbers(self.key)[0]

    @cached_property
    def log(self) -> dict[str, Any]:
        """What individual.json says."""
        return read_individual(self.breeding, self.key)

    @cached_property
    def recipe(self) -> Recipe:
        """What renders it: on the whole sound, in the size of its field."""
        return load_recipe(self.folder / RECIPE)

    @property
    def field(self) -> FieldSettings:
        return self.recipe.field

    @property
    def parents(self) -> tuple[str, ...]:
        """The keys of its parents; none in the first generation."""
        return tuple(self.log["parents"])

    @property
    def operators(self) -> tuple[str, ...]:
        """What made it of its parents, in words."""
        return tuple(self.log["operators"])

    @property
    def verdict(self) -> str:
        return str(self.log["verdict"])

    @property
    def fitness(self) -> float | None:
        value = self.log.get("fitness")
        return None if value is None else float(value)

    @property
    def thumbnail(self) -> Path:
        """A picture at the middle of the stretch."""
        return self.folder / THUMBNAIL

    @property
    def starred(self) -> bool:
        return is_starred(self.folder)

    def star(self, starred: bool = True) -> None:
        """Give it a star, or take it away."""
        set_star(self.folder, starred)

    def __repr__(self) -> str:
        return f"<individual {self.key}: {self.field.kind}, {self.verdict}>"

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.key)}</b> {html.escape(', '.join(self.operators))}"
