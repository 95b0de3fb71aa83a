"""The report of a breeding: its generations as a family tree, and every look with its parents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError
from explorer.experiments.breedings.log import (
    BreedingSpecification,
    Generation,
    individual_keys,
    read_generations,
    read_individual,
)
from explorer.experiments.reports.load import ReportSource, mapping, number, text
from explorer.experiments.reports.page import write_page
from explorer.experiments.reports.provenance import provenance
from explorer.experiments.reports.thumbnails import Thumbnail, embed, picture_bytes
from explorer.experiments.runs.run_folder import (
    RECIPE,
    REPORT,
    THUMBNAIL,
    individual_folder,
    individual_numbers,
    is_starred,
)
from explorer.fields.presets import LOOKS, without_seed
from explorer.fields.registry import kind_label
from explorer.files import file_within, read_json_or_empty

CELL, PICTURE = (118, 110), (106, 60)  # pixels of the drawing: distance of two looks, size of one
MAX_LEAVES = 600  # individuals, the newest, whose pictures are in the page


@dataclass(frozen=True)
class Leaf:
    """A look in the tree."""

    key: str
    x: int
    y: int
    thumb: Thumbnail | None
    parents: tuple[str, ...]
    origin: str  # the operators that made it, or the founder that it is
    verdict: str
    fitness: float | None
    starred: bool
    is_parent: bool
    recipe: str  # its file, beside the page


def write_breeding(source: ReportSource) -> Path:
    """Write `report.html` into the folder of a breeding."""
    folder, notices = source.folder, list(source.notices)
    generations: list[Generation] = []
    try:
        generations = read_generations(folder)
    except ExplorerError as error:
        notices.append(str(error))
    founders, measure = _founders_and_measure(folder)
    keys = individual_keys(folder)[-MAX_LEAVES:]
    parents = {key for generation in generations for key in generation.selection}
    leaves = [leaf for key in keys if (leaf := _leaf(folder, key, parents, picture_bytes(len(keys))))]
    places = {leaf.key: leaf for leaf in leaves}
    first = min((leaf.y for leaf in leaves), default=0)
    rows = sorted({leaf.y for leaf in leaves})
    return write_page(
        folder / REPORT,
        "breeding.html.j2",
        audio=source.audio,
        status=source.status,
        notices=tuple(notices),
        leaves=leaves,
        lines=[
            _line(places[parent], leaf, first)
            for leaf in leaves
            for parent in leaf.parents
            if parent in places
        ],
        first=first,
        size=(max((leaf.x for leaf in leaves), default=0) + CELL[0], len(rows) * CELL[1]),
        picture=PICTURE,
        generations=generations,
        founders=founders,
        measure=measure,
        provenance=provenance(source),
    )


def _leaf(folder: Path, key: str, parents: set[str], max_bytes: int) -> Leaf | None:
    """A look of the tree; None where its files cannot be read."""
    try:
        log = read_individual(folder, key)
        path = individual_folder(folder, key)
    except ExplorerError:
        return None
    generation, place = individual_numbers(key)
    return Leaf(
        key=key,
        x=place * CELL[0],
        y=generation * CELL[1],
        thumb=embed(file_within(path, THUMBNAIL), max_bytes),
        parents=tuple(map(text, log.get("parents") or ())),
        origin=", ".join(map(text, log.get("operators") or ())) or _founder(path),
        verdict=text(log.get("verdict") or ""),
        fitness=number(log.get("fitness")),
        starred=is_starred(path),
        is_parent=key in parents,
        recipe=f"individuals/{key}/{RECIPE}",
    )


def _founder(individual: Path) -> str:
    """`founder: obsidian`, of an individual without operators."""
    recipe = file_within(individual, RECIPE)
    values = mapping(read_json_or_empty(recipe).get("field")) if recipe else {}
    return f"founder: {_look_name(values)}"


def _founders_and_measure(folder: Path) -> tuple[str, str]:
    """The looks that the breeding started with, and the measure that it is bred for; empty where unknown."""
    try:
        spec = BreedingSpecification.read(folder)
    except ExplorerError:
        return "", ""
    names = (_look_name(field.model_dump(mode="json")) for field in spec.start)
    return ", ".join(dict.fromkeys(names)), spec.fitness


def _look_name(settings: dict[str, Any]) -> str:
    """The name of a look that ships, else its kind: `obsidian`, `a cppn`."""
    return _names().get(_identity(settings)) or f"a {kind_label(text(settings.get('kind') or 'field'))}"


def _identity(settings: dict[str, Any]) -> str:
    """Settings (as JSON) without what a breeding leaves out of its founders: the changes by section."""
    return without_seed({**settings, "sections": None})


@cache
def _names() -> dict[str, str]:
    """The looks that ship."""
    looks = [pair for each in LOOKS.values() for pair in each.items()]
    return {_identity(field.model_dump(mode="json")): name for name, field in looks}


def _line(parent: Leaf, child: Leaf, first: int) -> dict[str, Any]:
    """A curve from the lower edge of a parent to the upper edge of its child."""
    half = PICTURE[0] // 2
    x0, y0 = parent.x + half, parent.y - first + PICTURE[1]
    x1, y1 = child.x + half, child.y - first
    middle = (y0 + y1) // 2
    return {"path": f"M{x0} {y0}C{x0} {middle} {x1} {middle} {x1} {y1}", "strong": child.is_parent}
