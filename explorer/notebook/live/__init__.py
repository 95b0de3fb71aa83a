"""The live view: the sound plays and the picture moves with it, drawn by the browser or the kernel."""

from explorer.notebook.live.field_grid import FieldGrid
from explorer.notebook.live.live_view import LiveView

__all__ = ["FieldGrid", "LiveView"]
