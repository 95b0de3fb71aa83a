"""Experiments: recipes carried out into folders, and found again.

Names are loaded when they are first used: a render needs neither tables nor sweeps, nor what those load.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.experiments.collection import Point as Point
    from explorer.experiments.collection import Sweep as Sweep
    from explorer.experiments.execution import carry_out as carry_out
    from explorer.experiments.execution import render as render
    from explorer.experiments.library import delete as delete
    from explorer.experiments.library import load as load
    from explorer.experiments.library import star as star
    from explorer.experiments.recipe import Recipe as Recipe
    from explorer.experiments.recipe import find_audio as find_audio
    from explorer.experiments.recipe import load_recipe as load_recipe
    from explorer.experiments.run import Run as Run
    from explorer.experiments.sweeps import sweep as sweep
    from explorer.experiments.table import runs as runs

_HOMES = {
    "Point": "collection",
    "Recipe": "recipe",
    "Run": "run",
    "Sweep": "collection",
    "carry_out": "execution",
    "delete": "library",
    "find_audio": "recipe",
    "load": "library",
    "load_recipe": "recipe",
    "render": "execution",
    "runs": "table",
    "star": "library",
    "sweep": "sweeps",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'explorer.experiments' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"explorer.experiments.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
