"""What musicians count: beats, bars and sections of a track, and the moments that are named by them."""
