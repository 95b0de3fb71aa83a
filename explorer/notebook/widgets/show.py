"""Pictures and videos in cells."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

from IPython.display import HTML, Image
from matplotlib.figure import Figure
from PIL import Image as Pillow

from explorer.notebook.widgets.file_links import data_url, player_html, relative_link, served_url
from explorer.rendering.frames import Frame

JPEG_QUALITY = 85  # 2 ms and 60 kB for a 720p frame
PLOT_COLORS = 64
MAX_EMBEDDED_BYTES = 400_000  # larger videos are linked, or the notebook grows with every run


def encode_jpeg(frame: Frame) -> bytes:
    """A frame as JPEG: quick to make and to send."""
    return _encode(frame, "JPEG", quality=JPEG_QUALITY)


def encode_png(frame: Frame) -> bytes:
    """A frame as PNG, exact; the quickest compression, because it is sent once and not stored."""
    return _encode(frame, "PNG", compress_level=1)


def encode_plot(figure: Figure) -> bytes:
    """A figure as PNG with few colors: a plot needs no more, and the file is half as large."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png", dpi=80)
    Pillow.open(full).convert("RGB").quantize(PLOT_COLORS).save(small, "PNG", optimize=True)
    return small.getvalue()


def show(picture: Frame | Figure) -> Image:
    """A frame, contact sheet or matplotlib Figure as the output of a cell, small enough to be saved in it."""
    if isinstance(picture, Figure):
        return Image(encode_plot(picture), format="png")  # type: ignore[no-untyped-call]
    return Image(encode_jpeg(picture), format="jpeg")  # type: ignore[no-untyped-call]


def show_video(path: str | Path, width: int | None = None) -> HTML:
    """A player for a video with a download link: embedded when small, else linked beside the notebook."""
    path = Path(path)
    link = quote(relative_link(path), safe="/:")
    if path.stat().st_size > MAX_EMBEDDED_BYTES:
        player = player_html(path, link, link, width)
    else:  # a notebook that was executed without a server names no files of this machine
        player = player_html(path, data_url(path), link if served_url(path) else "", width)
    return HTML(player)  # type: ignore[no-untyped-call]


def _encode(frame: Frame, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(frame).save(buffer, kind, **options)
    return buffer.getvalue()
