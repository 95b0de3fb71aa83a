"""Boxes, cards and buttons that the panel and the training view are made of, and layouts that rows share."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from explorer.notebook.widgets.markup import heading

# Layouts and styles that never change, by kind and values: made and sent to the browser once.
_shared: dict[tuple[Any, ...], widgets.Widget] = {}


def box(kind: type[widgets.Box], css_class: str, *children: widgets.Widget) -> widgets.Box:
    """Widgets in a box of the style sheet's class `css_class`."""
    parent = kind(children)
    parent.add_class(css_class)
    return parent


def card(title: str, *children: widgets.Widget) -> widgets.Box:
    """Widgets with a frame and a title."""
    return box(widgets.VBox, "explorer-card", widgets.HTML(heading(title)), *children)


def push_button(name: str, icon: str, tooltip: str, **settings: Any) -> widgets.Widget:
    """A button as wide as its text."""
    return widgets.Button(description=name, icon=icon, tooltip=tooltip, layout={"width": "auto"}, **settings)


def small_button(name: str, tooltip: str, **layout: str) -> widgets.Widget:
    """A low button without an icon."""
    button = widgets.Button(description=name, tooltip=tooltip, layout={"width": "auto"} | layout)
    button.add_class("explorer-small")
    return button


def progress_bar(**layout: str) -> widgets.Widget:
    """A bar from 0 to 1, hidden until something runs."""
    bar = widgets.FloatProgress(0.0, max=1.0, layout={"width": "auto", "display": "none"} | layout)
    bar.add_class("explorer-bar")
    return bar


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
