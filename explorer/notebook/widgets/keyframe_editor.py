"""Keyframes on screen: for each its moment, and a slider for every setting that it changes."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import ipywidgets as widgets

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.fields import keyframes
from explorer.fields.keyframes import Keyframe
from explorer.fields.sections import section_starts
from explorer.formatting import clock_text, count_text
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import box, shared_layout, small_button
from explorer.notebook.widgets.error_line import HandlerFactory
from explorer.notebook.widgets.knob_controls import (
    ChangeCallback,
    NumberControl,
    TextControl,
    card_label,
    label,
)
from explorer.notebook.widgets.markup import muted
from explorer.settings import Knob

MAX_ROWS = 40  # more come from a performance: as rows of sliders they would be too much for a page
AT_TIME = ""  # the choice of a keyframe that is at seconds
MOMENT_HELP = "when: a time in seconds, or the start of a section of the music; as text also a bar or a beat"


class Moments(Protocol):
    """What keyframes can be set at: the moment on screen, and the sections of a track."""

    @property
    def t(self) -> float: ...
    @property
    def track(self) -> FeatureTrack: ...


@dataclasses.dataclass(frozen=True)
class AnimatableSettings:
    """The settings that keyframes may move, and their values without keyframes."""

    knobs: Mapping[str, Knob]
    rest_value: Callable[[str], float]


class KeyframeRow:
    """One keyframe. `keyframe` is what its controls say."""

    def __init__(
        self,
        keyframe: Keyframe,
        settings: AnimatableSettings,
        changed: ChangeCallback,
        remove: Callable[[KeyframeRow, str], None],
        add: Callable[[KeyframeRow, str], None],
        handler: HandlerFactory,
    ) -> None:
        self.moment = widgets.Dropdown(tooltip=MOMENT_HELP, layout={"width": "auto", "flex": "1 1 auto"})
        self.seconds = widgets.BoundedFloatText(
            min=0, max=1e6, step=0.1, tooltip="seconds from the start",
            layout={"width": "76px", "flex": "none"},
        )  # fmt: skip
        self.controls = {
            name: NumberControl(_number_knob(settings.knobs[name]), changed) for name, _ in keyframe.settings
        }
        others = [(label(knob), name) for name, knob in settings.knobs.items() if name not in self.controls]
        self.more = widgets.Dropdown(
            options=[("+ setting", ""), *others], tooltip="move another setting, too",
            layout={"width": "100px", "flex": "none"},
        )  # fmt: skip
        self.remove_button = _remove_button("remove this keyframe")
        self.remove_button.on_click(handler(lambda: remove(self, "")))
        for widget in (self.moment, self.seconds):
            widget.observe(lambda _: changed(), "value")
        self.more.observe(handler(lambda: add(self, self.more.value)), "value")
        head = box(widgets.HBox, "explorer-row", self.moment, self.seconds, self.more, self.remove_button)
        lines = []
        for name, control in self.controls.items():
            button = _remove_button(f"move {label(settings.knobs[name])} no more at this keyframe")
            button.on_click(handler(lambda name=name: remove(self, name)))  # type: ignore[misc]
            button.layout.visibility = "visible" if len(self.controls) > 1 else "hidden"
            lines.append(box(widgets.HBox, "explorer-row", control.widget, button))
        self.widget = box(widgets.VBox, "explorer-keyframe", head, *lines)

    @property
    def keyframe(self) -> Keyframe:
        at = self.seconds.value if self.moment.value == AT_TIME else self.moment.value
        pairs = tuple((name, control.value) for name, control in self.controls.items())
        return Keyframe(at=at, settings=pairs)

    def show(self, keyframe: Keyframe, section_starts: list[float]) -> None:
        """Show another keyframe with the same settings, and offer the sections of the track."""
        moment = keyframe.at if isinstance(keyframe.at, str) else AT_TIME
        options = [("at a time, s", AT_TIME)]
        options += [
            (f"section {n}, from {clock_text(start)}", f"section {n}")
            for n, start in enumerate(section_starts)
        ]
        if not section_starts:
            options.append(("section 0 (finds the others)", "section 0"))
        if moment not in dict(options).values():
            options.append((moment, moment))
        self.moment.options, self.moment.value = options, moment
        if isinstance(keyframe.at, float):
            self.seconds.value = keyframe.at
        self.seconds.layout.display = "" if moment == AT_TIME else "none"
        for name, value in keyframe.settings:
            self.controls[name].set(value)


class KeyframeEditor:
    """The control of a field's keyframes: rows, or their text. Any change by one shows in the other."""

    def __init__(
        self,
        knob: Knob,
        settings: AnimatableSettings,
        changed: ChangeCallback,
        handler: HandlerFactory,
        moments: Moments | None = None,
    ) -> None:
        self._settings, self._changed, self._handler, self._moments = settings, changed, handler, moments
        self._lock = threading.RLock()
        self._quiet = False  # true while widgets are set by code
        self.rows: list[KeyframeRow] = []
        self.text = TextControl(knob, self._text_changed)
        self.add_button = small_button("Add keyframe", "a keyframe at the moment on screen")
        self.add_button.on_click(handler(self.add))
        self.text_button = widgets.ToggleButton(
            description="as text", tooltip="show the keyframes as on the command line",
            layout={"width": "auto"},
        )  # fmt: skip
        self.text_button.add_class("explorer-small")
        self.text_button.observe(lambda _: self._show_text(), "value")
        title = widgets.HTML(card_label(knob))
        head = box(widgets.HBox, "explorer-tools", title, self.add_button, self.text_button)
        self._list = widgets.VBox()
        self._summary = widgets.HTML()
        self.clear_button = small_button("Remove all", "remove all keyframes")
        self.clear_button.on_click(handler(lambda: self.set(())))
        self._many = box(widgets.HBox, "explorer-row", self._summary, self.clear_button)
        self.widget = box(widgets.VBox, "explorer-keyframes", head, self._many, self._list, self.text.widget)
        self._show_text()

    @property
    def value(self) -> Any:
        """The keyframes, or the text that was typed."""
        return self.text.value

    def set(self, value: Any) -> None:
        self._set(value)
        self._changed()

    def add(self) -> None:
        """Add a keyframe at the moment on screen; it moves what the last one moves, with the values there."""
        at = round(self._moments.t, 2) if self._moments else 0.0
        earlier = self._parsed()
        if any(keyframe.at == at for keyframe in earlier):
            raise SettingsError(f"there is a keyframe at {at:g} s; go to another moment first")
        first = next(iter(self._settings.knobs))
        pairs = earlier[-1].settings if earlier else ((first, self._settings.rest_value(first)),)
        self.set((*earlier, Keyframe(at=at, settings=pairs)))

    def show_sections(self) -> None:
        """Offer the sections of the track, which may have been found since."""
        with self._quietly():
            self._show_rows()

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        """What widgets send while code sets them is ignored."""
        with self._lock:
            before, self._quiet = self._quiet, True
            try:
                yield
            finally:
                self._quiet = before

    def _set(self, value: Any) -> None:
        with self._quietly():
            self.text.set(value)
            self._show_rows()

    def _text_changed(self) -> None:
        with self._lock:
            if self._quiet:
                return
            self._set(self.text.value)
        self._changed()

    def _rows_changed(self) -> None:
        with self._lock:
            if self._quiet:
                return
            self._set(tuple(row.keyframe for row in self.rows))
        self._changed()

    def _parsed(self) -> tuple[Keyframe, ...]:
        """The keyframes of the text. Raises SettingsError."""
        parsed = tuple(map(Keyframe.model_validate, keyframes.parse(self.text.value)))
        keyframes.check(parsed, self._settings.knobs, self._settings.knobs)
        return parsed

    def _show_rows(self) -> None:
        """Show the keyframes, quietly; text with a mistake leaves the rows as they are."""
        try:
            every = self._parsed()
        except SettingsError:
            return  # `changed` shows the reason
        many = len(every) > MAX_ROWS
        self._many.layout.display = "" if many else "none"
        if many:
            self._summary.value = muted(f"{count_text(len(every), 'keyframe')}, too many for rows")
            every = ()
        if [[name for name, _ in k.settings] for k in every] != [list(row.controls) for row in self.rows]:
            self._make_rows(every)
        track = self._moments.track if self._moments else None
        starts = list(section_starts(track, 0)) if track is not None and "section" in track.names else []
        for row, keyframe in zip(self.rows, every, strict=True):
            row.show(keyframe, starts)

    def _make_rows(self, every: tuple[Keyframe, ...]) -> None:
        before = [widget for row in self.rows for widget in cells.widget_tree(row.widget)]
        actions = (self._rows_changed, self._remove, self._add_setting, self._handler)
        self.rows = [KeyframeRow(keyframe, self._settings, *actions) for keyframe in every]
        for row in self.rows:
            cells.reply_from_any_subshell(row.widget)
        self._list.children = tuple(row.widget for row in self.rows)
        for widget in before:
            widget.close()

    def _remove(self, row: KeyframeRow, name: str) -> None:
        """Remove a setting of a keyframe, or with no name the keyframe."""
        left = [pair for pair in row.keyframe.settings if pair[0] != name] if name else []
        self._replace(row, tuple(left))

    def _add_setting(self, row: KeyframeRow, name: str) -> None:
        if name:
            self._replace(row, (*row.keyframe.settings, (name, self._settings.rest_value(name))))

    def _replace(self, row: KeyframeRow, pairs: tuple[tuple[str, float], ...]) -> None:
        """Give a keyframe other settings; none remove it."""
        changed = [Keyframe(at=row.keyframe.at, settings=pairs)] if pairs else []
        place = self.rows.index(row)
        every = [each.keyframe for each in self.rows]
        self.set((*every[:place], *changed, *every[place + 1 :]))

    def _show_text(self) -> None:
        display = "" if self.text_button.value else "none"
        self.text.widget.layout = shared_layout(width="auto", display=display)


def _number_knob(knob: Knob) -> Knob:
    """The knob for a value in a keyframe: a number in any case."""
    slider = knob.slider or (knob.low or 0.0, knob.high or 1.0)
    return dataclasses.replace(knob, types=(int if knob.is_integer else float,), choices=(), slider=slider)


def _remove_button(tooltip: str) -> widgets.Button:
    button = widgets.Button(description="\N{MULTIPLICATION SIGN}", tooltip=tooltip)
    button.add_class("explorer-reset")
    return button
