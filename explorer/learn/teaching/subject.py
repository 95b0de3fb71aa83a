"""What a training and an evaluation need of what is taught, a Julia set or a field of any kind."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.fields.julia.parameters import Parameter
from explorer.learn.dataset import LiveTrack
from explorer.learn.losses import FeatureMetricPair
from explorer.learn.teaching.star_preference import StarPreference

Metrics = dict[str, torch.Tensor]


@runtime_checkable
class Subject(Protocol):
    """What is taught: parameters, pairs that they should serve, and differentiable pictures."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the model moves."""
        ...

    @property
    def pairs(self) -> tuple[FeatureMetricPair, ...]:
        """What should follow what."""
        ...

    @property
    def field(self) -> FieldSettings | None:
        """The field that is stored with its model; None for a Julia set."""
        ...

    @property
    def preference(self) -> StarPreference | None:
        """What somebody likes, as one more term of the loss; None without one."""
        ...

    def metrics(
        self, positions: Float32[torch.Tensor, "sequences frames parameters"], rng: torch.Generator
    ) -> Metrics:
        """Metrics of pictures, (sequences, moments); positions are parameters in their ranges, 0 to 1."""
        ...


@runtime_checkable
class MeasuredFrames(Protocol):
    """Rendered frames of what was taught."""

    @property
    def pairs(self) -> tuple[FeatureMetricPair, ...]:
        """What should follow what."""
        ...

    def input_track(self, track: LiveTrack, shift: int = 0) -> FeatureTrack:
        """A sound as its field takes it, `shift` frames late, wrapped around the end."""
        ...

    @property
    def preference(self) -> StarPreference | None:
        """See `Subject.preference`."""
        ...

    def preference_scores(
        self, field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> Float64[np.ndarray, " moments"]:
        """How likely rendered frames are preferred to an average judged look; only with a preference."""
        ...

    def frame_metrics(
        self, field: Any, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> Metrics:
        """Metrics of rendered frames, as one sequence."""
        ...
