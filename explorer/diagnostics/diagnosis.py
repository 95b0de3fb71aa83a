"""The diagnosis of a recipe: measures, layers, verdict, sentence and suggestion in one object."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.diagnostics import correlation
from explorer.diagnostics.layers import layer_signals
from explorer.diagnostics.measure import MEASURES, Measure, bootstrap_measure
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult
from explorer.diagnostics.sampling import DEFAULT_FRAMES, Budget, sample
from explorer.diagnostics.suggestion import Suggestion, suggest
from explorer.diagnostics.texts.diagnosis_text import describe_diagnosis
from explorer.diagnostics.variance import crossed_variances
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.base import track_for
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.settings import did_you_mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUDGETS: dict[str, Budget] = {
    "screen": Budget(
        blocks=8, times=4, sounds=4, points=10, pairs=3, pixels=12, layer_times=2, layer_points=16
    ),
    "draft": Budget(
        blocks=16, times=5, sounds=5, points=18, pairs=4, pixels=32, layer_times=4, layer_points=64
    ),
    "full": Budget(
        blocks=48, times=8, sounds=8, points=32, pairs=6, pixels=48, layer_times=8, layer_points=96
    ),
}


class Diagnosis(DiagnosisResult):
    """A `DiagnosisResult` with a suggestion, as text and as a picture: what `diagnose` returns."""

    @cached_property
    def suggestion(self) -> Suggestion | None:
        """A field with one setting changed that was diagnosed and is alive; None when all is well.

        Computed when it is first read: some quick diagnoses, then one like this.
        """

        def measure(field: FieldSettings, budget: str) -> Diagnosis:
            return diagnose(field, self.track, frames=self.frames, budget=budget, seed=self.seed)

        return suggest(
            self, lambda field: measure(field, "screen"), lambda field: measure(field, self.budget)
        )

    def summary(self) -> str:
        """The diagnosis in a few lines of ASCII."""
        return describe_diagnosis(self, self.suggestion)

    __repr__ = summary  # what a prompt shows

    def to_dict(self, suggestion: bool = True) -> dict[str, Any]:
        """Plain values for JSON; without `suggestion` there is no search for one."""
        advice = self.suggestion if suggestion else None
        return {
            "verdict": self.verdict,
            "flags": list(self.flags),
            "sentence": self.sentence,
            "suggestion": advice.to_dict() if advice else None,
            "measures": {name: measure.to_dict() for name, measure in self.measures.items()},
            "speed": self.speed,
            "layers": [layer.to_dict() for layer in self.layers],
            "frames": self.frames.model_dump(mode="json"),
            "budget": self.budget,
            "seed": self.seed,
            "evaluations": self.evaluations,
        }

    def figure(self, width: float = 10.0) -> Figure:
        """The diagnosis as a picture: bars with intervals, layers against theory, verdict and sentence."""
        from explorer.diagnostics.plots.diagnosis_plot import draw_diagnosis  # matplotlib is slow to load

        return draw_diagnosis(self, self.suggestion, width)

    def _repr_png_(self) -> bytes:
        from explorer.diagnostics.plots.diagnosis_plot import png

        return png(self.figure())


def diagnose(
    field: FieldSettings,
    audio: str | Path | FeatureTrack,
    *,
    frames: FrameSettings | None = None,
    budget: str = "full",
    seed: int = 0,
    threads: int | None = None,
    progress: Progress = silent,
) -> Diagnosis:
    """Measure and judge a field as it would be rendered to a sound file or a track.

    `frames` is the size, rate and excerpt to judge for; 640 x 360 at 30 frames a second unless given. `draft`
    evaluates the field fewer than 20,000 times, `full` ten times as often, on all cores unless
    `threads` are given. The same seed gives the same numbers. Works for any field through `controls`,
    `prepare` and `colors`; layers are reported where the prepared field offers `layers`. A callback that
    raises stops the work. Raises SettingsError.
    """
    track = track_for(field, audio)
    if budget not in BUDGETS:
        raise SettingsError(f"no budget '{budget}'{did_you_mean(budget, BUDGETS)}")
    frames, counts = frames or DEFAULT_FRAMES, BUDGETS[budget]
    blocks = sample(field, track, frames, counts, seed, progress, threads)
    crossed = np.array([crossed_variances(block.crossed) for block in blocks])
    pairs = np.array([correlation.pair_moments(block.pairs) for block in blocks])
    size = counts.layer_times, counts.layer_points
    (layers,) = in_threads(
        lambda size: layer_signals(field, track, frames, seed, *size), [size], "layers", silent, threads
    )
    return Diagnosis(
        field,
        frames,
        budget,
        seed,
        counts.evaluations + (counts.layer_times * counts.layer_points if layers else 0),
        **_measures(crossed, pairs, np.random.default_rng(seed)),
        layers=layers,
        track=track,
    )


def _measures(
    crossed: Float64[np.ndarray, "blocks 3"],
    pairs: Float64[np.ndarray, "blocks 10"],
    rng: np.random.Generator,
) -> dict[str, Measure]:
    """All measures from one row a block."""

    def variance(column: int) -> Measure:
        return bootstrap_measure(crossed, lambda means: means[..., column], rng)

    measures = {name: variance(column) for column, name in enumerate(MEASURES[:3])}
    for name in MEASURES[3:]:
        measures[name] = bootstrap_measure(pairs, getattr(correlation, name), rng)
    return measures
