"""Benchmarks: the drawing engines beside references in the same run."""
