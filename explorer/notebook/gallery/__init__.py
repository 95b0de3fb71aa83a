"""The gallery of runs in the panel."""
