"""Figures of measured results: each module draws one kind of result."""
