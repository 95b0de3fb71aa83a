"""The left of the panel: the picture, a line below it, and the diagnosis: verdict and three variances."""

from __future__ import annotations

import html

import ipywidgets as widgets

from explorer.diagnostics import Diagnosis, strength
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
        self.diagnosis = widgets.HTML(tiles(None))

    def show_draft(self, frame: Frame) -> None:
        """A small frame, enlarged by the browser."""
        self._show(jpeg(frame), "jpeg")

    def show_full(self, frame: Frame, request: Request, seconds: float) -> None:
        """The frame itself, exact."""
        self.frame = frame
        self._show(png(frame), "png")
        height, width, _ = frame.shape
        self.caption.value = _muted(f"{request.t:.2f} s &middot; {width}x{height} in {seconds:.2f} s")

    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None:
        """Three numbers with a word each, the verdict and why; none while they are measured."""
        self.diagnosis.value = tiles(diagnosis)

    def _show(self, data: bytes, kind: str) -> None:
        self.shown = data
        with self.image.hold_sync():  # the kind and the bytes in one message
            self.image.format = kind
            self.image.value = data


def tiles(diagnosis: Diagnosis | None) -> str:
    """The diagnosis as HTML: variances with a word each, the verdict as a badge, flags, the reason."""
    shown = "".join(_tile(group, diagnosis) for group in GROUPS)
    return f'<div class="explorer-tiles">{shown}</div>{_verdict(diagnosis)}'


def _tile(group: str, diagnosis: Diagnosis | None) -> str:
    about = html.escape(GROUPS[group], quote=True)
    if diagnosis is None:
        return f'<div class="explorer-tile" title="{about}"><small>{group}</small><b>&hellip;</b></div>'
    value = float(getattr(diagnosis, f"{group}_variance"))
    word = strength(value)
    return (
        f'<div class="explorer-tile explorer-{word}" title="{about}"><small>{group} variance</small>'
        f"<b>{value:.4f}</b><em>{word}</em></div>"
    )


def _verdict(diagnosis: Diagnosis | None) -> str:
    if diagnosis is None:
        return '<div class="explorer-verdict explorer-muted">measuring &hellip;</div>'
    verdict, flags = diagnosis.verdict, "".join(f"<i>{flag}</i>" for flag in diagnosis.flags)
    _, _, why = diagnosis.sentence.partition(": ")
    badge = f'<b class="explorer-badge explorer-{verdict}">{verdict}</b>'
    return f'<div class="explorer-verdict">{badge}{flags}<span>{html.escape(why)}</span></div>'


def _muted(text: str) -> str:
    return f'<span class="explorer-muted">{text}</span>'
