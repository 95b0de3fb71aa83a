"""The sizes of an export: those of the usual resolutions, in the shape of the picture on screen."""

from __future__ import annotations

from explorer.rendering import RESOLUTIONS
from explorer.rendering.frames import MAX_SIDE, Size, parse_size

DEFAULT_RESOLUTION = "720p"  # of an export and of a saved look
SHAPE_TOLERANCE = 0.01  # 854x480 is 16:9 too


def export_sizes(picture_size: tuple[int, int]) -> list[tuple[str, Size]]:
    """Names and sizes to choose from: `720p` where the picture is 16:9, `720x1280` where it is 9:16."""
    width, height = picture_size
    wide_width, wide_height = RESOLUTIONS[DEFAULT_RESOLUTION]
    if abs(width * wide_height / (height * wide_width) - 1) < SHAPE_TOLERANCE:
        return [(name, name) for name in RESOLUTIONS]
    sizes = {_scaled(picture_size, name) for name in RESOLUTIONS}
    sizes.add((width - width % 2, height - height % 2))  # as it is: encoders need even numbers
    return [(f"{w}x{h}", (w, h)) for w, h in sorted(sizes) if max(w, h) <= MAX_SIDE]


def default_size(picture_size: tuple[int, int]) -> Size:
    """720p in the shape of the picture; the largest there is where that is too long."""
    sizes = [size for _, size in export_sizes(picture_size)]
    for size in (DEFAULT_RESOLUTION, _scaled(picture_size, DEFAULT_RESOLUTION)):
        if size in sizes:
            return size
    return sizes[-1]


def _scaled(picture_size: tuple[int, int], resolution: str) -> tuple[int, int]:
    """The picture's shape with the short side of a resolution, in even numbers."""
    short = min(parse_size(resolution)) / min(picture_size)
    width, height = (2 * round(side * short / 2) for side in picture_size)
    return width, height
