"""A field of any kind as what a training teaches."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings, Grid
from explorer.fields.sequence.lit_moments import lit_moments
from explorer.learn.dataset import LiveTrack
from explorer.learn.teaching.pairs import DEFAULT_PAIRS, parse_pairs
from explorer.learn.teaching.parameters import named_parameters, plain_field, sound_track
from explorer.learn.teaching.pictures import SIZE, TRACK_SECONDS, FieldPictures, picture_metrics
from explorer.learn.teaching.sensitivity import (
    check_expressible,
    measure_sensitivity,
    strongest_parameters,
)
from explorer.learn.teaching.sequences import FRAME_RATE, STRIDE, smooth
from explorer.learn.teaching.star_preference import StarPreference
from explorer.learn.teaching.subject import Metrics
from explorer.rendering.devices import resolve
from explorer.rendering.sequence_drawer import frame_drawer

FRAME_PIXELS = 64  # sides of the frames that are measured


class FieldSubject:
    """See `Subject` and `MeasuredFrames`. `pairs` are those that the field can express, see `sensitivity`.

    `moves` are the names of parameters; without any, those with the largest effects are taken.
    `preference` is what stars say, if it is to be a term of the loss. Raises SettingsError for a name of
    nothing, and for a field that can express no pair.
    """

    def __init__(
        self,
        field: FieldSettings,
        moves: tuple[str, ...] = (),
        pairs: tuple[str, ...] = (),
        preference: StarPreference | None = None,
    ) -> None:
        self.preference = preference
        self.field: FieldSettings = field
        every = parse_pairs(pairs or DEFAULT_PAIRS)
        parameters = named_parameters(field, moves)
        self.sensitivity = measure_sensitivity(FieldPictures(field, parameters), every)
        check_expressible(field.kind, self.sensitivity)
        self.pairs = tuple(pair for pair in every if pair.name in self.sensitivity.expressible)
        self.parameters = parameters if moves else strongest_parameters(parameters, self.sensitivity)
        self.pictures = FieldPictures(field, self.parameters)

    def metrics(
        self, positions: Float32[torch.Tensor, "sequences frames parameters"], rng: torch.Generator
    ) -> Metrics:
        """See `Subject.metrics`; each sequence begins at a random moment of the field's own time."""
        moments = smooth(positions)[:, STRIDE - 1 :: STRIDE]
        sequences, count, _ = moments.shape
        starts = torch.rand(sequences, 1, generator=rng).numpy() * (TRACK_SECONDS - count / FRAME_RATE)
        times = starts.astype(np.float64) + np.arange(count) / FRAME_RATE
        return self.pictures.metrics(moments, times)

    def input_track(self, track: LiveTrack, shift: int = 0) -> FeatureTrack:
        """See `MeasuredFrames.input_track`."""
        return sound_track(plain_field(self.field), track, shift)

    def frame_metrics(
        self, field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> Metrics:
        """See `MeasuredFrames.frame_metrics`: whole frames, with light and finish."""
        return picture_metrics(_frames(field, track, times, FRAME_PIXELS))

    def preference_scores(
        self, field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> Float64[np.ndarray, " moments"]:
        """See `MeasuredFrames.preference_scores`; at the size of pictures in training."""
        assert self.preference is not None
        return self.preference.score(picture_metrics(_frames(field, track, times, SIZE)))[0].sigmoid().numpy()

    def facts(self) -> dict[str, Any]:
        """What the manifest says: the field, what moves it, and the sensitivity of every pair."""
        return {
            "field": self.field.model_dump(mode="json"),
            "moves": [parameter.name for parameter in self.parameters],
            "pairs": [pair.name for pair in self.pairs],
            "sensitivity": self.sensitivity.effects,
            **({} if self.preference is None else {"preference": asdict(self.preference)}),
        }


def _frames(
    field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"], size: int
) -> Float32[torch.Tensor, "1 moments size size 3"]:
    """Rendered frames as one sequence."""
    lit = lit_moments(field, field.controls(track, times))
    drawer = frame_drawer(field, Grid(size, size), resolve("cpu", "auto"))
    out = np.empty((len(times), size**2, 3), np.uint8)
    for moment, pixels in enumerate(out):
        drawer.draw(lit, moment, float(times[moment]), pixels)
    return torch.from_numpy(out).view(1, -1, size, size, 3) / 255
