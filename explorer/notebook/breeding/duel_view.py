"""`ex.duel`: which of two moving looks is better, left or right? Answers train `ex.Taste`."""

from __future__ import annotations

import html
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from explorer.errors import SettingsError
from explorer.evolution.start import (
    DEFAULT_SECONDS,
    MAX_FIRST_LOOKS,
    first_looks,
    stretch,
    without_sections,
)
from explorer.evolution.taste.duels import Duel, DuelSource
from explorer.evolution.taste.taste import Taste
from explorer.experiments.runs.sound_input import AudioInput, SoundInput
from explorer.fields import FieldSettings
from explorer.fields.base import check_field
from explorer.notebook.breeding.key_listener import KeyListener
from explorer.notebook.live.field_grid import FieldGrid
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import box, card, push_button, small_button
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.markup import CSS, muted
from explorer.notebook.widgets.static_output import StaticOutput, widget_bundle

SIZE = (400, 225)  # pixels of a look
KEYS = ("ArrowLeft", "ArrowRight", "ArrowDown", "s")
LEFT, RIGHT = 0, 1


def duel(
    audio: AudioInput,
    field: FieldSettings | Sequence[FieldSettings] | None = None,
    *,
    begin: float | None = None,
    seconds: float = DEFAULT_SECONDS,
    seed: int | None = None,
    explorations: str | None = None,
) -> DuelView:
    """Two looks move on a stretch of a song: click the one that you like better, or press left or right.

    The looks are children of those that ship, or of `field` (one or several); every pair is new unless `seed`
    is given. Each answer is a file in the folder of `Taste`, which learns from it; the line below says how
    much it knows. Down or *skip* shows two others. Running the cell again closes the previous view.
    Raises ExplorerError.
    """
    cells.prepare()
    looks = first_looks(MAX_FIRST_LOOKS, 0) if field is None else _fields(field)
    looks = tuple(map(without_sections, looks))
    sound = SoundInput.of(audio)
    track = sound.analyze(sound.analysis.with_extras([extra for look in looks for extra in look.extras]))
    for look in looks:
        look.check_columns(track.names)
    start, length = stretch(track, begin, seconds)
    source = DuelSource(looks, track, start, length, secrets.randbits(31) if seed is None else seed)
    first = source.next()
    grid = FieldGrid(first.fields, track, columns=2, loop=(start, length), size=SIZE)
    view = DuelView(first, source, grid, Taste(explorations))
    cells.register(view)
    return view


class DuelView:
    """The result of `duel`. `taste` learns from the answers, `duel` is on screen.

    `wait` waits until the next pair is there; `close` ends the threads.
    """

    def __init__(self, first: Duel, source: DuelSource, grid: FieldGrid, taste: Taste) -> None:
        self.duel, self.taste, self.grid = first, taste, grid
        self._source = source
        self._errors, self._static_output = ErrorLine(), StaticOutput()
        self._is_waiting = False
        self._make_widgets()
        self._worker: LatestWorker[None] = LatestWorker(self._draw_next, self._fail, name="explorer-duels")
        cells.reply_from_any_subshell(self.widget)
        grid.observe(lambda change: self._click(change["new"]), "selected")
        self._show_words()

    @property
    def error(self) -> str:
        """The error line as HTML; empty when nothing went wrong."""
        return str(self._errors.widget.value)

    def prefer(self, side: int) -> None:
        """Say that the left (0) or the right (1) look is better; then two others come."""
        if side not in (LEFT, RIGHT):
            raise SettingsError(f"side: got {side!r}; allowed: 0, the left look, or 1, the right one")
        if self._is_waiting:
            return
        winner, loser = self.duel.looks if side == LEFT else self.duel.looks[::-1]
        self.taste.add_measured_duel(winner, loser, self.grid.track.name)
        self.skip()

    def skip(self) -> None:
        """Show two others, without an answer."""
        if not self._is_waiting:
            self._set_busy(True)
            self._show_words()
            self._worker.submit(None)

    def press(self, key: str) -> None:
        """What a key does: left and right prefer, down or s skips."""
        actions: dict[str, Callable[[], Any]] = {
            "ArrowLeft": lambda: self.prefer(LEFT),
            "ArrowRight": lambda: self.prefer(RIGHT),
            "ArrowDown": self.skip,
            "s": self.skip,
        }
        if action := actions.get(key):
            action()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the next pair is drawn; false when it took too long."""
        return self._worker.wait(timeout) and self.grid.wait(timeout)

    def close(self) -> None:
        """End the threads and the widgets. May be called twice."""
        cells.unregister(self)
        self._worker.close()
        self.grid.close()
        cells.close_tree(self.widget)

    def __enter__(self) -> DuelView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"duel: {self.taste.sentence}"

    def _ipython_display_(self) -> None:
        display(widget_bundle(self.widget, repr(self)), raw=True)  # type: ignore[no-untyped-call]

    def _make_widgets(self) -> None:
        handler = self._errors.handler
        self.left_button = push_button("Left", "arrow-left", "the left look is better (left arrow)")
        self.right_button = push_button("Right", "arrow-right", "the right look is better (right arrow)")
        self.skip_button = small_button("skip", "two other looks (down arrow)")
        for button, action in (
            (self.left_button, lambda: self.prefer(LEFT)),
            (self.right_button, lambda: self.prefer(RIGHT)),
            (self.skip_button, self.skip),
        ):
            button.on_click(handler(action))
        self.line = widgets.HTML()
        keys = KeyListener(
            lambda key: handler(lambda: self.press(key))(), key_names=list(KEYS), layout={"display": "none"}
        )
        title = f'<span class="explorer-title">{html.escape(self.grid.track.name)}</span>'
        head = box(widgets.HBox, "explorer-head", widgets.HTML(CSS + title), keys)
        tools = box(widgets.HBox, "explorer-tools", self.left_button, self.right_button, self.skip_button)
        whole = card("left or right?", self.grid, tools, self.line, self._errors.widget)
        self.widget = box(widgets.VBox, "explorer-panel", head, whole)
        self.widget.add_class("explorer-keys")

    def _click(self, selected: list[int]) -> None:
        if selected:
            self._errors.handler(lambda: self.prefer(selected[0]))()

    def _set_busy(self, busy: bool) -> None:
        self._is_waiting = busy
        for button in (self.left_button, self.right_button, self.skip_button):
            button.disabled = busy

    def _show_words(self) -> None:
        self.line.value = muted(self.taste.sentence)

    def _fail(self, error: Exception) -> None:
        self._set_busy(False)
        self._errors.show(error)

    def _draw_next(self, _: None, stale: StaleCheck) -> None:
        """The worker's answer: the next pair on screen."""
        duel = self._source.next()
        if stale():
            return
        self.duel = duel
        self.grid.load(duel.fields)
        self._set_busy(False)


def _fields(field: FieldSettings | Sequence[FieldSettings]) -> tuple[FieldSettings, ...]:
    looks = tuple(field) if isinstance(field, list | tuple) else (field,)
    for look in looks or (field,):
        check_field(look)
    return looks
