"""The timeline of a song: beats, bars, sections and looks that can be edited."""
