"""Networks whose weights and settings change over time: by keyframes, and by drift.

Between two seeds the weights follow an arc, W = cos(u pi/2) W0 + sin(u pi/2) W1, on which their variance,
and with it the character of the picture, stays the same (on a straight line it would shrink to a half).
Drift is the same arc towards a point that circles through two more random networks:
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
from explorer.fields.controls import Controls
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.fields.cppn.settings import CPPNSettings
from explorer.fields.cppn.weights import (
    Network,
    combined_network,
    network_of,
    picture_network,
    picture_shares,
    random_network,
)

DRIFT_STREAM = 7001  # the random stream of the seeds of the two networks that drift circles through


def columns(
    field: CPPNSettings, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> dict[str, Float64[np.ndarray, " moments"]]:
    """What changes: settings, `seed_from` and `seed_to` (indices of `seeds`), `seed_share`, `wander`."""
    columns = keyframes.values(field, track, times)
    if "seed" in keyframes.animated_names(field):
        at, numbers = keyframes.knots(field, "seed", track)
        indices = np.array([seeds(field).index(int(number)) for number in numbers])
        start = np.searchsorted(at, times, side="right").clip(1, len(at)) - 1
        end = np.minimum(start + 1, len(at) - 1)
        share = np.interp(times, at, np.arange(len(at))) - start
        columns |= {"seed_from": indices[start].astype(float), "seed_to": indices[end].astype(float)}
        columns["seed_share"] = np.where(indices[start] == indices[end], 0.0, share)
    if field.drift > 0 or "drift" in columns:
        columns["wander"] = 2 * np.pi * np.mod(times / field.drift_span, 1)
    return columns


def seeds(field: CPPNSettings) -> list[int]:
    """The seed of a field and those of its keyframes, in their order. The first stands for its mixture."""
    values = (value for keyframe in field.keyframes for name, value in keyframe.settings if name == "seed")
    return [field.seed, *map(int, values)]


class AnimatedCPPN:
    """A CPPN at some moments, each with a network of its own. See `Prepared`."""

    def __init__(self, field: CPPNSettings, controls: Controls) -> None:
        inputs = 1 + len(field.features)
        rest = field.without_animation
        self.moments = []
        for row in controls.values:
            values = dict(zip(controls.names[inputs:], map(float, row[inputs:]), strict=True))
            own = Controls(row[None, :inputs], controls.names[:inputs])
            current = rest.replace(audio_gain=values["audio_gain"]) if "audio_gain" in values else rest
            self.moments.append(PreparedCPPN(current, own, network_at(field, rest, values)))

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
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        self.moments[moment].draw(0, pixel_inputs, pixel, out, dtype)

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`."""
        return torch.cat([moment.numbers(xy, pixel, dtype) for moment in self.moments])

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        self.moments[moment].draw_numbers(0, pixel_inputs, pixel, out, dtype)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`."""
        return self.moments[moment].accent(0)


def network_at(field: CPPNSettings, rest: CPPNSettings, values: dict[str, float]) -> Network:
    """The network of one moment, from its row of `columns`; `rest` is the field without animation."""
    parts = [(_network_of_seed(rest, seed), share) for seed, share in shares(field, values)]
    return combined_network(parts, layer_scales(field, values), coordinate_scale(field, values))


def networks(field: CPPNSettings) -> list[Network]:
    """All networks that the weights are a mixture of, in the order of `network_seeds`."""
    return [_network_of_seed(field.without_animation, seed) for seed in network_seeds(field)]


def network_seeds(field: CPPNSettings) -> list[int | None]:
    """The seeds of all networks that the weights are a mixture of; None is the network of the field.

    Where the picture moves, the networks of painted pictures stand in its place: ~0, ~1, ...
    """
    names = keyframes.animated_names(field)
    circle = drift_seeds(field) if field.drift > 0 or "drift" in names else []
    own: list[int | None] = [None]
    if field.weights and "picture" in names:
        own = [~number for number in range(len(field.weights.painting.pictures))]
    return list(dict.fromkeys([*own, *seeds(field)[1:], *circle]))


def drift_seeds(field: CPPNSettings) -> list[int]:
    """The seeds of the two networks that drift circles through."""
    stream = np.random.RandomState([field.seed, DRIFT_STREAM])
    return [int(seed) for seed in stream.randint(0, 2**32, 2, dtype=np.uint64)]


def shares(field: CPPNSettings, values: dict[str, float]) -> list[tuple[int | None, float]]:
    """Seeds, and the share of the network of each in the weights; the squares add up to 1.

    None is the network of the field itself. Pictures share what it has on a straight line.
    """
    numbers, arc = [None, *seeds(field)[1:]], values.get("seed_share", 0.0) * math.pi / 2
    parts: list[tuple[int | None, float]] = [(numbers[int(values.get("seed_from", 0))], math.cos(arc))]
    if arc:
        parts.append((numbers[int(values["seed_to"])], math.sin(arc)))
    away = values.get("drift", field.drift) * math.pi / 2
    if away:
        point = math.cos(values["wander"]), math.sin(values["wander"])
        parts = [(seed, share * math.cos(away)) for seed, share in parts]
        circle = zip(drift_seeds(field), point, strict=True)
        parts += [(seed, math.sin(away) * share) for seed, share in circle]
    if "picture" in values:
        pictures = [(~number, share) for number, share in picture_shares(values["picture"])]
        own = [(number, share * whole) for seed, whole in parts if seed is None for number, share in pictures]
        parts = [*own, *(part for part in parts if part[0] is not None)]
    return parts


def coordinate_scale(field: CPPNSettings, values: dict[str, float]) -> np.float32:
    """The factor of the weights of coordinates."""
    return np.float32(values.get("coord_scale", field.coord_scale) / field.coord_scale)


def layer_scales(field: CPPNSettings, values: dict[str, float]) -> list[np.float32]:
    """The factor between the weights of each layer and those of the field without animation."""
    hidden = values.get("gain", field.gain)
    default = hidden if field.output_gain is None else field.output_gain
    last = values.get("output_gain", default) / field.rest_value("output_gain")
    return [*[np.float32(hidden / field.gain)] * field.layers, np.float32(last)]


@lru_cache(maxsize=16)
def _network_of_seed(field: CPPNSettings, seed: int | None) -> Network:
    if seed is None:
        return network_of(field)
    if seed < 0:
        return picture_network(field, ~seed)
    return random_network(field.replace(seed=seed, seeds=(), weights=None))
