"""The levels of the sound at each moment, as the families of patterns use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.fields.controls import Controls

HUE_SHIFT = 0.16  # of the palette, from the darkest sound to the brightest

Levels = Any  # an array (moments), or an expression that becomes a shader


@dataclass(frozen=True, eq=False)
class AudioLevels:
    """One number per moment each; levels run from 0 in silence to the audio gain at the track's loudest."""

    phase: Levels  # time plus the integral of energy: what moves, never jumps
    bass: Levels
    mid: Levels
    treble: Levels
    onset: Levels
    rough: Levels  # from tones, -1, to noise, 1, times the audio gain
    hue: Levels  # shift along the palette

    @staticmethod
    def from_controls(controls: Controls, audio_gain: float | Levels) -> AudioLevels:
        """From the columns of `Patterns.controls`."""
        columns = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        zero = np.zeros(len(controls.values))
        bass, mid, treble, onset = (
            audio_gain * (columns.get(name, zero - 1) + 1) / 2 for name in ("bass", "mid", "treble", "onset")
        )
        phase = columns["time"] + columns["motion"]
        timbre = {name: audio_gain * columns.get(name, zero) for name in ("flatness", "centroid")}
        return AudioLevels(
            phase, bass, mid, treble, onset, timbre["flatness"], HUE_SHIFT * timbre["centroid"]
        )
