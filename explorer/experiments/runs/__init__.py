"""Runs: a recipe, rendered into a folder of its own."""
