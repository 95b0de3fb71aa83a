"""What a saved notebook shows of a panel when no kernel runs: a picture and a line of text.

Front ends that know widgets choose the widget's view of an output, and say "model not found" when its
kernel is gone, even where the same output holds a picture. So the picture is an output of its own above
the panel, hidden by the panel's style sheet for as long as the panel is alive.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any

import numpy as np
from IPython.display import display, update_display
from PIL import Image, ImageDraw, ImageFont

from explorer.notebook.widgets.show import Frame, jpeg

VIEW = "application/vnd.jupyter.widget-view+json"
CAPTION = "a still of the panel; run this cell to use it"
STRIP, LETTERS = 24, 13  # pixels
PAPER, INK = (22, 23, 26), (172, 175, 182)


def picture_bundle(frame: Frame | None, text: str) -> dict[str, Any]:
    """A picture with a caption, and the line; JPEG, which keeps notebooks small."""
    bundle: dict[str, Any] = {"text/plain": text}
    if frame is not None:
        bundle["image/jpeg"] = base64.b64encode(jpeg(_captioned(frame))).decode("ascii")
    return bundle


class Still:
    """The picture above a panel, brought up to date whenever the panel's picture has come to rest."""

    def __init__(self) -> None:
        self._id = ""

    def display(self, frame: Frame | None, text: str) -> None:
        """Put it into the output of the running cell."""
        self._id = secrets.token_hex(8)
        display(picture_bundle(frame, text), raw=True, display_id=self._id)  # type: ignore[no-untyped-call]

    def update(self, frame: Frame, text: str) -> None:
        """Change it where it was displayed, from any thread."""
        if self._id:
            bundle = picture_bundle(frame, text)
            update_display(bundle, raw=True, display_id=self._id)  # type: ignore[no-untyped-call]


def _captioned(frame: Frame) -> Frame:
    """The frame with a line below it that says what it is: where a picture is shown, text is not."""
    height, width, _ = frame.shape
    whole = Image.new("RGB", (width, height + STRIP), PAPER)
    whole.paste(Image.fromarray(frame))
    ImageDraw.Draw(whole).text((2, height + 5), CAPTION, INK, ImageFont.load_default(LETTERS))
    return np.asarray(whole)
