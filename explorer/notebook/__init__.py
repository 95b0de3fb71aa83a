"""Notebooks: the panel, a training to watch, and pictures to show in cells."""

from explorer.notebook.panel import Panel, explore
from explorer.notebook.show import show, show_video
from explorer.notebook.training_view import TrainingView, training

__all__ = ["Panel", "TrainingView", "explore", "show", "show_video", "training"]
