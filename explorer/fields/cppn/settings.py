"""The settings of a CPPN: a compositional pattern-producing network with random weights.

Stanley, "Compositional pattern producing networks", Genetic Programming and Evolvable Machines 8 (2007).
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator

from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings
from explorer.fields.cppn import mixture, stored_weights
from explorer.fields.cppn.stored_weights import StoredWeights
from explorer.fields.palette import PaletteName, check_palette
from explorer.fields.trained.driving import NO_MODEL
from explorer.formatting import count_text
from explorer.settings import Knob, knob

MIN_LARGE_HIDDEN = 256  # hidden neurons from which threads help torch


class CPPNSettings(FieldSettings):
    """The settings of a CPPN and the sizes that follow from them; see `CPPN`."""

    kind: Literal["cppn"] = "cppn"
    added_settings: ClassVar[tuple[str, ...]] = ("sound_clock", "seeds", "weights", "picture")
    movable: ClassVar[tuple[str, ...]] = (
        "audio_gain", "coord_scale", "drift", "gain", "output_gain", "picture", "seed",
    )  # fmt: skip
    features: tuple[str, ...] = ("bass", "mid", "treble", "rms", "centroid", "rolloff", "flux")

    hidden: int = knob(
        256,
        low=1,
        high=1024,
        slider=(4, 256),
        step=4,
        flag="cppn-hidden",
        mutation=0,
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
        mutation=0,
        group="network",
        help="hidden layers, the first included",
    )
    gain: float = knob(
        5.0,
        low=0.01,
        high=50,
        slider=(0.5, 10),
        step=0.1,
        mutation=0.06,
        group="network",
        help="Xavier gain of the weights: low is static, high is noise",
    )
    output_gain: float | None = knob(
        None,
        low=0.01,
        high=50,
        slider=(0.2, 10),
        step=0.1,
        mutation=0.06,
        group="network",
        help="gain of the output layer; none: the same as gain",
    )
    seed: int = knob(
        0,
        low=0,
        high=2**32 - 1,
        slider=(0, 999),
        step=1,
        mutation=0,
        group="network",
        help="which random network",
    )
    seeds: tuple[mixture.Term, ...] = knob(
        (),
        group="network",
        help="mixture of random networks in the place of seed, with coefficients that are scaled to the unit "
        f"sphere, as in {mixture.TEXT_EXAMPLE}; or with a coefficient for each layer, as in 12:1/0/0.8",
    )
    picture: float = knob(
        0.0,
        low=0,
        high=stored_weights.MAX_PICTURES - 1,
        slider=(0, 1),
        step=0.01,
        mutation=0,
        group="network",
        help="of painted weights with several pictures: 0 is the first, 1 the second, 0.5 halfway",
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
    radius: bool = knob(
        False, mutation=0.03, group="look", help="give the network the distance from the center too"
    )
    symmetry: int = knob(
        0,
        low=0,
        high=24,
        slider=(0, 12),
        step=1,
        mutation=0.08,
        group="look",
        help="mirrored n-fold symmetry; 0: none, 1: left-right",
    )
    palette: Annotated[PaletteName | str, AfterValidator(check_palette)] = knob(
        "rgb",
        mutation=0.15,
        group="look",
        help="how three outputs become a color: a name, or three colors, dark to light",
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
        mutation=0.06,
        group="time",
        help="seconds in which time runs from -1 to 1, or the whole track (published; slow on long ones)",
    )
    sound_clock: float = knob(
        0.0,
        low=0,
        high=1,
        slider=(0, 1),
        step=0.05,
        group="time",
        help="how far time runs on the sound: hits push it forward, in silence it nearly stops",
    )
    drift: float = knob(
        0.0,
        low=0,
        high=1,
        slider=(0, 1),
        step=0.02,
        group="time",
        help="how far the weights drift by themselves: 0 not at all, 1 all the way",
    )
    drift_span: float = knob(
        60.0,
        low=1,
        high=36000,
        slider=(5, 300),
        step=5,
        unit="s",
        mutation=0,
        group="time",
        help="seconds until the weights are back where they started",
    )
    layer_scales: tuple[float, ...] | None = None  # from diagnostics.calibrate, one for each of `fans`
    weights: StoredWeights | None = None  # painted from a picture, in the place of those of the seed

    @model_validator(mode="before")
    @classmethod
    def _parse_seeds(cls, values: Any) -> Any:
        """A mixture of one network is its seed; `seed` is else that of the largest coefficient."""
        terms = mixture.parse(values.get("seeds") or ())
        if not terms:
            return {**values, "seeds": ()} if "seeds" in values else values
        first = mixture.strongest(terms)
        is_plain = len(terms) == 1 and isinstance(first.share, float) and first.share > 0
        return {**values, "seed": first.seed, "seeds": () if is_plain else terms}

    @model_validator(mode="before")
    @classmethod
    def _parse_weights(cls, values: Any) -> Any:
        """A painted network says how many neurons and layers it has."""
        weights = stored_weights.parse(values.get("weights"))
        if weights is None:
            return {**values, "weights": None} if "weights" in values else values
        painting = weights.painting
        shape = {
            "hidden": painting.hidden, "layers": painting.layers, "radius": painting.pixel_inputs == 3
        }  # fmt: skip
        for name, value in shape.items():
            if values.get(name, value) != value:
                raise SettingsError(
                    f"weights: those of {weights.run} are for {name} {value}; got {name} {values[name]}; "
                    f"leave {name} out, or leave weights out for a network of a seed"
                )
        if values.get("seeds"):
            raise SettingsError("seeds: painted weights are mixed with no seeds; leave one of the two out")
        return {**values, **shape, "weights": weights}

    @model_validator(mode="after")
    def _check_seeds(self) -> Self:
        count = mixture.layer_count(self.seeds)
        if count not in (1, self.layers + 1):
            raise SettingsError(
                f"seeds: got coefficients for {count} layers; allowed: one, or {self.layers + 1} for "
                f"{self.layers} hidden layers and the output layer"
            )
        return self

    @model_validator(mode="after")
    def _check_layer_scales(self) -> Self:
        scales = self.layer_scales
        if scales is not None and (len(scales) != self.layers + 1 or min(scales) <= 0):
            raise SettingsError(
                f"layer_scales: got {len(scales)} numbers; allowed: {self.layers + 1} above 0 for "
                f"{self.layers} hidden layers and the output layer, or none"
            )
        return self

    def all_knobs(self) -> dict[str, Knob]:
        """See `Settings.all_knobs`. `picture` is there where painted weights have several, up to the last."""
        knobs = super().all_knobs()
        picture = knobs.pop("picture")
        if last := self._last_picture:
            knobs["picture"] = dataclasses.replace(picture, high=last, slider=(0, last))
        return knobs

    @property
    def _last_picture(self) -> int:
        return len(self.weights.painting.pictures) - 1 if self.weights else 0

    @model_validator(mode="after")
    def _check_picture(self) -> Self:
        moving = [value for frame in self.keyframes for name, value in frame.settings if name == "picture"]
        last = self._last_picture
        if (number := max([self.picture, *moving])) > last:
            what = (
                f"these weights have {count_text(last + 1, 'picture')}"
                if self.weights
                else "no weights are painted"
            )
            raise SettingsError(f"picture: got {number:g}; {what}; allowed: 0 to {last}")
        return self

    def replace(self, /, **changes: Any) -> Self:
        """See `Settings.replace`. Another number of layers drops `layer_scales`: they are for one depth.

        A mixture by layer is made longer or shorter, see `mixture.resized`.

        Another seed drops the mixture, unless there is another one too. Another network drops its weights.
        """
        shape = [name for name in ("hidden", "layers", "seeds") if name in changes]
        if self.weights and any(changes[name] != getattr(self, name) for name in shape):
            changes = {"weights": None, "picture": 0.0, **changes}
        if changes.get("layers", self.layers) != self.layers:
            changes = {"layer_scales": None, **changes}
        is_new = self.seeds and changes.get("seed", self.seed) != self.seed
        if is_new and mixture.parse(changes.get("seeds", self.seeds)) == self.seeds:
            changes["seeds"] = ()
        depth = changes.get("layers", self.layers)
        is_layered = mixture.layer_count(changes.get("seeds", self.seeds) and self.seeds) > 1
        if is_layered and depth != self.layers and isinstance(depth, int) and depth > 0:
            changes = {"seeds": mixture.resized(self.seeds, depth + 1), **changes}
        return super().replace(**changes)

    def rest_value(self, name: str) -> float:
        """See `FieldSettings.rest_value`; an output gain of none is that of the other layers."""
        return self.gain if name == "output_gain" and self.output_gain is None else super().rest_value(name)

    @property
    def terms(self) -> tuple[mixture.Term, ...]:
        """The networks that the weights are a mixture of: `seeds`, or the one of `seed`."""
        return self.seeds or (mixture.Term(self.seed, 1.0),)

    @property
    def is_animated(self) -> bool:
        """Whether weights or settings change over time."""
        return bool(self.keyframes) or self.drift > 0 or self.is_driven

    @property
    def has_large_products(self) -> bool:
        """See `FieldSettings`. With 128 hidden neurons two threads take as long as one."""
        return self.hidden >= MIN_LARGE_HIDDEN

    @property
    def without_animation(self) -> Self:
        """The same field with weights and settings that do not change over time."""
        return self.replace(keyframes=(), drift=0.0, model=NO_MODEL) if self.is_animated else self

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
