"""One child: bred, judged, repaired or bred again, and drawn small. The same order gives the same child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from explorer.audio import FeatureTrack
from explorer.diagnostics import calibrate
from explorer.diagnostics.verdict import Facts, Verdict, judge
from explorer.evolution.operators import Offspring, offspring
from explorer.evolution.quick_verdict import quick_facts
from explorer.experiments.library.seed_scores import small_pictures
from explorer.experiments.runs.run_folder import FEATURES
from explorer.fields import CPPN, FieldSettings
from explorer.rendering import FrameSettings, Renderer

PICTURE_SIZE = (160, 90)  # pixels that the longer side and the area of a picture follow
MOMENTS = (0.15, 0.5, 0.85)  # of the stretch, at which a look is drawn to be compared
MIN_DISTANCE = 0.02  # mean OKLab difference of two looks at these moments: below, they look the same
ATTEMPTS = 6  # for one child, each with random numbers of its own and farther from its parents
ATTEMPT_STEP = 0.15  # of strength

Picture = UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True)
class Order:
    """What determines a child, as plain data for any worker."""

    seed: tuple[int, ...]  # of the breeding, and generation, place and attempt
    strength: float
    locks: tuple[str, ...]
    parents: tuple[FieldSettings, ...]
    first: int  # which parent it takes after
    is_copy: bool  # a look to start from, unchanged
    frames: FrameSettings
    times: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Specimen:
    """A look that was judged and drawn: what a fitness function is given, with the track."""

    field: FieldSettings
    operators: tuple[str, ...]
    parents: tuple[int, ...]  # places among the selection
    facts: Facts
    pictures: tuple[Picture, ...]  # at `times`
    times: tuple[float, ...]
    track: FeatureTrack | None = None

    @property
    def verdict(self) -> Verdict:
        """static, faint, alive or noisy, at the size of the pictures."""
        return judge(self.facts)

    @property
    def is_dead(self) -> bool:
        """Static or noise."""
        return self.verdict in ("static", "noisy")

    @property
    def colors(self) -> Float64[np.ndarray, "moments height width 3"]:
        """What `distance` compares."""
        return small_pictures(self.pictures)


def make_specimen(order: Order, track: FeatureTrack) -> Specimen:
    """The child of an order; the parent itself where the child needs features that the track lacks."""
    copy = Offspring(order.parents[order.first], (), (order.first,))
    if order.is_copy:
        return judged(copy, order, track)
    rng = np.random.RandomState(list(order.seed))
    child = offspring(order.parents, order.strength, order.locks, rng, order.first)
    if not set(child.field.extras) <= set(track.settings.extras):
        return judged(copy, order, track)
    specimen = judged(child, order, track)
    if specimen.is_dead and isinstance(child.field, CPPN) and "network" not in order.locks:
        scaled = calibrate(child.field, track, frames=order.frames, steady=False)
        repaired = judged(Offspring(scaled, (*child.operators, "calibrated"), child.parents), order, track)
        return specimen if repaired.is_dead else repaired
    return specimen


def specimen_of_folder(folder: str, order: Order) -> Specimen:
    """`make_specimen` with the track in the folder of a breeding, for workers of an executor."""
    return make_specimen(order, _track_of(folder))


@lru_cache(maxsize=2)
def _track_of(folder: str) -> FeatureTrack:
    return FeatureTrack.load(Path(folder) / FEATURES)


def judged(child: Offspring, order: Order, track: FeatureTrack) -> Specimen:
    """A field with its quick verdict and pictures, on this thread alone."""
    facts = quick_facts(child.field, track, order.frames)
    pictures = draw(child.field, track, order.frames.size, order.times)
    return Specimen(child.field, child.operators, child.parents, facts, pictures, order.times)


def draw(
    field: FieldSettings, track: FeatureTrack, size: tuple[int, int], times: Sequence[float]
) -> tuple[Picture, ...]:
    """Small pictures of a field."""
    with Renderer(field, track, size, device="cpu", precision="draft", threads=1) as renderer:
        return tuple(frame.copy() for frame in renderer.frames(times))


def distance(
    first: Float64[np.ndarray, "moments height width 3"],
    second: Float64[np.ndarray, "moments height width 3"],
) -> float:
    """Mean OKLab difference of two looks on pictures of 16 pixels; infinite for other shapes."""
    return float(np.abs(first - second).mean()) if first.shape == second.shape else np.inf


def moments(begin: float, seconds: float, duration: float) -> tuple[float, ...]:
    """When a look is drawn to be compared: moments of a stretch, within the sound."""
    last = max(0.0, duration - 1e-3)
    return tuple(min(last, begin + share * seconds) for share in MOMENTS)


def picture_size(frame_size: tuple[int, int]) -> tuple[int, int]:
    """A size of about as many pixels as `PICTURE_SIZE`, in the shape of a frame, with even sides."""
    width, height = frame_size
    scale = (PICTURE_SIZE[0] * PICTURE_SIZE[1] / (width * height)) ** 0.5
    return max(16, 2 * round(width * scale / 2)), max(16, 2 * round(height * scale / 2))
