"""Lyrics and titles over the frames of a video."""

from explorer.video.lyrics.overlay import LyricsOverlay
from explorer.video.lyrics.settings import Lyrics

__all__ = ["Lyrics", "LyricsOverlay"]
