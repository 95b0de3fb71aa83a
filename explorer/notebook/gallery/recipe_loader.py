"""Load what was made earlier, here or elsewhere: a recipe, a run folder, or the MP4 itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.experiments import Recipe, load_recipe
from explorer.notebook.widgets.panel_context import PanelContext
from explorer.notebook.widgets.layout import card
from explorer.notebook.widgets.thumbnail_grid import muted


class RecipeLoader:
    """A path, or a file from the browser's machine; what it holds goes into the controls."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self.path = widgets.Text(
            placeholder="run folder, recipe.json or MP4", description="path",
            tooltip="a run folder, a recipe.json or an MP4 that explorer made",
            style={"description_width": "40px"}, layout={"width": "auto", "flex": "1 1 auto"},
        )  # fmt: skip
        self.button = widgets.Button(description="Load", layout={"width": "auto"})
        self.button.tooltip = "show what this recipe says"
        self.upload = widgets.FileUpload(
            accept=".json,.mp4", description="File", layout={"width": "auto"},
            tooltip="a recipe.json or a short MP4 from your computer",
        )  # fmt: skip
        self.button.on_click(context.handler(self.load_path))
        self.upload.observe(context.handler(self._uploaded), "value")
        self.line = widgets.HTML()
        row = widgets.HBox([self.path, self.button, self.upload])
        self.widget = card("open", row, self.line)

    def load_path(self) -> None:
        """Load what the path names."""
        text = self.path.value.strip().strip("\"'")
        if not text:
            raise SettingsError("type the path of a run folder, a recipe.json or an MP4 that explorer made")
        self.load(Path(text).expanduser())

    def load(self, path: Path) -> None:
        """Show the recipe of a file or folder. Raises SettingsError for what holds none."""
        self._take(load_recipe(path), path.name)

    def _uploaded(self) -> None:
        for file in self.upload.value:
            with tempfile.TemporaryDirectory() as folder:  # the recipe of an MP4 is read by ffmpeg
                place = Path(folder, "uploaded").with_suffix(Path(file["name"]).suffix)
                place.write_bytes(file["content"])
                self._take(load_recipe(place), file["name"])

    def _take(self, recipe: Recipe, name: str) -> None:
        frames = recipe.frames
        one = frames.duration is not None and frames.duration * float(frames.fps) <= 1.5
        look = one and frames.start <= self._context.track.duration
        self._context.load(recipe.field, frames.start if look else None, as_reset_point=True)
        self.line.value = muted("; ".join([f"loaded {name}", *_otherwise(recipe, self._context)]))


def _otherwise(recipe: Recipe, context: PanelContext) -> list[str]:
    """Why the picture may not be that of the recipe."""
    found = []
    if recipe.audio.sha256 != context.track.sha256:
        found.append(f"it was made with the sound {recipe.audio.name}, here it meets {context.track.name}")
    if recipe.analysis.replace(extras=()) != context.track.settings.replace(extras=()):
        found.append("its sound was analysed with other settings")
    return found
