"""The picture as code: Python that draws it again to the last bit, and a view to copy it from."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.audio.edits import Edits
from explorer.fields import FieldSettings, Sequence, Sketch
from explorer.fields.light import Finish, Light
from explorer.fields.mix import Mix
from explorer.fields.mix.compound import CompoundField
from explorer.fields.registry import CUSTOM_MARK, MAIN
from explorer.rendering.frames import FlashMode
from explorer.settings import Settings

MAX_LINE_LENGTH = 88
# A click selects and copies in one go; this way works without a secure page too.
COPY_SCRIPT = (
    "const t = this.parentNode.querySelector('textarea'); t.select(); "
    "this.textContent = document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C'"
)


def python_code(
    audio: str | Path,
    track: FeatureTrack,
    field: FieldSettings,
    t: float,
    size: tuple[int, int],
    device: str = "auto",
    flash_limit: FlashMode = "calm",
) -> str:
    """Python that analyzes the sound and draws the frame at `t` seconds; only defaults are left out."""
    analysis = _keywords(track.settings, AnalysisSettings())
    where = "" if device == "auto" else f", device={device!r}"
    where += "" if flash_limit == "calm" else f", flash_limit={flash_limit!r}"
    name, arguments = _class_and_arguments(field)
    imports = ["import explorer as ex", *dict.fromkeys(_imports(field))]
    lines = [
        *imports,
        "",
        _call("track = ex.analyze", [repr(Path(audio).as_posix()), *analysis]),
        *_added_lines(track),
        _call(f"field = {name}", arguments),
        f"image = ex.render_frame(field, track, t={t!r}, size={size!r}{where})",
    ]
    return "\n".join(lines) + "\n"


def _added_lines(track: FeatureTrack) -> list[str]:
    """What must be added by hand: where columns came from is not known."""
    if track.added is None:
        return []
    names = ", ".join(track.added.names[:4]) + ", ..." * (len(track.added.names) > 4)
    return [f"# and your own columns ({names}), with columns= and stems= as you gave them"]


def _class_and_arguments(field: FieldSettings) -> tuple[str, list[str]]:
    """The class of a field as code, and its arguments."""
    kind: Any = type(field)
    name = kind.__qualname__ if CUSTOM_MARK in field.kind else f"ex.{kind.__name__}"
    if isinstance(field, Sequence):
        looks = [f"({at!r}, {field_code(part)})" for at, part in zip(field.at, field.looks, strict=True)]
        fade = _keywords(field, field.replace(fade=kind.model_fields["fade"].default))
        return name, [f"[{', '.join(looks)}]", *fade]
    if not isinstance(field, Mix):
        return name, _keywords(field, kind())
    fields = [f"{part}={field_code(inner)}" for part, inner in field.parts.items()]
    left_out = (*field.parts, "features")
    values = [
        text
        for text in _keywords(field, type(field)(field.a, field.b))
        if text.partition("=")[0] not in left_out
    ]
    return name, fields + values


def field_code(field: FieldSettings) -> str:
    """A field as code in one line."""
    name, arguments = _class_and_arguments(field)
    return f"{name}({', '.join(arguments)})"


def _imports(field: FieldSettings) -> list[str]:
    """The lines that import the user's classes, but those of the notebook; and the texts of sketches."""
    if isinstance(field, CompoundField):
        return [line for part in field.parts.values() for line in _imports(part)]
    if isinstance(field, Sketch):
        return [f"from explorer import sketch, slider\n\n{field.source.rstrip()}\n"]
    kind = type(field)
    if CUSTOM_MARK not in field.kind or kind.__module__ == MAIN:
        return []
    return [f"from {kind.__module__} import {kind.__qualname__}"]


def _keywords(settings: Settings, default: Settings) -> list[str]:
    """`name=value` of everything that differs from the default."""
    values: dict[str, Any] = {name: getattr(settings, name) for name in type(settings).model_fields}
    return [f"{name}={_value_code(v)}" for name, v in values.items() if v != getattr(default, name)]


def _value_code(value: Any) -> str:
    """A value as code; a group of settings with a name in `explorer` by that, another as a dict."""
    if isinstance(value, Edits):
        return repr(value.model_dump())
    if isinstance(value, Light | Finish):
        return f"ex.{value!r}"
    return (
        f"dict{repr(value).removeprefix(type(value).__name__)}"
        if isinstance(value, Settings)
        else repr(value)
    )


def _call(name: str, arguments: list[str]) -> str:
    """A call on one line where that is short, else one argument per line."""
    line = f"{name}({', '.join(arguments)})"
    if len(line) <= MAX_LINE_LENGTH:
        return line
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), ")"])


class CodeView:
    """Code to copy, and a button that copies it."""

    def __init__(self) -> None:
        self.text = ""
        self.widget = widgets.HTML(layout={"display": "none"})

    def show(self, text: str) -> None:
        """Show code."""
        self.text = text
        rows = text.count("\n") + 1
        self.widget.value = (
            '<div class="explorer-code" data-lm-suppress-shortcuts="true">'
            f'<textarea readonly rows="{rows}" aria-label="code that draws this picture" spellcheck="false">'
            f"{html.escape(text)}</textarea>"
            f'<button class="jupyter-button widget-button" onclick="{html.escape(COPY_SCRIPT)}">Copy</button>'
            "</div>"
        )
        self.widget.layout.display = ""

    def hide(self) -> None:
        """Hide it."""
        self.widget.layout.display = "none"
