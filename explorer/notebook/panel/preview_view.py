"""The left of the panel: the picture, a line below it, and its diagnosis."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from explorer.diagnostics import Diagnosis, Suggestion
from explorer.formatting import percent_text
from explorer.notebook.panel.diagnosis_html import diagnosis_html
from explorer.notebook.panel.preview import Request
from explorer.notebook.widgets.show import Frame, jpeg, png
from explorer.rendering.exposure import UNSEEN

DRAWING = "drawing ..."
CALIBRATE = "scale every layer so that the signal neither dies nor runs wild"


class PictureScreen:
    """Shows what a `Preview` draws. Only the worker's thread writes to these widgets.

    No rate is kept here: the browser sends the next move of a slider only after it was told that the last
    one was handled, and that message waits behind the pictures.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.frame: Frame | None = None  # the last full frame
        self._diagnosed = ""  # the last diagnosis, as HTML
        self.suggestion: Suggestion | None = None  # for the field whose diagnosis is shown
        self.image = widgets.Image(width=size[0], height=size[1])
        self.image.add_class("explorer-picture")
        self.caption = widgets.HTML(_muted(DRAWING))
        self.diagnosis = widgets.HTML(diagnosis_html(None))
        self.advice = widgets.HTML()
        self.apply = _hidden_button("Apply suggestion", "magic", "", button_style="primary")
        self.calibrate = _hidden_button("Calibrate", "balance-scale", CALIBRATE)

    def show_draft(self, frame: Frame) -> None:
        """A frame while things move: quick to send; a small one is enlarged by the browser."""
        self._show(jpeg(frame), "jpeg")

    def show_full(self, frame: Frame, request: Request, seconds: float, exposure: float) -> None:
        """The frame itself, exact, dimmed by the flash limiter to `exposure`."""
        self.frame = frame
        self._show(png(frame), "png")
        height, width, _ = frame.shape
        dimmed = (
            "" if exposure >= UNSEEN else f" &middot; dimmed to {percent_text(exposure)}, it flashes here"
        )
        self.caption.value = _muted(f"{request.t:.2f} s &middot; {width}x{height} in {seconds:.2f} s{dimmed}")

    def show_hearing(self, groups: Sequence[str], step: str = "", done: float = 0, total: float = 0) -> None:
        """Which groups of features are listened for, and how far that is."""
        share = f" {percent_text(done / total)}" if total else ""
        far = f" <small>{html.escape(step)}{share}</small>" if step else ""
        self.caption.value = f'<b class="explorer-busy">finding {", ".join(groups)} ...</b>{far}'

    def say(self, words: str) -> None:
        """A word instead of what is known of a picture."""
        self.caption.value = _muted(words)

    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None:
        """Verdict and why, three numbers, the layers; while they are measured the old ones, paler."""
        self.show_suggestion(None)
        if diagnosis is None and self._diagnosed:
            self.diagnosis.value = f'<div class="explorer-old" aria-busy="true">{self._diagnosed}</div>'
            return
        self.diagnosis.value = shown = diagnosis_html(diagnosis)
        if diagnosis:
            self._diagnosed = shown
            self.calibrate.layout.display = "" if diagnosis.layers else "none"

    def show_suggestion(self, suggestion: Suggestion | None) -> None:
        """What to change, on a button that does it; nothing when nothing helps or is needed."""
        self.suggestion = suggestion
        words = suggestion.words if suggestion else ""
        self.advice.value = _muted(html.escape(words)) if words else ""
        self.apply.tooltip = words
        self.apply.layout.display = "" if suggestion else "none"

    def _show(self, data: bytes, kind: str) -> None:
        with self.image.hold_sync():  # the kind and the bytes in one message
            self.image.format = kind
            self.image.value = data


def _muted(text: str) -> str:
    return f'<span class="explorer-muted">{text}</span>'


def _hidden_button(name: str, icon: str, tooltip: str, **settings: Any) -> widgets.Widget:
    layout = {"width": "auto", "display": "none"}
    return widgets.Button(description=name, icon=icon, tooltip=tooltip, layout=layout, **settings)
