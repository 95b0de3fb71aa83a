"""Sweeps: options, specification, sampling, scheduling and the work on a point. Results are in `library`."""
