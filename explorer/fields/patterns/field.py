"""The patterns field: four families of structured pictures, selected by the music."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32

from explorer.audio import FeatureTrack
from explorer.fields.base import check_field_and_track
from explorer.fields.controls import Controls
from explorer.fields.patterns.presets import EARLIER_PRESETS, PRESETS
from explorer.fields.patterns.settings import FamilyName, PatternSettings
from explorer.fields.prepared import Prepared


class Patterns(PatternSettings):
    """Four families of pictures: fractal branches, organic blobs, flowing curves, geometric polygons.

    `family="music"` lets the music select: loud passages are geometric, bright ones fractal, medium ones
    flow, quiet ones are organic (see `selection`). `family="sections"` does so section by section, and no
    two in a row are alike (see `section_selection`). A `timeline` of (seconds, family) sets it by hand, and
    `weights` (fractal, organic, flowing, geometric) mix two or more for the whole track. `features` that are
    left out have no effect.
    """

    preset_settings: ClassVar = PRESETS
    earlier_presets: ClassVar = EARLIER_PRESETS
    sound_columns: ClassVar = ("motion",)

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """Columns `time`, `motion` (the integral of energy), the share of each family, the features."""
        from explorer.fields.patterns.timeline import controls

        track = self.routed(track)
        moments = np.asarray(times, dtype=np.float64)
        return self.completed(controls(self, track, moments), track, moments)

    def families(self, track: FeatureTrack) -> list[tuple[float, float, FamilyName]]:
        """Which family has the largest share from when to when: (seconds, seconds, name), without gaps."""
        from explorer.fields.patterns.timeline import passages

        check_field_and_track(self, track)
        return passages(self, self.routed(track))

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: the families along the track."""
        return {
            "families": [[round(start, 3), name] for start, _, name in self.families(track)],
            **super().notes(track),
        }

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y, radius, angle, and a fixed noise in [0, 1) for rounding to 8 bits (dither)."""
        from explorer.fields.patterns.drawing import pixel_inputs

        return pixel_inputs(xy)

    def prepare(self, controls: Controls) -> Prepared:
        """The numbers of each family at each moment: positions, phases, sizes."""
        from explorer.fields.patterns.drawing import PreparedPatterns

        return PreparedPatterns(self, controls)
