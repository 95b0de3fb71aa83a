"""The Julia field: z^2 + c near the edge of the Mandelbrot set, moved by the music."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32

from explorer.audio import FeatureTrack
from explorer.fields.controls import Controls
from explorer.fields.julia.presets import EARLIER_PRESETS, PRESETS
from explorer.fields.julia.settings import JuliaSettings
from explorer.fields.prepared import Prepared
from explorer.progress import Progress, silent


class Julia(JuliaSettings):
    """The filled Julia set of z^2 + c, with c travelling close outside the main cardioid.

    Seven visual parameters (`parameters.PARAMETERS`) follow the music: by a hand-written mapping of
    `features` (`model="none"`; see `mapping`; features that are left out have no effect), or by a trained
    network, which takes the live features alone. Loudness and hits are integrated into motion, so nothing
    jumps.
    """

    preset_settings: ClassVar = PRESETS
    earlier_presets: ClassVar = EARLIER_PRESETS
    sound_columns: ClassVar = ("distance", "zoom", "hue", "saturation", "brightness")
    angle_columns: ClassVar = ("angle", "rotation")

    def analyze(
        self, audio: str | Path | FeatureTrack, *, progress: Progress = silent, **options: Any
    ) -> FeatureTrack:
        """See `FieldSettings.analyze`. A missing model is reported before the sound is analyzed."""
        if self.model != "none":
            from explorer.fields.julia.model import load_model

            load_model(self.model)
        return super().analyze(audio, progress=progress, **options)

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """Columns `time` (seconds), `angle` and `rotation` (radians), `distance`, `zoom`, `hue` (turns),
        `saturation`, `brightness`; c is at `angle` + travel x time. Raises ExplorerError without a model.
        """
        from explorer.fields.julia.timeline import controls

        track = self.routed(track)
        moments = np.asarray(times, dtype=np.float64)
        return self.completed(controls(self, track, moments), track, moments)

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: which model, and the hash of its weights."""
        from explorer.fields.julia.model import load_model

        if self.model == "none":
            return {"model": {"name": "none"}}
        return {"model": {"name": self.model, "sha256": load_model(self.model).sha256}}

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y, and a fixed noise in [0, 1) for rounding to 8 bits (dither)."""
        from explorer.fields.julia.drawing import pixel_inputs

        return pixel_inputs(xy)

    def prepare(self, controls: Controls) -> Prepared:
        """c, the rotation, the scale and the colors of each moment."""
        from explorer.fields.julia.drawing import PreparedJulia

        return PreparedJulia(self, controls)
