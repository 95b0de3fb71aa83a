"""`ex.atlas_map`: the map of an atlas, whose looks move, open in the panel and breed."""

from __future__ import annotations

import html
from pathlib import Path

import ipywidgets as widgets
from IPython.display import display

from explorer.errors import SettingsError
from explorer.evolution import Breeding
from explorer.experiments import Atlas
from explorer.experiments.atlases.cells import Cell, map_picture
from explorer.experiments.library.lookup import load
from explorer.experiments.runs.recipe import find_audio
from explorer.experiments.runs.run_folder import is_starred, set_star
from explorer.fields import FieldSettings
from explorer.formatting import count_text
from explorer.notebook.atlas.atlas_map import AtlasMap
from explorer.notebook.breeding.breeding_view import BreedingView
from explorer.notebook.live.field_grid import FieldGrid
from explorer.notebook.panel.panel import Panel
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.boxes import box, card, push_button, small_button
from explorer.notebook.widgets.error_line import ErrorLine
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.markup import CSS, badge, muted
from explorer.notebook.widgets.show import encode_jpeg
from explorer.notebook.widgets.static_output import StaticOutput, widget_bundle

PLAYER_SIZE = (320, 180)
POPULATION = 12


def atlas_map(atlas: Atlas | str | Path, explorations: str | Path | None = None) -> AtlasView:
    """The map of an atlas, by its folder or name, to look at.

    Under the pointer a look moves with the sound; a click opens it in a panel; a box selects looks for *Breed
    these*. The arrow keys, Enter and the space bar do the same. Running the cell again closes the previous
    view. Raises ExplorerError.
    """
    cells.prepare()
    result = atlas if isinstance(atlas, Atlas) else load(atlas, explorations)
    if not isinstance(result, Atlas):
        raise SettingsError(f"{atlas} is no atlas; see: explorer runs --kind atlas")
    view = AtlasView(result)
    cells.register(view)
    return view


