"""Layouts and styles that many widgets share: what never changes is made and sent to the browser once."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

_shared: dict[tuple[Any, ...], widgets.Widget] = {}  # by kind and values; of the kernel, like all widgets


def shared_layout(**values: str) -> widgets.Layout:
    """The layout with these values, for any number of widgets. Never change one."""
    return _shared_widget(widgets.Layout, values)


def shared_style(kind: type[widgets.Widget], **values: str) -> widgets.Widget:
    """The style of a widget of this kind with these values, for any number of them. Never change one."""
    return _shared_widget(kind.style.klass, values)


def _shared_widget(kind: type[widgets.Widget], values: dict[str, str]) -> widgets.Widget:
    key = kind, *sorted(values.items())
    widget = _shared.get(key)
    if widget is None or widget.comm is None:  # closed with all widgets of the kernel
        widget = _shared[key] = kind(**values)
    return widget
