"""Beats, bars and moments."""
