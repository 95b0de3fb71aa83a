"""Measured results in words, plain ASCII: each module describes one kind of result."""
