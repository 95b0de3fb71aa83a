"""A look that moves on a looped stretch of its song: a small animated picture."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from explorer.audio import FeatureTrack
from explorer.errors import Stopped
from explorer.fields import FieldSettings
from explorer.rendering import Renderer
from explorer.rendering.flash_limiter import Exposure
from explorer.rendering.frames import Frame
from explorer.rendering.loop import Loop

LOOP_FPS = 12
QUALITY = 60  # of WebP


def draw_loop(
    field: FieldSettings,
    track: FeatureTrack,
    size: tuple[int, int],
    begin: float,
    seconds: float,
    stale: Callable[[], bool] = lambda: False,
) -> bytes:
    """The stretch as an animated WebP that ends where it began, dimmed where it would flash.

    One thread draws. Raises Stopped when `stale()` turns true.
    """
    count = max(2, round(seconds * LOOP_FPS))
    times = begin + np.arange(count) * seconds / count
    exposure = Exposure(field, track, size, 1, "dim")
    loop = Loop(begin, begin + seconds)
    with Renderer(
        field, track, size, device="cpu", precision="draft", threads=1, exposure=exposure, loop=loop
    ) as renderer:
        frames: list[Frame] = []
        for t in times:
            if stale():
                raise Stopped("another generation is shown")
            frames.append(renderer.frame(float(t)).copy())
    return encode_loop(frames, round(1000 * seconds / count))


def encode_loop(frames: list[Frame], milliseconds: int) -> bytes:
    """Frames as an animated WebP without end, each shown for so long."""
    first, *others = map(Image.fromarray, frames)
    with io.BytesIO() as file:
        first.save(
            file, "WEBP", save_all=True, append_images=others, duration=milliseconds, loop=0, quality=QUALITY,
            method=0,
        )  # fmt: skip
        return file.getvalue()
