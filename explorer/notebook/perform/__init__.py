"""Performing in the panel: controllers (MIDI, OSC) move its settings; a performance becomes keyframes."""
