"""The graph field: a random graph of activations, with sound that runs outward."""

from __future__ import annotations

from itertools import chain
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Float32

from explorer.audio import FeatureTrack
from explorer.fields.controls import Controls
from explorer.fields.graph.presets import EARLIER_PRESETS, PRESETS
from explorer.fields.graph.settings import SOUND_INPUTS, GraphSettings
from explorer.fields.graph.timeline import delay_columns
from explorer.fields.prepared import Prepared


class GraphCPPN(GraphSettings):
    """A CPPN whose nodes take from any nodes before them, each with an activation of its own.

    Nodes see place, distance and angle, a slow circle of time and the sound, and are scaled so that no seed
    is dead (see `network`). The sound is heard twice: at once, and again when it has run outward to the
    pixel. The clock runs on sound: hits push it forward, and silence nearly stops it. `features` that are
    left out have no effect.
    """

    preset_settings: ClassVar = PRESETS
    earlier_presets: ClassVar = EARLIER_PRESETS
    sound_columns: ClassVar = ("motion", *chain.from_iterable(map(delay_columns, SOUND_INPUTS)))
    angle_columns: ClassVar = ("rotation",)

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """Columns `time`, `motion` and `rotation` (integrals of the clock), bass, mid and treble, each at the
        moment and some time ago.
        """
        from explorer.fields.graph import timeline

        track = self.routed(track)
        moments = np.asarray(times, dtype=np.float64)
        controls = timeline.controls(self, track, moments)
        if self.form.figure and not self.light.on:  # light brings the column itself
            controls = timeline.with_hits(controls, track, moments)
        return self.completed(controls, track, moments)

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y, and a fixed noise in [0, 1) for rounding to 8 bits (dither)."""
        from explorer.fields.graph.drawing import pixel_inputs

        return pixel_inputs(xy)

    def prepare(self, controls: Controls) -> Prepared:
        """The view, the waves of the warp, and what each distance from the center hears at each moment."""
        if self.form.figure or self.form.zoom_rate:
            from explorer.fields.graph.form import FormedGraph

            return FormedGraph(self, controls)
        from explorer.fields.graph.drawing import PreparedGraph

        return PreparedGraph(self, controls)
