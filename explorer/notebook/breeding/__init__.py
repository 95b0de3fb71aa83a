"""Breeding in a notebook: looks that move on a stretch of a song, to choose from."""
