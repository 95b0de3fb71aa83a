"""The library of an explorations folder: tables, lookup by name, results of sweeps, deletion."""
