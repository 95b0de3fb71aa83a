"""The left of the panel: the picture, a line below it, and its diagnosis."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from explorer.diagnostics import Diagnosis, Suggestion
from explorer.formatting import percent_text
from explorer.notebook.panel.diagnosis_html import diagnosis_html
from explorer.notebook.panel.preview_pipeline import PreviewRequest
from explorer.notebook.widgets.markup import muted
from explorer.notebook.widgets.show import encode_jpeg, encode_png
from explorer.rendering.flash_limiter import FlashLimit
from explorer.rendering.frames import Frame

DRAWING = "drawing ..."
APPLY = "Apply suggestion"
MAX_HEIGHT_VH = 60  # of a picture, in percent of the window's height
CALIBRATE_HELP = (
    "scale every layer so that the signal neither dies nor runs wild, and slow music and time down where the "
    "picture would flicker"
)


class PreviewView:
    """Shows the results of a `PreviewPipeline`. Only the worker's thread writes to these widgets.

    There is no limit on the rate here: the browser sends the next move of a slider only after the kernel has
    reported that the last one was handled, and that message waits behind the pictures.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.frame: Frame | None = None  # the last full frame
        self._diagnosis_html = ""  # the last diagnosis
        self.suggestion: Suggestion | None = None  # for the field whose diagnosis is on screen
        self.image = widgets.Image(width=size[0], height=size[1], layout={"width": picture_width(size)})
        self.image.add_class("explorer-picture")
        self.caption = widgets.HTML(muted(DRAWING))
        self.diagnosis = widgets.HTML(diagnosis_html(None))
        self.advice = widgets.HTML()
        self.apply_button = _hidden_button(APPLY, "magic", "", button_style="primary")
        self.calibrate_button = _hidden_button("Calibrate", "balance-scale", CALIBRATE_HELP)

    def show_draft(self, frame: Frame) -> None:
        """A frame while things move: quick to send; a small one is enlarged by the browser."""
        self._show(encode_jpeg(frame), "jpeg")

    def show_full(self, frame: Frame, request: PreviewRequest, seconds: float, limit: FlashLimit) -> None:
        """The frame itself, exact, with what the flash limiter did to it."""
        self.frame = frame
        self._show(encode_png(frame), "png")
        height, width, _ = frame.shape
        moment = f"{request.t:.2f} s" + (f", {request.position}" if request.position else "")
        parts = [moment, f"{width}x{height} in {seconds:.2f} s"]
        if limit.words:
            parts.append(f"{limit.words}, it would flash here")
        self.caption.value = muted(" \N{MIDDLE DOT} ".join(parts))

    def show_analysis(self, groups: Sequence[str], step: str = "", done: float = 0, total: float = 0) -> None:
        """Which groups of features are analyzed, and the progress."""
        share = f" {percent_text(done / total)}" if total else ""
        progress = f" <small>{html.escape(step)}{share}</small>" if step else ""
        self.caption.value = f'<b class="explorer-busy">finding {", ".join(groups)} ...</b>{progress}'

    def show_message(self, text: str) -> None:
        """A text in place of the caption of a picture."""
        self.caption.value = muted(text)

    def show_diagnosis(self, diagnosis: Diagnosis | None) -> None:
        """Verdict and reason, three numbers, the layers; while they are measured the old ones, paler."""
        self.show_suggestion(None)
        if diagnosis is None and self._diagnosis_html:
            self.diagnosis.value = f'<div class="explorer-old" aria-busy="true">{self._diagnosis_html}</div>'
            return
        self.diagnosis.value = markup = diagnosis_html(diagnosis)
        if diagnosis:
            self._diagnosis_html = markup
            self.calibrate_button.layout.display = "" if diagnosis.layers else "none"

    def show_suggestion(self, suggestion: Suggestion | None, name: str = APPLY) -> None:
        """What to change, beside a button that does it; nothing when nothing helps or is needed."""
        self.suggestion = suggestion
        text = suggestion.words if suggestion else ""
        self.advice.value = muted(text) if text else ""
        self.apply_button.tooltip, self.apply_button.description = text, name
        self.apply_button.layout.display = "" if suggestion else "none"

    def _show(self, data: bytes, kind: str) -> None:
        with self.image.hold_sync():  # the kind and the bytes in one message
            self.image.format = kind
            self.image.value = data


def picture_width(size: tuple[int, int]) -> str:
    """The CSS width of a picture: that of its column, unless it would be too high for the window."""
    return f"min(100%, {MAX_HEIGHT_VH * size[0] / size[1]:.5g}vh)"


def _hidden_button(name: str, icon: str, tooltip: str, **settings: Any) -> widgets.Widget:
    layout = {"width": "auto", "display": "none"}
    return widgets.Button(description=name, icon=icon, tooltip=tooltip, layout=layout, **settings)
