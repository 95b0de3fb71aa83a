"""`ex.breed`: twelve looks move on a stretch of a song; the ones that somebody likes have children."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from explorer.errors import SettingsError, Stopped
from explorer.evolution import Breeding, Individual
from explorer.evolution.locks import LOCKS
from explorer.evolution.specimens import picture_size
from explorer.evolution.taste.taste import Taste
from explorer.experiments.library.looks import save_look
from explorer.experiments.library.lookup import find_folder
from explorer.experiments.runs.sound_input import AudioInput
from explorer.fields import FieldSettings
from explorer.formatting import count_text
from explorer.notebook.breeding.key_listener import KeyListener
from explorer.notebook.breeding.look_tile import KEYS, LookTile
from explorer.notebook.breeding.loops import draw_loop
from explorer.notebook.live.field_board import FieldBoard
from explorer.notebook.live.field_grid import MAX_FIELDS
from explorer.notebook.panel.panel import Panel
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.accessibility import AccessibleNames
from explorer.notebook.widgets.boxes import box, card, push_button, small_button
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.lru_cache import LRUCache
from explorer.notebook.widgets.markup import CSS, muted
from explorer.notebook.widgets.static_output import StaticOutput, widget_bundle
from explorer.threads import usable_threads, use_single_torch_thread

MAX_CACHED_LOOPS = 60
BOARD_SCALE = 2  # of what the page draws, relative to the loops of the kernel
BREEDING = "breeding ..."
VIEW_KEYS = [*KEYS, *"bsoBSO", "Enter", "Backspace"]


def breed(
    audio: AudioInput | None = None,
    field: FieldSettings | Sequence[FieldSettings] | None = None,
    *,
    population: int = 12,
    seed: int = 0,
    begin: float | None = None,
    seconds: float = 4.0,
    start: str | None = None,
    resume: str | Path | None = None,
    explorations: str | Path | None = None,
) -> BreedingView:
    """Breed looks by eye: click those that you like, then *Breed*.

    The first generation holds looks that ship, or `field` (one or several) and variations of it. All move on
    `seconds` of the song from `begin`, around its loudest moment unless given. `start="taste"` begins with
    the looks of the explorations folder that `Taste` scores highest, and warns where that is no better than
    chance. Everything is logged in a new `breed_...` folder, so that `breed(resume=folder)` goes on after a
    restart; `ex.runs()` lists every look. Running the cell again closes the previous view. Raises
    ExplorerError.
    """
    cells.prepare()
    if start not in (None, "taste"):
        raise SettingsError(f"start: got {start!r}; allowed: 'taste', or none for looks that ship")
    if start and field is not None:
        raise SettingsError("start='taste' brings its looks; leave field out")
    if resume is not None:
        if audio is not None or field is not None or start:
            raise SettingsError("a resumed breeding has its sound and looks; leave audio and field out")
        breeding = Breeding.resume(find_folder(resume, explorations))
        if not breeding.generations:
            breeding.breed()
    elif audio is None:
        raise SettingsError("name a sound file, as in breed('song.ogg')")
    else:
        if start:
            taste = Taste(explorations)
            field = taste.favorites(population)
            taste.warn_unless_predictive()
        breeding = Breeding.start(
            field, audio, population=population, seed=seed, begin=begin, seconds=seconds,
            explorations=explorations,
        )  # fmt: skip
        breeding.breed()
    view = BreedingView(breeding)
    cells.register(view)
    return view


@dataclass(frozen=True)
class Task:
    """A generation to show, or a choice to breed from first."""

    generation: int = -1
    selection: tuple[str, ...] = ()
    strength: float = 0.5
    locks: tuple[str, ...] = ()


class BreedingView:
    """The result of `breed`. `breeding` holds the generations, `selection` the keys of the chosen looks.

    The page draws what moves, where it can, and the kernel the other looks. `wait` waits until everything is
    bred and the kernel's part is drawn; `close` ends the threads.
    """

    def __init__(self, breeding: Breeding) -> None:
        self.breeding = breeding
        self.generation = len(breeding.generations) - 1
        self.selection: list[str] = []
        self.panel: Panel | None = None
        self._closed = False
        self._lock = threading.RLock()
        self._errors, self._static_output = ErrorLine(), StaticOutput()
        self._loops: LRUCache[str, bytes] = LRUCache(MAX_CACHED_LOOPS)
        self._answers: dict[str, bool] = {}  # of the page: whether it draws an individual that is on screen
        self.board: FieldBoard | None = None
        self._make_widgets()
        self._worker = LatestWorker(self._work, self._fail, name="explorer-breeding")
        cells.reply_from_any_subshell(self.widget)
        self.show(self.generation)

    @property
    def individuals(self) -> list[Individual]:
        """The looks on screen."""
        return self.breeding.individuals(self.generation)

    @property
    def error(self) -> str:
        """The error line as HTML; empty when nothing went wrong."""
        return str(self._errors.widget.value)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything is bred and drawn; false when it took too long."""
        return self._worker.wait(timeout)

    def select(self, *keys: str) -> None:
        """Choose some individuals, or drop those that are chosen."""
        for key in keys:
            self.breeding[key]  # raises SettingsError
            (self.selection.remove if key in self.selection else self.selection.append)(key)
        self._show_selection()

    def breed(self) -> None:
        """Breed from the chosen looks; returns at once. Raises SettingsError where nothing is chosen."""
        if not self.selection:
            raise SettingsError("nothing is chosen: click the looks that you like, then Breed")
        locks = tuple(lock for lock, button in self.locks.items() if button.value)
        self._set_busy(True)
        self._worker.submit(Task(-1, tuple(self.selection), self.strength.value, locks))

    def show(self, generation: int) -> None:
        """Show a generation; its looks begin to move one after the other."""
        with self._lock:
            self.generation = min(max(generation, 0), len(self.breeding.generations) - 1)
            individuals = self.individuals
            for place, tile in enumerate(self.tiles):
                individual = individuals[place] if place < len(individuals) else None
                tile.show(individual, individual is not None and individual.key in self.selection)
                if individual and (loop := self._loops.get(individual.key)):
                    tile.animate(loop)
            self._answers = {}
            self._show_fields([individual.field for individual in individuals])
            self.back_button.disabled = self.generation == 0
            self.forward_button.disabled = self.generation == len(self.breeding.generations) - 1
            self._show_selection()
        self._worker.submit(Task(self.generation))

    def open_panel(self) -> None:
        """Open the look that was chosen last in a panel below."""
        individual = self._last_look()
        if self.panel is not None:
            self.panel.close()
        track = self.breeding.track
        if track.source is None:
            raise SettingsError(
                f"{track.name} was not found; put the file beside {self.breeding.folder.name}"
            )
        self.panel = Panel(track.source, track, individual.field, explorations=self.breeding.folder.parent)
        self._panel_box.children = (self.panel.widget,)

    def save(self) -> None:
        """Save the look that was chosen last under the name that was typed."""
        individual = self._last_look()
        look = save_look(individual.field, self.name.value)
        self.line.value = muted(f"saved {individual.key} as '{look.name}'; --preset draws it from now on")

    def star(self, tile: LookTile) -> None:
        """Give a look a star, or take it away."""
        if tile.individual is not None:
            tile.individual.star(not tile.individual.starred)
            tile.select(tile.individual.key in self.selection)

    def press(self, key: str) -> None:
        """What a key does: a look's own chooses it, Enter breeds, Backspace goes back, s stars, o opens."""
        actions: dict[str, Callable[[], Any]] = {
            "enter": self.breed,
            "b": self.breed,
            "backspace": lambda: self.show(self.generation - 1),
            "o": self.open_panel,
            "s": self._star_last,
        }
        place = KEYS.find(key)
        if len(key) == 1 and 0 <= place < len(self.individuals):
            self.select(self.individuals[place].key)
        elif action := actions.get(key.lower()):
            action()

    def close(self) -> None:
        """End the thread and the widgets, and say in the manifest that nobody breeds any more."""
        with self._lock:
            closed, self._closed = self._closed, True
        if closed:
            return
        cells.unregister(self)
        self._worker.close()
        for part in (self.panel, self.board):
            if part is not None:
                part.close()
        cells.close_tree(self.widget)
        self.breeding.close()

    def __enter__(self) -> BreedingView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{self.breeding!r}, generation {self.generation} on screen"

    def _ipython_display_(self) -> None:
        self._static_output.display(self.breeding.sheet(self.generation), repr(self))
        display(widget_bundle(self.widget, repr(self)), raw=True)  # type: ignore[no-untyped-call]

    def _make_widgets(self) -> None:
        handler = self._errors.handler
        population = self.breeding.spec.population
        self.tiles = [LookTile(n, self._toggle, self.star, handler) for n in range(population)]
        self.breed_button = push_button("Breed", "heart", "children of the chosen looks (Enter)")
        self.breed_button.button_style = "primary"
        self.strength = widgets.FloatSlider(
            0.5, min=0, max=1, step=0.05, readout=False, description="refine ... leap",
            tooltip="how far children are from their parents", style={"description_width": "92px"},
            layout={"width": "260px"},
        )  # fmt: skip
        self.locks = {lock: self._lock_button(lock) for lock in LOCKS}
        self.back_button = small_button("\N{LEFTWARDS ARROW} back", "the generation before (Backspace)")
        self.forward_button = small_button("forward \N{RIGHTWARDS ARROW}", "the generation after")
        self.name = widgets.Text(placeholder="name of the look", layout={"width": "180px"})
        self.save_button = small_button("Save look", "save the look that was chosen last under this name")
        self.open_button = small_button("Open in panel", "open the look that was chosen last (o)")
        self.line = widgets.HTML()
        self._panel_box, self._board_box = widgets.VBox(), widgets.VBox(layout={"display": "contents"})
        for button, action in (
            (self.breed_button, self.breed),
            (self.back_button, lambda: self.show(self.generation - 1)),
            (self.forward_button, lambda: self.show(self.generation + 1)),
            (self.save_button, self.save),
            (self.open_button, self.open_panel),
        ):
            button.on_click(handler(action))
        keys = KeyListener(
            lambda key: handler(lambda: self.press(key))(), key_names=VIEW_KEYS, layout={"display": "none"}
        )
        names = AccessibleNames(layout={"display": "none"})
        title = f'<span class="explorer-title">{self._title}</span>'
        board = box(widgets.Box, "explorer-board", *(tile.widget for tile in self.tiles))
        tools = box(
            widgets.HBox, "explorer-tools", self.breed_button, self.strength, *self.locks.values(),
            self.back_button, self.forward_button,
        )  # fmt: skip
        looks = box(widgets.HBox, "explorer-tools", self.open_button, self.name, self.save_button)
        head = box(widgets.HBox, "explorer-head", widgets.HTML(CSS + title), keys, names, self._board_box)
        whole = card("generation", board, tools, looks, self.line, self._errors.widget)
        self.widget = box(widgets.VBox, "explorer-panel", head, whole, self._panel_box)
        self.widget.add_class("explorer-breeding")
        self.widget.add_class("explorer-keys")

    @property
    def _title(self) -> str:
        spec, name = self.breeding.spec, html.escape(self.breeding.track.name)
        return f"{name} <small>{spec.begin:.1f} to {spec.begin + spec.seconds:.1f} s</small>"

    def _lock_button(self, lock: str) -> widgets.ToggleButton:
        return widgets.ToggleButton(
            description=f"keep {lock}", tooltip=f"children have the {lock} of their first parent",
            layout={"width": "auto"},
        )  # fmt: skip

    def _toggle(self, tile: LookTile) -> None:
        if tile.individual is not None:
            self.select(tile.individual.key)

    def _last_look(self) -> Individual:
        if not self.selection:
            raise SettingsError("no look is chosen: click one first")
        return self.breeding[self.selection[-1]]

    def _star_last(self) -> None:
        key = self._last_look().key
        for tile in self.tiles:
            if tile.individual is not None and tile.individual.key == key:
                self.star(tile)

    def _show_selection(self) -> None:
        for tile in self.tiles:
            if tile.individual is not None:
                tile.select(tile.individual.key in self.selection)
        words = f"generation {self.generation} of {len(self.breeding.generations) - 1}"
        if self.selection:
            words += f"; chosen: {', '.join(self.selection)}"
        else:
            words += f"; click the looks that you like, then Breed ({count_text(len(self.breeding), 'look')})"
        self.line.value = muted(words)

    def _show_fields(self, fields: list[FieldSettings]) -> None:
        """Let the page draw what moves, if it can draw so many."""
        if self.board is not None:
            self.board.load(fields)
        elif FieldBoard.is_available() and len(fields) <= MAX_FIELDS:
            spec = self.breeding.spec
            width, height = (BOARD_SCALE * side for side in picture_size(spec.base.frames.size))
            self.board = FieldBoard(
                fields, self.breeding.track, loop=(spec.begin, spec.seconds), size=(width, height),
                on_answer=self._take_answer,
            )  # fmt: skip
            self._board_box.children = (self.board,)

    def _take_answer(self, index: int, draws: bool) -> None:
        """The page draws a look, or the kernel has to."""
        with self._lock:
            individual = self.tiles[index].individual
            if individual is None:
                return
            self._answers[individual.key] = draws
        if not draws and not self.breed_button.disabled:  # or it would take the place of breeding
            self._worker.submit(Task(self.generation))

    def _is_kernels(self, individual: Individual) -> bool:
        """Whether the kernel draws what moves: there is no page that draws, or it cannot draw this look."""
        page_draws = self.board is not None and self.board.page_draws
        return not self._answers.get(individual.key, page_draws)

    def _set_busy(self, busy: bool) -> None:
        for button in (self.breed_button, self.back_button, self.forward_button):
            button.disabled = busy
        if busy:
            self.line.value = muted(BREEDING)

    def _fail(self, error: Exception) -> None:
        self._set_busy(False)
        self._errors.show(error)

    def _work(self, task: Task, stale: StaleCheck) -> None:
        """The worker's answer: breed where something is selected, then draw what moves."""
        if task.selection:
            try:
                self.breeding.breed(task.selection, strength=task.strength, locks=task.locks)
            finally:
                self._set_busy(False)
            with self._lock:
                self.selection = []
            self.show(len(self.breeding.generations) - 1)
            return
        tiles = [tile for tile in self.tiles if tile.individual is not None]
        with ThreadPoolExecutor(usable_threads(), "explorer-loops", use_single_torch_thread) as pool:
            list(pool.map(lambda tile: self._animate(tile, task.generation, stale), tiles))

    def _animate(self, tile: LookTile, generation: int, stale: StaleCheck) -> None:
        """Draw the loop of a look, unless that was done or another generation is on screen."""
        spec, individual = self.breeding.spec, tile.individual
        if stale() or individual is None or individual.generation != generation:
            return
        if not self._is_kernels(individual):
            return
        with self._lock:
            loop = self._loops.get(individual.key)
        if loop is None:
            size = picture_size(spec.base.frames.size)
            try:
                loop = draw_loop(individual.field, self.breeding.track, size, spec.begin, spec.seconds, stale)
            except Stopped:
                return
        with self._lock:
            self._loops.put(individual.key, loop)
            if tile.individual == individual and not stale():
                tile.animate(loop)
