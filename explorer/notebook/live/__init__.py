"""The live view: the sound plays and the picture moves with it, drawn by the kernel while it plays."""

from explorer.notebook.live.live_view import LiveView

__all__ = ["LiveView"]
