"""A run: one rendered recipe, in one folder under explorations/."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError, ReadError
from explorer.experiments.runs import manifest, run_folder
from explorer.experiments.runs.recipe import Recipe, load_recipe
from explorer.fields import FieldSettings
from explorer.files import path_within
from explorer.formatting import count_text, duration_text, percent_text, size_text


@dataclass(frozen=True, repr=False)
class Run:
    """A finished or unfinished run, by its folder."""

    folder: Path

    @property
    def video(self) -> Path:
        """The video, with sound where its container has any."""
        return run_folder.video_path(self.folder)

    @property
    def poster(self) -> Path:
        """One frame as a picture."""
        return self.folder / run_folder.POSTER

    @property
    def sheet(self) -> Path:
        """The contact sheet of evenly spaced frames."""
        return self.folder / run_folder.SHEET

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What happened: status, machine, device, performance, hashes of the files."""
        return manifest.read(self.folder)

    @cached_property
    def recipe(self) -> Recipe:
        """What determines the result, ready to be rendered again."""
        return load_recipe(self.folder / run_folder.RECIPE)

    @property
    def field(self) -> FieldSettings:
        """The field that was drawn."""
        return self.recipe.field

    def clip(self) -> Any:
        """The video as a moviepy clip, for cuts, comparisons and titles."""
        from explorer.video import open_clip

        return open_clip(path_within(self.folder, self.video.name))

    def report(self) -> str:
        """The performance in a few lines of plain text. Raises ExplorerError where there is none."""
        try:
            values = self.manifest["performance"]
            lines = [
                f"{count_text(values['frames'], 'frame')} in {duration_text(values['seconds'])}: "
                f"{values['fps']:.1f} fps, {values['megapixels_per_second']:.2f} Mpx/s, "
                f"{values['times_real_time']:.2f} x real time",
                f"drawn on {values['device']} ({values['kernel']}, {values['threads']} threads), "
                f"peak memory {size_text(values['peak_memory_mb'] * 1e6)}",
            ]
            if values["gpu"]:
                lines.append(f"GPU memory at peak {size_text(values['gpu']['peak_memory_mb'] * 1e6)}")
        except (KeyError, TypeError):  # None, or without some of them
            raise ExplorerError(f"{self.folder.name} has no figures: it did not end, or is damaged") from None
        return "\n".join(lines)

    @property
    def flash_words(self) -> str:
        """What the flash limiter changed, in words; empty where it left every frame alone."""
        limit, parts = self.manifest.get("flash_limit") or {}, []
        for share, lowest, words in (
            ("calmed", "least_swing", "calmed: fast changes with the sound are reduced, down to"),
            ("dimmed", "least_exposure", "dimmed: the light is turned down, to"),
        ):
            if frames := round(limit.get(share, 0) * self.manifest["performance"]["frames"]):
                count = count_text(frames, "frame was", "frames were")
                parts.append(f"{count} {words} {percent_text(limit[lowest])}")
        reason = ". More than three flashes a second can cause seizures"
        return "; ".join(parts) + reason if parts else ""

    def __repr__(self) -> str:
        """What a prompt shows: the folder, and what the flash limiter changed."""
        return "\n".join([f"Run({str(self.folder)!r})", *self._notes])

    @property
    def _notes(self) -> list[str]:
        """What the flash limiter changed and how to avoid that, of a run that ended."""
        try:
            words = self.flash_words
        except (ExplorerError, KeyError, TypeError):  # it did not end, or is damaged
            return []
        return [f"{words}; flash_limit=False draws them"] if words else []

    def _repr_html_(self) -> str:
        try:
            status = html.escape(self.manifest.get("status") or "damaged")
        except ReadError:
            status = "damaged"
        name = html.escape(self.folder.name)
        # the name alone: notebooks travel, paths do not
        return "<br>".join([f"<b>{name}</b> ({status})", *map(html.escape, self._notes)])


def device_of_run(folder: Path) -> str:
    """What to draw on to repeat a run: the kind of device that its manifest names; `auto` without one."""
    from explorer.rendering.devices import resolve_again

    try:
        device = manifest.read(folder).get("device") or {}
    except ReadError:
        return "auto"
    return resolve_again(device.get("type") or "auto", device.get("name") or "").request
