"""The mapping by hand: what each feature of the music does to a Julia set.

louder                   lighter; travels faster
change and hits          travel faster, c comes closer to the cardioid
bass                     the picture comes closer
treble                   the picture turns
brighter (centroid)      the hue turns on
noisier (zcr, flatness)  closer, and less colourful
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.features import TIMBRES
from explorer.fields.julia.parameters import PARAMETERS

if TYPE_CHECKING:
    from explorer.fields.julia.settings import Julia


def by_hand(settings: Julia, track: FeatureTrack) -> Float64[np.ndarray, "frames 7"]:
    """The visual parameters at every frame of a track, in the order of `PARAMETERS`, before they are cut."""

    def heard(name: str) -> np.ndarray:
        """0 at rest; levels up to 1, timbres (of tones and of noise) from -1 to 1."""
        if name not in settings.features:
            return np.zeros(len(track.values))
        column = track.values[:, track.names.index(name)].astype(np.float64)
        return column if name in TIMBRES else (column + 1) / 2

    loud, hit, change = heard("rms"), heard("onset"), heard("flux")
    noisy = heard("zcr") / 2 + heard("flatness") / 2
    rest = {parameter.name: parameter.rest for parameter in PARAMETERS}
    rows = {
        "distance": rest["distance"] + 0.012 * loud - 0.020 * hit - 0.006 * change,
        "speed": 0.05 * loud + 0.25 * change + 0.55 * hit,
        "zoom": 0.90 + 0.14 * heard("bass") + 0.10 * noisy,
        "turn": 0.025 * heard("treble") + 0.035 * hit,
        "hue": 0.86 + 0.13 * heard("centroid"),
        "saturation": rest["saturation"] + 0.20 * loud - 0.10 * noisy,
        "brightness": 0.50 + 0.45 * loud + 0.10 * hit,
    }
    return np.column_stack([rows[parameter.name] for parameter in PARAMETERS])
