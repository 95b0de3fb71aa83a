"""Networks whose weights and settings differ from moment to moment: keyframes, and weights that wander.

Between two seeds the weights go along an arc, W = cos(u pi/2) W0 + sin(u pi/2) W1, on which their variance,
and with it the character of the picture, stays the same (on a straight line it would shrink to a half).
Wandering is the same arc towards a point that circles through two more random networks:
cos(a) W + sin(a) (cos(p) A + sin(p) B), a = drift pi/2, p = 2 pi t / drift_span.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64, UInt8

from explorer.audio import FeatureTrack
from explorer.fields import keyframes
from explorer.fields.base import Controls
from explorer.fields.cppn.network import Network, PreparedCPPN, build
from explorer.fields.cppn.settings import CPPN

WANDERING = 7001  # the random stream that the two networks of the circle are seeded from


def columns(
    field: CPPN, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> dict[str, Float64[np.ndarray, " moments"]]:
    """What moves, by name: settings, `seed_from`, `seed_to` (places in `seeds`), `seed_share`, `wander`."""
    found = keyframes.values(field, track, times)
    if "seed" in keyframes.moving(field.keyframes):
        at, numbers = keyframes.knots(field, "seed", track)
        places = np.array([seeds(field).index(int(number)) for number in numbers])
        after = np.searchsorted(at, times, side="right").clip(1, len(at)) - 1
        last = np.minimum(after + 1, len(at) - 1)
        share = np.interp(times, at, np.arange(len(at))) - after
        found |= {"seed_from": places[after].astype(float), "seed_to": places[last].astype(float)}
        found["seed_share"] = np.where(places[after] == places[last], 0.0, share)
    if field.drift > 0 or "drift" in found:
        found["wander"] = 2 * np.pi * np.mod(times / field.drift_span, 1)
    return found


def seeds(field: CPPN) -> list[int]:
    """The seed of a field and those of its keyframes, as they stand there."""
    named = (value for keyframe in field.keyframes for name, value in keyframe.settings if name == "seed")
    return [field.seed, *map(int, named)]


class LivingCPPN:
    """A CPPN at some moments, each with a network of its own. See `Prepared`."""

    def __init__(self, field: CPPN, controls: Controls) -> None:
        inputs = 1 + len(field.features)
        still = field.at_rest
        self.moments = []
        for row in controls.values:
            said = dict(zip(controls.names[inputs:], map(float, row[inputs:]), strict=True))
            own = Controls(row[None, :inputs], controls.names[:inputs])
            field_now = still.replace(audio_gain=said["audio_gain"]) if "audio_gain" in said else still
            self.moments.append(PreparedCPPN(field_now, own, network(field, still, said)))

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`."""
        return torch.cat([moment.colors(xy, pixel, dtype) for moment in self.moments])

    def kernel(self, dtype: torch.dtype) -> str:
        """See `Prepared.kernel`."""
        return self.moments[0].kernel(dtype)

    def draw(
        self,
        moment: int,
        placed: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        self.moments[moment].draw(0, placed, pixel, out, dtype)


def network(field: CPPN, still: CPPN, said: dict[str, float]) -> Network:
    """The network of one moment, from its row of `columns`; `still` is the field at rest."""
    parts = [(_seeded(still, seed), share) for seed, share in _parts(field, said)]
    scales = _scales(field, said)
    weights = [np.zeros_like(matrix) for matrix in parts[0][0].weights]
    for layer, scale in enumerate(scales):
        for each, share in parts:
            weights[layer] += scale * np.float32(share) * each.weights[layer]
    base = parts[0][0]
    weights[0][:, : base.placed] *= np.float32(said.get("coord_scale", field.coord_scale) / field.coord_scale)
    deviations = [float(scale) * deviation for scale, deviation in zip(scales, base.deviations, strict=True)]
    return Network(tuple(weights), base.placed, tuple(deviations))


def _parts(field: CPPN, said: dict[str, float]) -> list[tuple[int, float]]:
    """Seeds and how much of the network of each is in the weights; the squares add up to 1."""
    known, arc = seeds(field), said.get("seed_share", 0.0) * math.pi / 2
    parts = [(known[int(said.get("seed_from", 0))], math.cos(arc))]
    if arc:
        parts.append((known[int(said["seed_to"])], math.sin(arc)))
    away = said.get("drift", field.drift) * math.pi / 2
    if away:
        around = np.random.RandomState([field.seed, WANDERING]).randint(0, 2**32, 2, dtype=np.uint64)
        turn = math.cos(said["wander"]), math.sin(said["wander"])
        parts = [(seed, share * math.cos(away)) for seed, share in parts]
        parts += [(int(seed), math.sin(away) * share) for seed, share in zip(around, turn, strict=True)]
    return parts


def _scales(field: CPPN, said: dict[str, float]) -> list[np.float32]:
    """By how much the weights of each layer are larger than those of the field at rest."""
    hidden = said.get("gain", field.gain)
    follows = hidden if field.output_gain is None else field.output_gain
    last = said.get("output_gain", follows) / field.resting("output_gain")
    return [*[np.float32(hidden / field.gain)] * field.layers, np.float32(last)]


@lru_cache(maxsize=16)
def _seeded(field: CPPN, seed: int) -> Network:
    return build(field.replace(seed=seed))
