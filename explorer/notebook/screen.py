"""The left of the panel: the picture, a line below it, and the three variances."""

from __future__ import annotations

import html

import ipywidgets as widgets

from explorer.diagnostics import Variances, strength
from explorer.notebook.preview import Request
from explorer.notebook.show import Frame, jpeg, png

GROUPS = {
    "space": "how much the colour differs from place to place",
    "time": "how much time alone changes it, music and place held",
    "audio": "how much the music alone changes it, time and place held",
}


class PictureScreen:
    """Shows what a `Preview` draws. Only the worker's thread writes to these widgets.

    No rate is kept here: the browser sends the next move of a slider only after it was told that the last
    one was handled, and that message waits behind the pictures.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.frame: Frame | None = None  # the last full frame
        self.shown: bytes = b""  # what the picture shows now
        self.image = widgets.Image(width=size[0], height=size[1])
        self.image.add_class("explorer-picture")
        self.caption = widgets.HTML(_muted("drawing ..."))
        self.variances = widgets.HTML(tiles(None))

    def show_draft(self, frame: Frame) -> None:
        """A small frame, enlarged by the browser."""
        self._show(jpeg(frame), "jpeg")

    def show_full(self, frame: Frame, request: Request, seconds: float) -> None:
        """The frame itself, exact."""
        self.frame = frame
        self._show(png(frame), "png")
        height, width, _ = frame.shape
        self.caption.value = _muted(f"{request.t:.2f} s &middot; {width}x{height} in {seconds:.2f} s")

    def show_variances(self, variances: Variances | None) -> None:
        """Three numbers with a word each; none while they are measured."""
        self.variances.value = tiles(variances)

    def _show(self, data: bytes, kind: str) -> None:
        self.shown = data
        with self.image.hold_sync():  # the kind and the bytes in one message
            self.image.format = kind
            self.image.value = data


def tiles(variances: Variances | None) -> str:
    """The variances as HTML: number, bar on a logarithmic scale from 1e-5 to 0.25, word."""
    return f'<div class="explorer-tiles">{"".join(_tile(group, variances) for group in GROUPS)}</div>'


def _tile(group: str, variances: Variances | None) -> str:
    about = html.escape(GROUPS[group], quote=True)
    if variances is None:
        return f'<div class="explorer-tile" title="{about}"><small>{group}</small><b>&hellip;</b></div>'
    value = getattr(variances, group)
    word = strength(value)
    return (
        f'<div class="explorer-tile explorer-{word}" title="{about}"><small>{group} variance</small>'
        f"<b>{value:.4f}</b><em>{word}</em></div>"
    )


def _muted(text: str) -> str:
    return f'<span class="explorer-muted">{text}</span>'