class AtlasView:
    """The result of `atlas_map`. `key` is the look that moves, `selection` the keys in the box.

    `panel` and `breeding` are what was opened last. `wait` waits until looks are bred; `close` ends it all.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self.panel: Panel | None = None
        self.breeding: BreedingView | None = None
        self.player: FieldGrid | None = None
        self.key = ""
        self.selection: list[str] = []
        self._keys: dict[Cell, str] = {}
        self._errors, self._static_output = ErrorLine(), StaticOutput()
        self._make_widgets()
        self._worker: LatestWorker[list[FieldSettings]] = LatestWorker(
            self._start_breeding, self._errors.show, name="explorer-atlas"
        )
        cells.reply_from_any_subshell(self.widget)
        self.update()

    @property
    def error(self) -> str:
        """The error line as HTML; empty when nothing went wrong."""
        return str(self._errors.widget.value)

    def update(self) -> None:
        """Show what the folder holds now: an atlas may still be searching."""
        spec, elites = self.atlas.specification, self.atlas.elites
        places = zip(elites["column"].tolist(), elites["row"].tolist(), strict=True)
        self._keys = dict(zip(places, map(str, elites.index), strict=True))
        with self.map.hold_sync():
            self.map.filled = [list(cell) for cell in self._keys]
            self.map.picture = encode_jpeg(map_picture(self.atlas.pictures, spec.cells, spec.picture))
        self.select([key for key in self.selection if key in self._keys.values()])
        if self._keys and not self.key:
            self.hover(str(elites["metrics.quality"].idxmax()))

    def hover(self, key: str) -> None:
        """Let a look move."""
        field, track = self.atlas[key].field, self.atlas.track
        self.key = key
        if self.player is None:
            spec = self.atlas.specification
            self.player = FieldGrid(
                [field], track, columns=1, loop=(spec.begin, spec.seconds), size=PLAYER_SIZE
            )
            self._player_box.children = (self.player,)
        else:
            self.player.load([field])
        self._show_words()

    def open(self, key: str) -> None:
        """Open a look in a panel below."""
        self.hover(key)
        if self.panel is not None:
            self.panel.close()
        recipe, folder = self.atlas[key].recipe, self.atlas.folder
        sound = find_audio(recipe, folder)
        self.panel = Panel(sound, self.atlas.track, recipe.field, explorations=folder.parent)
        self._panel_box.children = (self.panel.widget,)

    def select(self, keys: list[str]) -> None:
        """Select the best looks of a box, for *Breed these*; no more than a generation holds."""
        quality = self.atlas.elites["metrics.quality"]
        self.selection = sorted(keys, key=lambda key: -quality[key])[:POPULATION]
        self.map.selected = [list(cell) for cell, key in self._keys.items() if key in self.selection]
        self.breed_button.disabled = not self.selection
        self._show_words()

    def breed(self) -> None:
        """Breed from the selected looks in a view below; returns at once. Raises SettingsError."""
        if not self.selection:
            raise SettingsError("no look is selected: drag a box over some of the map, then Breed these")
        self._busy.value = muted("breeding ...")
        self._worker.submit([self.atlas[key].field for key in self.selection])

    def star(self) -> None:
        """Give the look that moves a star, or take it away."""
        folder = self.atlas[self.key].folder
        set_star(folder, not is_starred(folder))
        self._show_words()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until looks are bred; false when it took too long."""
        return self._worker.wait(timeout)

    def close(self) -> None:
        """End the threads and the widgets. May be called twice."""
        cells.unregister(self)
        self._worker.close()
        for part in (self.panel, self.breeding, self.player):
            if part is not None:
                part.close()
        cells.close_tree(self.widget)

    def __enter__(self) -> AtlasView:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"map of {self.atlas!r}"

    def _ipython_display_(self) -> None:
        self._static_output.display(self.atlas.map_pixels(), repr(self))
        display(widget_bundle(self.widget, repr(self)), raw=True)  # type: ignore[no-untyped-call]

    def _make_widgets(self) -> None:
        spec = self.atlas.specification
        handle = self._errors.handler
        self.map = AtlasMap(
            {
                "hover": lambda places: handle(lambda: self.hover(self._keys[places[0]]))(),
                "open": lambda places: handle(lambda: self.open(self._keys[places[0]]))(),
                "select": lambda places: handle(lambda: self.select([self._keys[cell] for cell in places]))(),
            },
            cells=spec.cells,
            axes=list(spec.axes),
        )
        self.breed_button = push_button("Breed these", "heart", "a breeding of the looks in the box")
        self.star_button = small_button("\N{WHITE STAR}", "give the look that moves a star")
        self.open_button = small_button("Open in panel", "open the look that moves")
        self.update_button = small_button("Refresh", "show what the folder holds now")
        for button, action in (
            (self.breed_button, self.breed),
            (self.star_button, self.star),
            (self.open_button, lambda: self.open(self._moving_key())),
            (self.update_button, self.update),
        ):
            button.on_click(handle(action))
        self.line, self._busy = widgets.HTML(), widgets.HTML()
        self._player_box, self._panel_box, self._breeding_box = widgets.VBox(), widgets.VBox(), widgets.VBox()
        tools = box(
            widgets.HBox, "explorer-tools", self.open_button, self.star_button, self.breed_button,
            self.update_button,
        )  # fmt: skip
        name = html.escape(self.atlas.specification.base.audio.name)
        head = box(
            widgets.HBox, "explorer-head", widgets.HTML(f'{CSS}<span class="explorer-title">{name}</span>')
        )
        side = widgets.VBox([self._player_box, self.line, tools, self._busy, self._errors.widget])
        whole = card("atlas", widgets.HBox([self.map, side], layout={"flex_flow": "row wrap"}))
        self.widget = box(widgets.VBox, "explorer-panel", head, whole, self._breeding_box, self._panel_box)

    def _moving_key(self) -> str:
        if not self.key:
            raise SettingsError("no look of this atlas lives yet; Refresh when more are judged")
        return self.key

    def _show_words(self) -> None:
        lines = [html.escape(self.atlas.words)]
        if self.key:
            row = self.atlas.table.loc[self.key]
            values = [f"{name.replace('_', ' ')} {row[f'metrics.{name}']:.2f}" for name in self.map.axes]
            starred = is_starred(Path(row["folder"]))
            self.star_button.description = "\N{BLACK STAR}" if starred else "\N{WHITE STAR}"
            self.star_button.tooltip = "remove the star" if starred else "give the look that moves a star"
            lines.append(
                f"<b>{self.key}</b> {badge(str(row['verdict']))}: {', '.join(values)}, "
                f"quality {row['metrics.quality']:.2f}"
            )
        if self.selection:
            lines.append(f"{count_text(len(self.selection), 'look')} selected")
        self.line.value = "<br>".join(lines)

    def _start_breeding(self, fields: list[FieldSettings], stale: StaleCheck) -> None:
        """The worker's answer: a breeding of some looks, and its view."""
        spec = self.atlas.specification
        try:
            sound = find_audio(spec.base, self.atlas.folder)
            breeding = Breeding.start(
                fields, sound, population=POPULATION, begin=spec.begin, seconds=spec.seconds,
                explorations=self.atlas.folder.parent,
            )  # fmt: skip
            breeding.breed()
        finally:
            self._busy.value = ""
        if stale():
            return
        if self.breeding is not None:
            self.breeding.close()
        self.breeding = BreedingView(breeding)
        self._breeding_box.children = (self.breeding.widget,)
