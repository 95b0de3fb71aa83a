"""Looks as numbers, from the facts of a verdict and a few small pictures: for looks by the thousand."""
