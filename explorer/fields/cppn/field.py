"""The CPPN field: a compositional pattern-producing network with random weights.

Stanley, "Compositional pattern producing networks", Genetic Programming and Evolvable Machines 8 (2007).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32, Float64

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows
from explorer.audio.features import TIMBRES
from explorer.fields.clock import SILENT_RATE, integral, sound_rate
from explorer.fields.controls import Controls
from explorer.fields.cppn.presets import EARLIER_PRESETS, PRESETS
from explorer.fields.cppn.settings import CPPNSettings
from explorer.fields.prepared import Prepared

CLOCK_SPEED = 1.0  # seconds for a unit of the clock


@lru_cache(maxsize=8)
def frame_clock(track: FeatureTrack) -> Float64[np.ndarray, "frames 1"]:
    """The clock that runs on sound at every frame, about as fast as seconds on loud music."""
    return integral(CLOCK_SPEED * (SILENT_RATE + sound_rate(track))[:, None], track.fps)


class CPPN(CPPNSettings):
    """An untrained MLP from (x, y, time, features...) to color.

    Coordinates span +-`coord_scale` on the shorter side, time [-1, 1] across the track or each `time_span`
    seconds, features +-0.05 x `audio_gain`. Hidden activations cycle sin, cos, gaussian, tanh; weights are
    Xavier-uniform with `gain`, biases zero, and a sigmoid makes the output. The bare class is the
    published 256 x 4 network; `CPPN.preset(name)` gives ready looks.
    """

    preset_settings: ClassVar = PRESETS
    earlier_presets: ClassVar = EARLIER_PRESETS

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """Columns `time` (in [-1, 1] over one span, growing beyond) and the features in [-1, 1].

        A painted network has levels in [0, 1] and a time of 1, so that it is at rest in silence.
        When weights or settings are animated, more columns hold their values: see `animated.columns`.
        """
        track = self.routed(track)
        span = track.duration if self.time_span == "track" else self.time_span
        moments = np.asarray(times, dtype=np.float64)
        if self.sound_clock > 0:
            clock = interpolate_rows(frame_clock(track), moments * track.fps)[:, 0]
            moments = moments + self.sound_clock * (clock - moments)
        time = 2 * moments / float(span) - 1
        features = track.at(times, self.features)
        if self.weights:  # silence shows the picture: levels count from their rest, time is constant
            rests = [0.0 if name in TIMBRES else -1.0 for name in self.features]
            time, features = np.ones_like(time), (features - rests) / (1 - np.array(rests))
        values, names = np.column_stack((time, features)), ("time", *self.features)
        if self.is_animated:
            from explorer.fields.cppn.animated import columns

            more = columns(self, track, np.asarray(times, dtype=np.float64))
            values, names = np.column_stack((values, *more.values())), (*names, *more)
        return self.completed(Controls(values.astype(np.float32), names), track, times)

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: of a painted picture its weights, and PSNR and SSIM at rest and loud."""
        if not self.weights:
            return super().notes(track)
        from explorer.fields.cppn.painted import painting_notes

        return super().notes(track) | painting_notes(self, track)

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y (folded by the symmetry, scaled) and the radius when it is an input."""
        import torch

        from explorer.fields.cppn.drawing import pixel_inputs

        return pixel_inputs(self, torch.from_numpy(xy)).numpy()

    def prepare(self, controls: Controls) -> Prepared:
        """Folds time and features of each moment into one bias of the first layer."""
        if self.is_animated:
            from explorer.fields.cppn.animated import AnimatedCPPN

            return AnimatedCPPN(self, controls)
        from explorer.fields.cppn.drawing import PreparedCPPN

        return PreparedCPPN(self, controls)
