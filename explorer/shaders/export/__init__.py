"""Looks for other tools: pages and shaders that need nothing else."""
