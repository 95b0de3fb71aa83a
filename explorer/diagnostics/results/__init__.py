"""Measured results as plain data: they know nothing of how they were measured, drawn or put into words."""
