"""Rendering: field -> frames, in blocks, on the CPU or a GPU."""

from explorer.rendering.devices import Device, resolve
from explorer.rendering.frames import RESOLUTIONS, FrameSettings, parse_fps, parse_size
from explorer.rendering.renderer import Renderer, render_frame

__all__ = [
    "RESOLUTIONS",
    "Device",
    "FrameSettings",
    "Renderer",
    "parse_fps",
    "parse_size",
    "render_frame",
    "resolve",
]
