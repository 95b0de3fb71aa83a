"""The settings of patterns: structured pictures that look good at once, selected by the music."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, field_validator, model_validator

from explorer.audio.features import extras_of
from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings
from explorer.fields.palette import PaletteName, check_palette_or_family
from explorer.settings import knob

FamilyName = Literal["fractal", "organic", "flowing", "geometric"]
FEATURES = ("bass", "mid", "treble", "rms", "centroid", "onset", "flatness")


class PatternSettings(FieldSettings):
    """The settings of patterns; see `Patterns`."""

    kind: Literal["patterns"] = "patterns"
    features: tuple[str, ...] = FEATURES
    usable_features: ClassVar[tuple[str, ...]] = FEATURES
    frame_size: ClassVar[tuple[int, int]] = (512, 512)
    movable: ClassVar[tuple[str, ...]] = (
        "zoom", "audio_gain", "speed", "fractal_angle", "fractal_ratio", "fractal_width", "organic_size",
        "organic_threshold", "flowing_density", "flowing_push", "geometric_density", "geometric_lines",
    )  # fmt: skip

    family: Literal["music", "sections", "fractal", "organic", "flowing", "geometric"] = knob(
        "music", mutation=0.05, group="look",
        help="what is drawn; music: the family that suits the passage; sections: another in each section",
    )  # fmt: skip
    palette: Annotated[Literal["family"] | PaletteName | str, AfterValidator(check_palette_or_family)] = knob(
        "family",
        mutation=0.15,
        group="look",
        help="a name, or three colors, dark to light; family: each has its own",
    )
    zoom: float = knob(
        1.0, low=0.1, high=10, slider=(0.4, 3), step=0.05, group="look", help="larger is closer"
    )
    seed: int = knob(
        0, low=0, high=2**32 - 1, slider=(0, 999), step=1, mutation=0, group="look", help="which variant"
    )

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
        help="speed of motion, by itself and by energy",
    )
    window: float = knob(
        4.0, low=0.5, high=60, slider=(1, 15), step=0.5, unit="s", mutation=0, group="selection",
        help="length of the music around a moment that selects its family",
    )  # fmt: skip
    dwell: float = knob(
        6.0, low=0.5, high=600, slider=(1, 30), step=0.5, unit="s", mutation=0, group="selection",
        help="minimum time before the family changes again",
    )  # fmt: skip
    fade: float = knob(
        1.5, low=0, high=60, slider=(0, 6), step=0.1, unit="s", mutation=0, group="selection",
        help="length of the crossfade between two families",
    )  # fmt: skip

    fractal_arms: int = knob(
        5, low=2, high=24, slider=(2, 12), step=1, group="fractal", help="arms from the center"
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
        help="angle between branches",
    )
    fractal_ratio: float = knob(
        0.70,
        low=0.3,
        high=0.9,
        slider=(0.5, 0.8),
        step=0.01,
        group="fractal",
        help="size of a branch relative to its parent",
    )
    fractal_width: float = knob(
        1.0, low=0.1, high=5, slider=(0.3, 3), step=0.1, group="fractal", help="thickness of branches"
    )
    organic_blobs: int = knob(
        14, low=1, high=64, slider=(3, 32), step=1, group="organic", help="number of blobs"
    )
    organic_size: float = knob(
        1.0, low=0.1, high=5, slider=(0.4, 2), step=0.05, group="organic", help="size of the blobs"
    )
    organic_threshold: float = knob(
        0.55,
        low=0.05,
        high=2,
        slider=(0.2, 1),
        step=0.05,
        group="organic",
        help="lower: blobs merge sooner",
    )
    flowing_density: float = knob(
        1.6, low=0.1, high=10, slider=(0.5, 4), step=0.1, group="flowing", help="number of folds"
    )
    flowing_push: float = knob(
        0.46, low=0, high=3, slider=(0, 1), step=0.02, group="flowing", help="how far waves displace it"
    )
    flowing_layers: int = knob(
        4, low=1, high=10, slider=(1, 7), step=1, group="flowing", help="number of layers of waves"
    )
    geometric_sides: int = knob(
        6, low=3, high=16, slider=(3, 10), step=1, group="geometric", help="sides of the polygons"
    )
    geometric_density: float = knob(
        1.0, low=0.1, high=10, slider=(0.4, 3), step=0.05, group="geometric", help="number of nested polygons"
    )
    geometric_lines: float = knob(
        1.0, low=0, high=3, slider=(0, 2), step=0.05, group="geometric", help="brightness of the outlines"
    )

    timeline: tuple[tuple[float, FamilyName], ...] | None = None
    weights: tuple[float, float, float, float] | None = None

    @property
    def extras(self) -> tuple[str, ...]:
        """See `FieldSettings.extras`; the sections too where they choose the family."""
        by_section = self.family == "sections" and self.timeline is None and self.weights is None
        return tuple(dict.fromkeys((*super().extras, *(extras_of(["section"]) if by_section else ()))))

    @field_validator("timeline")
    @classmethod
    def _check_timeline(
        cls, timeline: tuple[tuple[float, FamilyName], ...] | None
    ) -> tuple[tuple[float, FamilyName], ...] | None:
        if timeline is not None:
            starts = [start for start, _ in timeline]
            if not starts or starts != sorted(set(starts)) or starts[0] < 0:
                raise SettingsError(
                    "timeline: give (seconds, family) pairs in order, as in ((0, 'organic'), (20, 'flowing'))"
                )
        return timeline

    @model_validator(mode="after")
    def _check_weights(self) -> Self:
        if self.weights is not None and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise SettingsError(f"weights: got {self.weights}; give four numbers of 0 or more, not all 0")
        return self
