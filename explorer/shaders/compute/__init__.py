"""Fields as compute shaders: a program for each kind, which draws the pixels of a moment."""
