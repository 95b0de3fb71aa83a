"""The settings of a CPPN: a compositional pattern-producing network with random weights.

Stanley, "Compositional pattern producing networks", Genetic Programming and Evolvable Machines 8 (2007).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from jaxtyping import Float, Float32
from pydantic import AfterValidator, field_validator, model_validator

from explorer.audio import FeatureTrack
from explorer.audio.features import check_features
from explorer.errors import SettingsError
from explorer.fields.base import Controls, FieldSettings
from explorer.fields.palette import PaletteName, known
from explorer.fields.prepared import Prepared
from explorer.settings import knob


class CPPN(FieldSettings):
    """An untrained MLP from (x, y, time, features...) to colour.

    Coordinates span +-`coord_scale` on the shorter side, time [-1, 1] across the track or each `time_span`
    seconds, features +-0.05 x `audio_gain`. Hidden activations cycle sin, cos, gaussian, tanh; weights are
    Xavier-uniform with `gain`, biases zero, and a sigmoid makes the output. The bare class is the
    published 256 x 4 network; `CPPN.preset(name)` gives ready looks.
    """

    kind: Literal["cppn"] = "cppn"
    movable: ClassVar[tuple[str, ...]] = ("audio_gain", "coord_scale", "drift", "gain", "output_gain", "seed")
    features: tuple[str, ...] = ("bass", "mid", "treble", "rms", "centroid", "rolloff", "flux")

    hidden: int = knob(
        256,
        low=1,
        high=1024,
        slider=(4, 256),
        step=4,
        flag="cppn-hidden",
        group="network",
        help="neurons in each hidden layer",
    )
    layers: int = knob(
        4,
        low=1,
        high=64,
        slider=(1, 12),
        step=1,
        flag="cppn-layers",
        group="network",
        help="hidden layers, the first included",
    )
    gain: float = knob(
        5.0,
        low=0.01,
        high=50,
        slider=(0.5, 10),
        step=0.1,
        group="network",
        help="Xavier gain of the weights: low is static, high is noise",
    )
    output_gain: float | None = knob(
        None,
        low=0.01,
        high=50,
        slider=(0.2, 10),
        step=0.1,
        group="network",
        help="gain of the output layer; none: the same as gain",
    )
    seed: int = knob(
        0, low=0, high=2**32 - 1, slider=(0, 999), step=1, group="network", help="which random network"
    )
    coord_scale: float = knob(
        0.5,
        low=0.01,
        high=100,
        slider=(0.1, 4),
        step=0.05,
        group="look",
        help="coordinates span +- this on the shorter side: larger shows more",
    )
    radius: bool = knob(False, group="look", help="give the network the distance from the centre too")
    symmetry: int = knob(
        0,
        low=0,
        high=24,
        slider=(0, 12),
        step=1,
        group="look",
        help="mirrored n-fold symmetry; 0: none, 1: left-right",
    )
    palette: Annotated[PaletteName | str, AfterValidator(known)] = knob(
        "rgb", group="look", help="how three outputs become a colour: a name, or three colours, dark to light"
    )
    audio_gain: float = knob(
        3.0,
        low=0,
        high=1000,
        slider=(0, 12),
        step=0.25,
        group="audio",
        help="how strongly the features move the picture",
    )
    time_span: float | Literal["track"] = knob(
        "track",
        low=0.1,
        high=36000,
        slider=(2, 120),
        step=1,
        unit="s",
        group="time",
        help="seconds in which time runs from -1 to 1, or the whole track (published; slow on long ones)",
    )
    drift: float = knob(
        0.0,
        low=0,
        high=1,
        slider=(0, 1),
        step=0.02,
        group="time",
        help="how far the weights wander by themselves: 0 not at all, 1 all the way",
    )
    drift_span: float = knob(
        60.0,
        low=1,
        high=36000,
        slider=(5, 300),
        step=5,
        unit="s",
        group="time",
        help="how long the weights wander until they are back",
    )
    layer_scales: tuple[float, ...] | None = None  # found by diagnostics.calibrate, one for each of `fans`

    @field_validator("features")
    @classmethod
    def _known(cls, features: tuple[str, ...]) -> tuple[str, ...]:
        check_features(features)
        return features

    @model_validator(mode="after")
    def _one_scale_each(self) -> Self:
        scales = self.layer_scales
        if scales is not None and (len(scales) != self.layers + 1 or min(scales) <= 0):
            raise SettingsError(
                f"layer_scales: got {len(scales)} numbers; allowed: {self.layers + 1} above 0 for "
                f"{self.layers} hidden layers and the output layer, or none"
            )
        return self

    def replace(self, **changes: Any) -> Self:
        """See `Settings.replace`. Scales found for one depth are given up with it."""
        if changes.get("layers", self.layers) != self.layers:
            changes = {"layer_scales": None, **changes}
        return super().replace(**changes)

    def resting(self, name: str) -> float:
        """See `FieldSettings.resting`; an output gain of none is that of the other layers."""
        return self.gain if name == "output_gain" and self.output_gain is None else super().resting(name)

    @property
    def living(self) -> bool:
        """Whether weights or settings differ from moment to moment."""
        return bool(self.keyframes) or self.drift > 0

    @property
    def at_rest(self) -> Self:
        """The same with weights and settings that do not move."""
        return self.replace(keyframes=(), drift=0.0) if self.living else self

    @property
    def parameters(self) -> int:
        """Number of weights and biases: 200,963 for 256 x 4 with the default features."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in self.fans)

    @property
    def fans(self) -> list[tuple[int, int]]:
        """(fan_in, fan_out) of every layer, the output layer last."""
        sizes = [3 + self.radius + len(self.features), *[self.hidden] * self.layers, 3]
        return list(pairwise(sizes))

    @property
    def gains(self) -> list[float]:
        """Xavier gain of every layer, the output layer last: `gain`, `output_gain` and `layer_scales`."""
        output = self.gain if self.output_gain is None else self.output_gain
        plain = [*[self.gain] * self.layers, output]
        scales = self.layer_scales or [1.0] * len(plain)
        return [gain * scale for gain, scale in zip(plain, scales, strict=True)]

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """Columns `time` (in [-1, 1] over one span, growing on) and the features in [-1, 1].

        When weights or settings move, more columns tell how: see `fields.cppn.living`.
        """
        span = track.duration if self.time_span == "track" else self.time_span
        time = 2 * np.asarray(times, dtype=np.float64) / float(span) - 1
        values, names = np.column_stack((time, track.at(times, self.features))), ("time", *self.features)
        if self.living:
            from explorer.fields.cppn.animated import columns

            more = columns(self, track, np.asarray(times, dtype=np.float64))
            values, names = np.column_stack((values, *more.values())), (*names, *more)
        return Controls(values.astype(np.float32), names)

    def place(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y (folded by the symmetry, scaled) and the radius when it is an input."""
        import torch

        from explorer.fields.cppn.network import place

        return place(self, torch.from_numpy(xy)).numpy()

    def prepare(self, controls: Controls) -> Prepared:
        """Folds time and features of each moment into one bias of the first layer."""
        from explorer.fields.cppn.network import PreparedCPPN

        if self.living:
            from explorer.fields.cppn.animated import LivingCPPN

            return LivingCPPN(self, controls)
        return PreparedCPPN(self, controls)
