"""Notebooks: the panel, and pictures to show in cells."""

from explorer.notebook.panel import Panel, explore
from explorer.notebook.show import show, show_video

__all__ = ["Panel", "explore", "show", "show_video"]
