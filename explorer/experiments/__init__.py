"""Experiments: recipes carried out into folders, and found again."""

from explorer.experiments.collection import Point, Sweep
from explorer.experiments.execution import carry_out, render
from explorer.experiments.library import delete, load, star
from explorer.experiments.recipe import Recipe, find_audio, load_recipe
from explorer.experiments.run import Run
from explorer.experiments.sweeps import sweep
from explorer.experiments.table import runs

__all__ = [
    "Point",
    "Recipe",
    "Run",
    "Sweep",
    "carry_out",
    "delete",
    "find_audio",
    "load",
    "load_recipe",
    "render",
    "runs",
    "star",
    "sweep",
]
