"""A field whose variances, shares and influences are known, and a track of two independent features."""

from dataclasses import replace

import numpy as np
import torch

from explorer.fields import Controls, FieldSettings
from tests.tracks import made_up_track

CHANNELS = torch.tensor([1.0, 2.0, 0.0])  # each channel's share, of mean square 5/3
COLUMNS = 640
VARIANCE_OF_X = (COLUMNS**2 - 1) / 12 * (2 / 360) ** 2  # of the evenly spaced pixels of a 640 x 360 frame


class TwoFeatures(FieldSettings):
    """0.5 + share (x x + t time + bass b + mid m + together x b), each with a weight of its own."""

    kind: str = "two features"
    features: tuple[str, ...] = ("bass", "mid")
    x: float = 0.3
    t: float = 0.4
    bass: float = 0.2
    mid: float = 0.1
    together: float = 0.0

    def controls(self, track, times):
        time = 2 * np.asarray(times) / track.duration - 1
        values = np.column_stack([track.at(times, self.features), time])
        return Controls(values.astype(np.float32), ("bass", "mid", "time"))

    def pixel_inputs(self, xy):
        return xy.T.copy()

    def prepare(self, controls):
        return PreparedTwoFeatures(self, controls)


class PreparedTwoFeatures:
    def __init__(self, field, controls):
        self.field, self.values = field, torch.from_numpy(controls.values)

    def colors(self, xy, pixel, dtype=torch.float32):
        field, x = self.field, xy[None, :, 0]
        bass, mid, time = (column[:, None] for column in self.values.unbind(1))
        total = field.x * x + field.t * time + field.bass * bass + field.mid * mid + field.together * x * bass
        return 0.5 + CHANNELS * total[..., None]

    def kernel(self, dtype):
        return "made up"

    def draw(self, moment, pixel_inputs, pixel, out, dtype=torch.float32):
        out[:] = 128


def square_track():
    """Ten seconds; bass is -1, then 1, and mid the same twice: independent, of variance 1."""
    track = made_up_track(duration=10.0)
    values = np.zeros_like(track.values)
    for name, period in (("bass", 10.0), ("mid", 5.0)):
        values[:, track.names.index(name)] = np.where(track.times % period < period / 2, -1, 1)
    return replace(track, values=values)
