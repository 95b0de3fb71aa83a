"""Fields as a user writes them, in a file."""

import numpy as np
import torch

import explorer as ex

HEIGHT = 0.5


def distance(xy):
    return np.hypot(xy[:, 0], xy[:, 1])


class Ripples(ex.Field):
    """Rings; its wave is a function and a constant of this file away."""

    features = ("bass", "onset")
    rings = ex.knob(12.0, low=1, high=40, help="rings from the center to the edge")
    turns: int = ex.knob(3, low=1, high=9)
    preset_settings = {"wide": {"rings": 3.0}}  # noqa: RUF012

    def controls(self, track, times):
        return {"twice": 2 * times}

    def colors(self, controls, xy, pixel):
        radius = distance(xy)
        wave = np.sin(self.rings * radius - self.turns * controls.twice - 3 * controls.bass)
        return wave * HEIGHT + 0.5, radius / 2, 0.3 + 0.2 * controls.onset


class TorchRipples(ex.Field):
    """The same picture in torch, as one array."""

    features = ("bass", "onset")
    rings: float = 12.0

    def colors(self, controls, xy, pixel):
        radius = torch.hypot(xy[:, 0], xy[:, 1])
        wave = torch.sin(self.rings * radius - 6 * controls.time - 3 * controls.bass)
        blue = (0.3 + 0.2 * controls.onset).expand_as(wave)
        return torch.stack((wave * HEIGHT + 0.5, (radius / 2).expand_as(wave), blue), -1)


class Dunes(ex.Field):
    """A surface given by numbers."""

    features = ()

    def numbers(self, controls, xy, pixel):
        slope = np.broadcast_to(xy[:, 0], (len(controls), len(xy)))
        return slope, 0.2, 0.2, 0.2, 0.0
