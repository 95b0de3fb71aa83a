"""The settings of patterns: structured pictures that look good at once, chosen by the music."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Float, Float32
from pydantic import AfterValidator, field_validator, model_validator

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.fields.base import Controls, FieldSettings, check
from explorer.fields.palette import PaletteName, known_or_family
from explorer.fields.prepared import Prepared
from explorer.settings import did_you_mean, knob

Family = Literal["fractal", "organic", "flowing", "geometric"]
HEARD = ("bass", "mid", "treble", "rms", "centroid", "onset", "flatness")


class Patterns(FieldSettings):
    """Four families of pictures: fractal branches, organic blobs, flowing curves, geometric polygons.

    `family="music"` lets the music choose: loud passages are geometric, bright ones fractal, medium ones
    flow, quiet ones are organic (see `selection`). A `timeline` of (seconds, family) sets it by hand, and
    `weights` (fractal, organic, flowing, geometric) mix two or more for the whole track. `features` that are
    left out rest, and move nothing.
    """

    kind: Literal["patterns"] = "patterns"
    features: tuple[str, ...] = HEARD
    frame_size: ClassVar[tuple[int, int]] = (512, 512)
    movable: ClassVar[tuple[str, ...]] = (
        "zoom", "audio_gain", "speed", "fractal_angle", "fractal_ratio", "fractal_width", "organic_size",
        "organic_threshold", "flowing_density", "flowing_push", "geometric_density", "geometric_lines",
    )  # fmt: skip

    family: Literal["music", "fractal", "organic", "flowing", "geometric"] = knob(
        "music", group="look", help="what is drawn; music: what suits the passage"
    )
    palette: Annotated[Literal["family"] | PaletteName | str, AfterValidator(known_or_family)] = knob(
        "family", group="look", help="a name, or three colours, dark to light; family: each has its own"
    )
    zoom: float = knob(
        1.0, low=0.1, high=10, slider=(0.4, 3), step=0.05, group="look", help="larger shows it closer"
    )
    seed: int = knob(0, low=0, high=2**32 - 1, slider=(0, 999), step=1, group="look", help="which variant")

    audio_gain: float = knob(
        1.0, low=0, high=5, slider=(0, 2), step=0.05, group="audio", help="how strongly the sound moves it"
    )
    speed: float = knob(
        1.0,
        low=0,
        high=10,
        slider=(0, 3),
        step=0.05,
        group="time",
        help="how fast it moves by itself and by energy",
    )
    window: float = knob(
        4.0, low=0.5, high=60, slider=(1, 15), step=0.5, unit="s", group="selection",
        help="how much of the music around a moment chooses its family",
    )  # fmt: skip
    dwell: float = knob(
        6.0, low=0.5, high=600, slider=(1, 30), step=0.5, unit="s", group="selection",
        help="how long a family stays at least",
    )  # fmt: skip
    fade: float = knob(
        1.5, low=0, high=60, slider=(0, 6), step=0.1, unit="s", group="selection",
        help="how long one family takes to become the next",
    )  # fmt: skip

    fractal_arms: int = knob(
        5, low=2, high=24, slider=(2, 12), step=1, group="fractal", help="arms from the centre"
    )
    fractal_depth: int = knob(
        9, low=1, high=14, slider=(3, 12), step=1, group="fractal", help="levels of branches"
    )
    fractal_angle: float = knob(
        0.52,
        low=0,
        high=1.6,
        slider=(0.2, 1.2),
        step=0.02,
        unit="rad",
        group="fractal",
        help="between branches",
    )
    fractal_ratio: float = knob(
        0.70,
        low=0.3,
        high=0.9,
        slider=(0.5, 0.8),
        step=0.01,
        group="fractal",
        help="size of a branch on its branch",
    )
    fractal_width: float = knob(
        1.0, low=0.1, high=5, slider=(0.3, 3), step=0.1, group="fractal", help="how thick branches are"
    )
    organic_blobs: int = knob(
        14, low=1, high=64, slider=(3, 32), step=1, group="organic", help="how many blobs"
    )
    organic_size: float = knob(
        1.0, low=0.1, high=5, slider=(0.4, 2), step=0.05, group="organic", help="how large they are"
    )
    organic_threshold: float = knob(
        0.55,
        low=0.05,
        high=2,
        slider=(0.2, 1),
        step=0.05,
        group="organic",
        help="lower: they melt together sooner",
    )
    flowing_density: float = knob(
        1.6, low=0.1, high=10, slider=(0.5, 4), step=0.1, group="flowing", help="how many folds"
    )
    flowing_push: float = knob(
        0.46, low=0, high=3, slider=(0, 1), step=0.02, group="flowing", help="how far waves push it about"
    )
    flowing_layers: int = knob(
        4, low=1, high=10, slider=(1, 7), step=1, group="flowing", help="how many times"
    )
    geometric_sides: int = knob(
        6, low=3, high=16, slider=(3, 10), step=1, group="geometric", help="of the polygons"
    )
    geometric_density: float = knob(
        1.0, low=0.1, high=10, slider=(0.4, 3), step=0.05, group="geometric", help="how many are nested"
    )
    geometric_lines: float = knob(
        1.0, low=0, high=3, slider=(0, 2), step=0.05, group="geometric", help="how bright their outlines are"
    )

    timeline: tuple[tuple[float, Family], ...] | None = None
    weights: tuple[float, float, float, float] | None = None

    @field_validator("features")
    @classmethod
    def _heard(cls, features: tuple[str, ...]) -> tuple[str, ...]:
        for name in features:
            if name not in HEARD:
                raise SettingsError(f"patterns do not hear '{name}'{did_you_mean(name, HEARD)}")
        return features

    @field_validator("timeline")
    @classmethod
    def _in_order(
        cls, timeline: tuple[tuple[float, Family], ...] | None
    ) -> tuple[tuple[float, Family], ...] | None:
        if timeline is not None:
            begins = [begin for begin, _ in timeline]
            if not begins or begins != sorted(set(begins)) or begins[0] < 0:
                raise SettingsError(
                    "timeline: give (seconds, family) pairs in order, as in ((0, 'organic'), (20, 'flowing'))"
                )
        return timeline

    @model_validator(mode="after")
    def _mixable(self) -> Patterns:
        if self.weights is not None and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise SettingsError(f"weights: got {self.weights}; give four numbers of 0 or more, not all 0")
        return self

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """Columns `time`, `motion` (energy heard so far), how much of each family is seen, the features."""
        from explorer.fields.patterns.timeline import columns

        return columns(self, track, np.asarray(times, dtype=np.float64))

    def families(self, track: FeatureTrack) -> list[tuple[float, float, Family]]:
        """Which family is seen most from when to when: (seconds, seconds, name), without gaps."""
        from explorer.fields.patterns.timeline import stretches

        check(self, track)
        return stretches(self, track)

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: the families along the track."""
        return {"families": [[round(begin, 3), name] for begin, _, name in self.families(track)]}

    def place(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y, radius, angle, and a fixed noise in [0, 1) that rounds to 8 bits (dither)."""
        from explorer.fields.patterns.drawing import place

        return place(xy)

    def prepare(self, controls: Controls) -> Prepared:
        """The numbers of each family at each moment: positions, phases, sizes."""
        from explorer.fields.patterns.drawing import PreparedPatterns

        return PreparedPatterns(self, controls)
