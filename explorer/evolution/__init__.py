"""Breeding: looks as genomes that mutate and cross, generation by generation, moved by a song."""
