"""The hand-written mapping: what each feature of the music does to a Julia set.

louder                   lighter; travels faster
change and hits          travel faster, c comes closer to the cardioid
bass                     the picture comes closer
treble                   the picture turns
brighter (centroid)      the hue turns on
noisier (zcr, flatness)  closer, and less colorful
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.features import TIMBRES
from explorer.fields.julia.parameters import PARAMETERS
from explorer.fields.julia.settings import JuliaSettings


def parameters_by_hand(settings: JuliaSettings, track: FeatureTrack) -> Float64[np.ndarray, "frames 7"]:
    """The visual parameters at every frame of a track, in the order of `PARAMETERS`, before clipping."""

    def level(name: str) -> np.ndarray:
        if name not in settings.features:
            return np.zeros(len(track.values))
        column = track.values[:, track.names.index(name)].astype(np.float64)
        return column if name in TIMBRES else (column + 1) / 2

    return np.column_stack(parameters_of_levels(level))


def parameters_of_levels(level: Callable[[str], Any]) -> list[Any]:
    """The visual parameters of levels by name, as arrays or expressions.

    Levels are 0 at rest and up to 1, timbres (from tones to noise) from -1 to 1.
    """
    loud, hit, change = level("rms"), level("onset"), level("flux")
    noisy = level("zcr") / 2 + level("flatness") / 2
    rest = {parameter.name: parameter.rest for parameter in PARAMETERS}
    rows = {
        "distance": rest["distance"] + 0.012 * loud - 0.020 * hit - 0.006 * change,
        "speed": 0.05 * loud + 0.25 * change + 0.55 * hit,
        "zoom": 0.90 + 0.14 * level("bass") + 0.10 * noisy,
        "turn": 0.025 * level("treble") + 0.035 * hit,
        "hue": 0.86 + 0.13 * level("centroid"),
        "saturation": rest["saturation"] + 0.20 * loud - 0.10 * noisy,
        "brightness": 0.50 + 0.45 * loud + 0.10 * hit,
    }
    return [rows[parameter.name] for parameter in PARAMETERS]
