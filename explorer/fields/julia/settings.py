"""The settings of a Julia set: z^2 + c near the edge of the Mandelbrot set, moved by the music."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

from pydantic import field_validator, model_validator

from explorer.audio.features import EXTRAS
from explorer.fields.base import FieldSettings
from explorer.fields.julia.parameters import SMOOTHING_BY_HAND, SMOOTHING_BY_MODEL
from explorer.fields.trained.driving import NO_MODEL, check_name
from explorer.settings import knob

FEATURES = ("bass", "treble", "rms", "centroid", "flux", "zcr", "onset", "flatness")
LIVE_FEATURES = tuple(EXTRAS["live"])


class JuliaSettings(FieldSettings):
    """The settings of a Julia set; see `Julia`."""

    kind: Literal["julia"] = "julia"
    features: tuple[str, ...] = FEATURES
    usable_features: ClassVar[tuple[str, ...]] = FEATURES + LIVE_FEATURES
    movable: ClassVar[tuple[str, ...]] = (
        "start_angle", "distance", "zoom", "rotation", "hue", "saturation", "brightness", "speed",
        "audio_gain",
    )  # fmt: skip

    model: Literal["none", "default"] | str = knob(
        "none",
        mutation=0,
        group="audio",
        help="what turns sound into motion: none (the hand-written mapping), default (the network that comes "
        "with explorer), or a train_... run or its folder",
    )
    audio_gain: float = knob(
        1.0, low=0, high=5, slider=(0, 2), step=0.05, group="audio", help="how strongly the sound moves it"
    )
    motion_smoothing: float | None = knob(
        None, low=0, high=5, slider=(0, 1), step=0.01, unit="s", mutation=0, group="audio",
        help=f"width of the centered smoothing of its motion; none: {SMOOTHING_BY_HAND} s by hand, "
        f"{SMOOTHING_BY_MODEL} s with a model, which is trained for it",
    )  # fmt: skip

    hue: float = knob(
        0.0, low=0, high=1, slider=(0, 1), step=0.01, unit="turns", group="look", help="shifts all hues"
    )
    saturation: float = knob(
        1.0,
        low=0,
        high=2,
        slider=(0, 1.5),
        step=0.05,
        group="look",
        help="0 is gray, larger is more colorful",
    )
    brightness: float = knob(
        1.0, low=0.2, high=2, slider=(0.4, 1.5), step=0.05, group="look", help="how light"
    )
    zoom: float = knob(
        1.0, low=0.1, high=100, slider=(0.5, 4), step=0.05, group="look", help="larger is closer"
    )
    rotation: float = knob(
        0.0,
        low=-7,
        high=7,
        slider=(-3.1, 3.1),
        step=0.1,
        unit="rad",
        group="look",
        help="initial rotation",
    )
    start_angle: float = knob(
        1.3, low=0, high=round(2 * math.pi, 4), slider=(0, 6.28), step=0.02, unit="rad", group="look",
        help="where on the cardioid c starts: which shape",
    )  # fmt: skip
    distance: float = knob(
        1.0, low=0.5, high=3, slider=(0.5, 2), step=0.05, group="look",
        help="distance of c from the cardioid: small is dense, large is dust",
    )  # fmt: skip

    speed: float = knob(
        1.0,
        low=0,
        high=10,
        slider=(0, 3),
        step=0.05,
        group="time",
        help="how fast the sound moves and turns the picture",
    )
    travel: float = knob(
        0.02, low=-1, high=1, slider=(-0.1, 0.1), step=0.005, unit="rad/s", mutation=0.06, group="time",
        help="how fast c travels without sound",
    )  # fmt: skip

    iterations: int = knob(
        100, low=16, high=2000, slider=(30, 300), step=10, mutation=0, group="drawing",
        help="steps after which a point counts as inside",
    )  # fmt: skip
    samples: int = knob(
        2, low=1, high=6, slider=(1, 4), step=1, flag="pixel-samples", mutation=0, group="drawing",
        help="samples across a pixel and down: more are smoother and slower",
    )  # fmt: skip

    @field_validator("model")
    @classmethod
    def _check_model(cls, model: str) -> str:
        check_name(model, "none, default, a train_... run or its folder")
        return model

    def _names_left_out(self) -> tuple[str, ...]:
        return tuple(name for name in super()._names_left_out() if name != "model")  # always in its files

    @property
    def is_driven(self) -> bool:
        """See `FieldSettings.is_driven`: its model moves its visual parameters, before they are columns."""
        return False

    @model_validator(mode="after")
    def _set_features(self) -> Self:
        """A network takes the six live features; without one there is no use for them."""
        if self.model != NO_MODEL:
            object.__setattr__(self, "features", LIVE_FEATURES)  # in the constructor, before it is frozen
        elif set(self.features) & set(LIVE_FEATURES):
            object.__setattr__(self, "features", FEATURES)
        return self

    def with_single_samples(self) -> Self:
        """See `FieldSettings.with_single_samples`."""
        return self.replace(samples=1)

    @property
    def smoothing(self) -> float:
        """`motion_smoothing` or its default, in seconds."""
        if self.motion_smoothing is not None:
            return self.motion_smoothing
        return SMOOTHING_BY_HAND if self.model == NO_MODEL else SMOOTHING_BY_MODEL
