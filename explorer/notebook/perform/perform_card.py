"""The card of the panel that listens to controllers, learns what they move, and records a performance."""

from __future__ import annotations

import html
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.formatting import count_text
from explorer.notebook.perform.control_map import ControlMap
from explorer.notebook.perform.midi_listener import MidiListener
from explorer.notebook.perform.osc_receiver import PORT, THIS_COMPUTER, OscReceiver
from explorer.notebook.perform.recorder import Recorder, without
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import box, card, small_button
from explorer.notebook.widgets.knob_controls import Control, PlayableControl
from explorer.notebook.widgets.markup import muted
from explorer.notebook.widgets.panel_context import PanelContext

LEARNING = "touch a slider, then turn a knob of the controller"


class Playback(Protocol):
    """The live view, as far as a recording needs it."""

    t: float
    playing: bool

    def observe(self, handler: Any, names: Any) -> None: ...
    def unobserve(self, handler: Any, names: Any) -> None: ...


class PerformanceContext(PanelContext, Protocol):
    """The panel, its controls by setting, and what plays."""

    @property
    def controls(self) -> Mapping[str, Control]: ...
    @property
    def playback(self) -> Playback | None: ...


class PerformCard:
    """MIDI, OSC, learning and recording. `control_map` holds which controller moves which setting.

    `follow` is to be called after every change of the field. `close` ends the threads.
    """

    def __init__(self, context: PerformanceContext) -> None:
        self._context = context
        self._lock = threading.RLock()
        self._receiver: OscReceiver | None = None
        self._recorder: Recorder | None = None
        self._playback: Playback | None = None
        self._reported = (0.0, 0.0)  # the moment of the sound, and when it was reported
        self._field: FieldSettings | None = None
        self._target = ""  # the setting that was touched last, while learning
        self._mover: int | None = None  # the thread on which a controller moves a setting now
        self.control_map = ControlMap()
        self._make_widgets()

    def follow(self, field: FieldSettings) -> None:
        """Another field is on screen: note what was touched, and record it."""
        with self._lock:
            before, self._field = self._field, field
            if before is None or before.all_knobs().keys() != field.all_knobs().keys():
                return
            names = [name for name in self._context.controls if before.value(name) != field.value(name)]
            playable = [name for name in names if self._is_playable(name)]
            if self.learn_button.value and playable and self._mover != threading.get_ident():
                self._target = playable[-1]
                self._show_message(f"turn a knob of the controller: it will move {_words(self._target)}")
            bare = self._record(self._recorder, playable, field) if self._recorder else field
        if bare != field:
            self._context.load(bare)

    def move(self, controller: str, share: float) -> None:
        """A controller stands at a share of its range, on any thread."""
        with self._lock:
            learning = self.learn_button.value
            if learning:
                self._learn(controller)
            name = self.control_map.settings.get(controller)
            if name is None and not learning:
                self._show_message(f"{controller} moves nothing yet: press Learn")
        if name is not None and self._is_playable(name):
            self._set(name, lambda control: control.set_share(share))

    def set_value(self, name: str, value: float) -> None:
        """Set a setting in its own units, on any thread; one that does not exist is named in the card."""
        if self._is_playable(name):
            self._set(name, lambda control: control.set(value))
        else:
            self._show_message(f"{name} is no setting of this field")

    def open_osc(self, port: int = PORT, host: str = THIS_COMPUTER) -> int:
        """Listen for OSC; gives the port (another one where 0 was asked for).

        With `host` "0.0.0.0" other computers of the network may send, too. Raises SettingsError.
        """
        self.close_osc()
        self._receiver = OscReceiver(self.move, self.set_value, port, host)
        port = self._receiver.port
        address = "0.0.0.0" if host != THIS_COMPUTER else "this computer"
        self._show_message(
            f"OSC: port {port}, from {address}; /explorer/SETTING sets, other addresses can be learned"
        )
        return port

    def close_osc(self) -> None:
        """Listen for OSC no more."""
        receiver, self._receiver = self._receiver, None
        if receiver:
            receiver.close()

    def start_recording(self) -> None:
        """Record every move of a setting from now on. Raises SettingsError unless something plays."""
        playback = self._context.playback
        if playback is None:
            raise SettingsError("press Live first: a performance is recorded while the sound plays")
        field = self._context.field
        with self._lock:
            self._field = field
            self._recorder, self._playback = Recorder(field), playback
            self._report()
        playback.observe(self._report, ["t", "playing"])
        self._show_message("recording: move sliders, or knobs of a controller")

    def stop_recording(self) -> None:
        """End the recording: its moves become keyframes, and the settings return to where they began."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
            playback, self._playback = self._playback, None
        if playback:
            playback.unobserve(self._report, ["t", "playing"])
        if not recorder:
            return
        if not recorder.names:
            self._show_message("nothing was moved")
            return
        played = recorder.result()
        values = {name: played.value(name) for name in (*recorder.names, "keyframes")}
        self._context.load(self._context.field.replace(**values))
        count = count_text(len(played.keyframes), "keyframe")
        self._show_message(
            f"recorded {', '.join(map(_words, recorder.names))} as {count}; Export renders them"
        )

    def close(self) -> None:
        """End the threads; a recording is dropped."""
        with self._lock:
            self._recorder = None
        self.close_osc()

    def _record(self, recorder: Recorder, names: list[str], field: FieldSettings) -> FieldSettings:
        """Record settings; the field without earlier keyframes of theirs, which would hide how they move."""
        t = self._now()
        fixed = [name for name in names if not recorder.move(t, name, field.value(name))]
        if fixed:
            self._show_message(
                f"{', '.join(map(_words, fixed))}: keyframes cannot move this; it keeps its last value"
            )
        return without(field, recorder.names)

    def _now(self) -> float:
        """The moment of the sound: as it was reported last, and the time since."""
        t, at = self._reported
        return t + (time.monotonic() - at if self._playback and self._playback.playing else 0.0)

    def _report(self, *_: object) -> None:
        """The page says where the sound is, a few times a second."""
        with self._lock:
            if self._playback and self._recorder:
                self._reported = self._playback.t, time.monotonic()
                self._recorder.advance(self._playback.t)

    def _learn(self, controller: str) -> None:
        if not self._target:
            self._show_message(f"{controller}: first touch the slider that it is to move")
            return
        self.control_map.assign(controller, self._target)
        self._show_map()
        self._show_message(f"{controller} moves {_words(self._target)}; {LEARNING}, or press Learn again")
        self._target = ""

    def _set(self, name: str, action: Callable[[Any], None]) -> None:
        """Move a control; not under the lock, which other threads want while they hold the control's."""
        self._mover = threading.get_ident()
        try:
            action(self._context.controls[name])
        finally:
            self._mover = None

    def _is_playable(self, name: str) -> bool:
        return isinstance(self._context.controls.get(name), PlayableControl)

    def _show_message(self, words: str) -> None:
        self.line.value = muted(html.escape(words))

    def _make_widgets(self) -> None:
        handler = self._context.handler
        self.button = _toggle("Perform", "play the settings with a controller (MIDI, OSC), and record it")
        self.button.icon = "sliders"
        self.midi_button = _toggle("MIDI", "listen to the MIDI controllers of this computer")
        self.osc_button = _toggle("OSC", "listen to OSC messages of programs on this computer")
        self.port = widgets.BoundedIntText(PORT, min=1, max=65535, tooltip="port", layout={"width": "80px"})
        self.learn_button = _toggle("Learn", LEARNING)
        self.record_button = _toggle("Record", "record how settings move while the sound plays, as keyframes")
        self.line = widgets.HTML(muted("play the settings with a controller, or by hand"))
        self._midi_box, self._list = widgets.VBox(), widgets.VBox()
        for button, action in (
            (self.button, self._switch_card),
            (self.midi_button, self._switch_midi), (self.osc_button, self._switch_osc),
            (self.learn_button, self._switch_learning), (self.record_button, self._switch_recording),
        ):  # fmt: skip
            button.observe(handler(action), "value")
        buttons = (self.midi_button, self.osc_button, self.port, self.learn_button, self.record_button)
        tools = box(widgets.HBox, "explorer-tools", *buttons)
        self.widget = card("perform", tools, self.line, self._list, self._midi_box)
        self.widget.layout.display = "none"

    def _switch_card(self) -> None:
        self.widget.layout.display = "" if self.button.value else "none"
        if self.button.value:
            self.control_map.load()
            self._show_map()

    def _switch_midi(self) -> None:
        for listener in self._midi_box.children:
            listener.close()
        listeners: tuple[MidiListener, ...] = ()
        if self.midi_button.value:
            listener = MidiListener(self.move, self._show_message, layout={"display": "none"})
            cells.reply_from_any_subshell(listener)
            listeners = (listener,)
        self._midi_box.children = listeners

    def _switch_osc(self) -> None:
        if not self.osc_button.value:
            self.close_osc()
            return
        try:
            self.open_osc(self.port.value)
        except SettingsError:
            self.osc_button.value = False
            raise

    def _switch_learning(self) -> None:
        self._target = ""
        self._show_message(LEARNING if self.learn_button.value else "")

    def _switch_recording(self) -> None:
        if not self.record_button.value:
            self.stop_recording()
            return
        try:
            self.start_recording()
        except SettingsError:
            self.record_button.value = False
            raise

    def _show_map(self) -> None:
        """A line for each controller, with a button that frees it."""
        before = [widget for row in self._list.children for widget in cells.widget_tree(row)]
        rows = []
        for controller, name in self.control_map.settings.items():
            button = small_button("\N{MULTIPLICATION SIGN}", f"let {controller} move nothing")
            button.on_click(self._context.handler(partial(self._free, controller)))
            text = widgets.HTML(f"{html.escape(controller)} \N{RIGHTWARDS ARROW} {html.escape(_words(name))}")
            rows.append(box(widgets.HBox, "explorer-row", text, button))
            cells.reply_from_any_subshell(rows[-1])
        self._list.children = tuple(rows)
        for widget in before:
            widget.close()

    def _free(self, controller: str) -> None:
        self.control_map.remove(controller)
        self._show_map()


def _toggle(name: str, tooltip: str) -> widgets.ToggleButton:
    return widgets.ToggleButton(description=name, tooltip=tooltip, layout={"width": "auto"})


def _words(name: str) -> str:
    return name.replace("_", " ")
