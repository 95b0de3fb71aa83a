"""Runs: a recipe, the folder that it is carried out in, and how."""
