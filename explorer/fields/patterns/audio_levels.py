"""What patterns hear at each moment, as the families use it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from explorer.fields.base import Controls

SHIFT = 0.16  # of the palette, from the darkest sound to the brightest

Heard1D = Float64[np.ndarray, " moments"]


@dataclass(frozen=True, eq=False)
class Heard:
    """One number a moment each; levels run from 0 in silence to the audio gain where the track is loudest."""

    phase: Heard1D  # time and the energy heard so far: what moves, never jumps
    bass: Heard1D
    mid: Heard1D
    treble: Heard1D
    onset: Heard1D
    rough: Heard1D  # from tones, -1, to noise, 1, times the audio gain
    hue: Heard1D  # shift along the palette

    @staticmethod
    def of(controls: Controls, audio_gain: float | Heard1D) -> Heard:
        """From the columns that `Patterns.controls` makes."""
        columns = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        rest = np.zeros(len(controls.values))
        bass, mid, treble, onset = (
            audio_gain * (columns.get(name, rest - 1) + 1) / 2 for name in ("bass", "mid", "treble", "onset")
        )
        phase = columns["time"] + columns["motion"]
        timbre = {name: audio_gain * columns.get(name, rest) for name in ("flatness", "centroid")}
        return Heard(phase, bass, mid, treble, onset, timbre["flatness"], SHIFT * timbre["centroid"])
