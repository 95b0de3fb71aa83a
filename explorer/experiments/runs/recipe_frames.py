"""The frames of a recipe: when each of them is, and what draws them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.experiments.runs.recipe import Recipe
from explorer.fields import Grid
from explorer.rendering import Device, Exposure, Renderer
from explorer.rendering.frames import Size
from explorer.rendering.loop import Loop


@dataclass(frozen=True)
class RecipeFrames:
    """A recipe with its track and the device that draws it."""

    recipe: Recipe
    track: FeatureTrack
    device: Device
    threads: int | None = None  # None: all cores

    @cached_property
    def times(self) -> Float64[np.ndarray, " frames"]:
        """Seconds of every frame. Raises SettingsError when the excerpt starts after the end of the sound."""
        return self.recipe.frames.times(self.track.duration)

    @cached_property
    def exposure(self) -> Exposure | None:
        """How far the flash limit calms and dims each moment; None when it is off."""
        recipe = self.recipe
        mode = recipe.frames.flash_limit
        return (
            None
            if mode == "off"
            else Exposure(recipe.field, self.track, recipe.frames.size, self.threads, mode)
        )

    @cached_property
    def loop(self) -> Loop | None:
        """How the end fades into the beginning; None where it does not."""
        if not self.recipe.frames.loop:
            return None
        start = float(self.times[0])
        return Loop(start, start + float(len(self.times) / self.recipe.frames.fps))

    def renderer(self) -> Renderer:
        """What draws the frames; a context manager."""
        return self._renderer(self.recipe.frames.size, self.exposure)

    def sample_renderer(self, size: Size | Grid) -> Renderer:
        """The same for frames of another size, without the flash limit: to measure how long drawing takes."""
        return self._renderer(size, None)

    def _renderer(self, size: Size | Grid, exposure: Exposure | None) -> Renderer:
        return Renderer(
            self.recipe.field,
            self.track,
            size,
            device=self.device,
            threads=self.threads,
            exposure=exposure,
            loop=self.loop,
        )
