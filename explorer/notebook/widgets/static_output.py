"""What a saved notebook shows of a panel when no kernel runs: a picture and a line of text.

Front ends that know widgets choose the widget's view of an output, and say "model not found" when its
kernel is gone, even where the same output holds a picture. So the picture is an output of its own above
the panel, hidden by the panel's style sheet for as long as the panel is alive.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display, update_display
from PIL import Image, ImageDraw, ImageFont

from explorer.notebook.widgets.show import encode_jpeg
from explorer.rendering.frames import Frame

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CAPTION = "a still of the panel; run this cell to use it"
CAPTION_HEIGHT, FONT_SIZE = 24, 13  # pixels
BACKGROUND, INK = (22, 23, 26), (172, 175, 182)


def mime_bundle(frame: Frame | None, text: str) -> dict[str, Any]:
    """A picture with a caption, and the text; JPEG, which keeps notebooks small."""
    bundle: dict[str, Any] = {"text/plain": text}
    if frame is not None:
        bundle["image/jpeg"] = base64.b64encode(encode_jpeg(_add_caption(frame))).decode("ascii")
    return bundle


def widget_bundle(widget: widgets.Widget, text: str) -> dict[str, Any]:
    """The live widget, and the text."""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {WIDGET_VIEW: view, "text/plain": text}


class StaticOutput:
    """The picture above a panel, updated whenever the panel has drawn its picture in full."""

    def __init__(self) -> None:
        self._id = ""

    def display(self, frame: Frame | None, text: str) -> None:
        """Put it into the output of the running cell."""
        self._id = secrets.token_hex(8)
        display(mime_bundle(frame, text), raw=True, display_id=self._id)  # type: ignore[no-untyped-call]

    def update(self, frame: Frame, text: str) -> None:
        """Change it where it was displayed, from any thread."""
        if self._id:
            bundle = mime_bundle(frame, text)
            update_display(bundle, raw=True, display_id=self._id)  # type: ignore[no-untyped-call]


def _add_caption(frame: Frame) -> Frame:
    """The frame with a line of text below it: where a picture is shown, the text of the output is not."""
    height, width, _ = frame.shape
    image = Image.new("RGB", (width, height + CAPTION_HEIGHT), BACKGROUND)
    image.paste(Image.fromarray(frame))
    ImageDraw.Draw(image).text((2, height + 5), CAPTION, INK, ImageFont.load_default(FONT_SIZE))
    return np.asarray(image)
