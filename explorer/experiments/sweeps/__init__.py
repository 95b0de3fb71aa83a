"""Sweeps, from what is asked for to the last point drawn. What came of them stands outside."""
