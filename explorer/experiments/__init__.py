"""Experiments: recipes carried out into folders, and found again."""

from explorer.experiments.execution import carry_out, render
from explorer.experiments.recipe import Recipe, find_audio, load_recipe
from explorer.experiments.run import Run
from explorer.experiments.table import runs

__all__ = ["Recipe", "Run", "carry_out", "find_audio", "load_recipe", "render", "runs"]
