"""Points as columns of values: a page holds ten thousand of them in a fraction of the bytes of rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from explorer.experiments.reports.load import ReportPoint, mapping
from explorer.experiments.reports.provenance import without_paths

NUMBER = re.compile(r"\d[\d.]*(?:e[-+]?\d+)?")
SLOT = "\0"  # stands for a number in a form of words

Column = list[Any] | dict[str, list[Any]]


class Columns:
    """Columns of values, one value per point. Equal columns are held once; each has a number."""

    def __init__(self, digits: int | None = None) -> None:
        """`digits` is how many significant digits a measure keeps; None keeps all."""
        self.columns: list[Column] = []
        self._digits = digits
        self._numbers: dict[str, int] = {}

    def add(self, values: Iterable[Any]) -> int:
        """The number of the column that holds these JSON values."""
        column = _column(list(values))
        number = self._numbers.setdefault(repr(column), len(self.columns))
        if number == len(self.columns):
            self.columns.append(column)
        return number

    def add_measure(self, values: Iterable[float | None]) -> int:
        """As `add`, with numbers rounded to `digits`."""
        digits = self._digits
        return self.add(
            value if value is None or digits is None else float(f"{value:.{digits}g}") for value in values
        )

    def add_texts(self, texts: Sequence[str]) -> tuple[int, int]:
        """The numbers of two columns: forms of words with `SLOT` for each number, and the numbers.

        Sentences of a sweep differ in their numbers alone, so that there are few forms.
        """
        plain = [text.replace(SLOT, "") for text in texts]
        return (
            self.add(NUMBER.sub(SLOT, text) for text in plain),
            self.add(" ".join(NUMBER.findall(text)) for text in plain),
        )


def point_columns(
    points: Sequence[ReportPoint], measures: Sequence[str], columns: Columns, audio_path: Any
) -> dict[str, Any]:
    """All that a page shows of points, as numbers of columns. No absolute path is among it."""
    names = dict.fromkeys(name for point in points for name in point.params)
    shared, parts = _recipes(points, columns)
    return {
        "key": columns.add(point.key for point in points),
        "state": columns.add(point.state for point in points),
        "starred": columns.add(point.starred for point in points),
        "seconds": columns.add_measure(point.seconds for point in points),
        "sentence": columns.add_texts([point.sentence for point in points]),
        "error": columns.add_texts([without_paths(point.error, audio_path) for point in points]),
        "thumb": columns.add(point.thumb is not None for point in points),
        "clip": columns.add(_file_names([point.clip] if point.clip else []) for point in points),
        "frames": columns.add(_file_names(point.frames) for point in points),
        "moments": columns.add(point.moments for point in points),
        "named": columns.add(bool(point.params) for point in points),  # else the key is its label
        "params": {name: columns.add(point.params.get(name) for point in points) for name in names},
        "metrics": {
            name: columns.add_measure(point.metrics.get(name) for point in points) for name in measures
        },
        "recipe": shared,
        "has_recipe": columns.add(bool(point.recipe) for point in points),
        "recipe_parts": parts,
    }


def _column(values: list[Any]) -> Column:
    """The values, or where they repeat, each of them once and for each point which one it has."""
    texts = [repr(value) for value in values]  # 1, 1.0 and True differ, and lists may be among them
    distinct = dict(zip(texts, values, strict=True))
    if 2 * len(distinct) > len(values):
        return values
    places = {text: place for place, text in enumerate(distinct)}
    return {"values": list(distinct.values()), "places": [places[text] for text in texts]}


def _file_names(paths: Iterable[str]) -> list[str]:
    return [path.rpartition("/")[2] for path in paths]


def _recipes(
    points: Sequence[ReportPoint], columns: Columns
) -> tuple[dict[str, Any], list[tuple[list[str], int]]]:
    """A recipe with what all points share, and the columns of what differs, by its path in the recipe.

    A part whose settings have the same names in all recipes has one column for each setting that differs.
    """
    recipes = [point.recipe for point in points]
    shared: dict[str, Any] = dict(next(filter(None, recipes), {}))
    parts: list[tuple[list[str], int]] = []
    for name, first in shared.items():
        present = [recipe.get(name) for recipe in recipes if recipe]
        if all(value == first for value in present):
            continue
        if not all(isinstance(value, dict) and list(value) == list(first) for value in present):
            shared[name] = None
            parts.append(([name], columns.add(recipe.get(name) for recipe in recipes)))
            continue
        for setting in first:
            values = [mapping(recipe.get(name)).get(setting) for recipe in recipes]
            if any(recipe and value != first[setting] for recipe, value in zip(recipes, values, strict=True)):
                parts.append(([name, setting], columns.add(values)))
    return shared, parts
