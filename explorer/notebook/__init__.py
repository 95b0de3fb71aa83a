"""Notebooks: the panel, a training to watch, and pictures to show in cells."""

from explorer.notebook.panel.panel import Panel, explore
from explorer.notebook.training.training_view import TrainingView
from explorer.notebook.widgets.show import show, show_video

__all__ = ["Panel", "TrainingView", "explore", "show", "show_video"]
