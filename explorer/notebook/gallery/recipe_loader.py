"""Loads an earlier result, made here or elsewhere: a recipe, a run folder, or the video itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.experiments import Recipe, load_recipe
from explorer.files import write_bytes
from explorer.notebook.widgets.boxes import card
from explorer.notebook.widgets.markup import muted
from explorer.notebook.widgets.panel_context import PanelContext
from explorer.video.containers import SUFFIXES

LOOK_FRAMES = 1.5  # a recipe of fewer frames is a saved look


class RecipeLoader:
    """A path, or a file from the browser's machine; its recipe goes into the controls."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self.path = widgets.Text(
            placeholder="folder, recipe or video", description="path",
            tooltip="a run folder, a recipe.json or a video that explorer made",
            style={"description_width": "40px"}, layout={"width": "auto", "flex": "1 1 auto"},
        )  # fmt: skip
        self.button = widgets.Button(
            description="Load", tooltip="load this recipe into the controls", layout={"width": "auto"}
        )
        self.upload = widgets.FileUpload(
            accept=",".join((".json", *SUFFIXES)), description="File", layout={"width": "auto"},
            tooltip="a recipe.json or a short video from your computer",
        )  # fmt: skip
        self.button.on_click(context.handler(self.load_path))
        self.upload.observe(context.handler(self._load_uploads), "value")
        self.line = widgets.HTML()
        row = widgets.HBox([self.path, self.button, self.upload])
        self.widget = card("open", row, self.line)

    def load_path(self) -> None:
        """Load the file or folder whose path was typed."""
        text = self.path.value.strip().strip("\"'")
        if not text:
            raise SettingsError("type the path of a run folder, a recipe.json or a video that explorer made")
        self.load(Path(text).expanduser())

    def load(self, path: Path) -> None:
        """Show the recipe of a file or folder. Raises SettingsError where there is none."""
        self._show(load_recipe(path), path.name)

    def _load_uploads(self) -> None:
        for file in self.upload.value:
            with tempfile.TemporaryDirectory() as folder:  # the recipe of a video is read by ffmpeg
                path = Path(folder, "uploaded").with_suffix(Path(file["name"]).suffix)
                write_bytes(path, file["content"])
                self._show(load_recipe(path), file["name"])

    def _show(self, recipe: Recipe, name: str) -> None:
        frames = recipe.frames
        is_look = frames.duration is not None and frames.duration * float(frames.fps) <= LOOK_FRAMES
        t = frames.start if is_look and frames.start <= self._context.track.duration else None
        self._context.load(recipe.field, t, as_reset_point=True)
        self.line.value = muted("; ".join([f"loaded {name}", *_sound_differences(recipe, self._context)]))


def _sound_differences(recipe: Recipe, context: PanelContext) -> list[str]:
    """Why the picture may differ from that of the recipe."""
    notes = []
    if recipe.audio.sha256 != context.track.sha256:
        notes.append(
            f"it was made with the sound {recipe.audio.name}, but this panel plays {context.track.name}"
        )
    if recipe.analysis.replace(extras=()) != context.track.settings.replace(extras=()):
        notes.append("its sound was analyzed with other settings")
    return notes
