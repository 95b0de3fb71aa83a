"""A field whose variances and correlations are known exactly."""

from dataclasses import replace

import numpy as np
import torch

from explorer.fields import Controls, FieldSettings
from tests.tracks import made_up_track

X, T, A = 0.3, 0.4, 0.2
CHANNELS = torch.tensor([1.0, 2.0, 0.0])  # each channel's share, of mean square 5/3
POWER = 5 / 3


class Linear(FieldSettings):
    """0.5 + share (x + t + a), each with a weight of its own."""

    kind: str = "linear"
    features: tuple[str, ...] = ("bass",)
    x: float = X
    t: float = T
    a: float = A

    def controls(self, track, times):
        columns = [track.at(times, ("bass",))[:, 0], 2 * np.asarray(times) / track.duration - 1]
        return Controls(np.column_stack(columns).astype(np.float32), ("bass", "time"))

    def prepare(self, controls):
        return PreparedLinear(self, controls)


class PreparedLinear:
    evaluated = 0  # colors, over all of them

    def __init__(self, field, controls):
        self.field, self.values = field, torch.from_numpy(controls.values)

    def colors(self, xy, pixel, dtype=torch.float32):
        field, (audio, time) = self.field, self.values.unbind(1)
        PreparedLinear.evaluated += len(self.values) * len(xy)
        total = field.x * xy[None, :, 0] + (field.t * time + field.a * audio)[:, None]
        return 0.5 + CHANNELS * total[..., None]


def half_and_half(duration=10.0):
    """A track whose bass is -1 in one half and 1 in the other: variance 1."""
    track = made_up_track(duration=duration)
    values = np.where(track.times < duration / 2, -1, 1).astype(np.float32)
    return replace(track, values=np.tile(values[:, None], (1, len(track.names))))
