"""The diagnosis of a recipe: measures, layers, verdict, sentence and suggestion in one object."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.diagnostics import correlation
from explorer.diagnostics.layers import LayerSignal, layer_signals
from explorer.diagnostics.measure import MEASURES, Measure, bootstrapped
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.sampling import DEFAULT_FRAMES, Budget, sample
from explorer.diagnostics.suggestion import Measured, Suggestion, suggest
from explorer.diagnostics.variance import crossed_variances
from explorer.diagnostics.verdict import Facts, Flag, Verdict, flags_of, judge, sentence_of
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.base import check_field_and_track
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.settings import nearest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BUDGETS: dict[str, Budget] = {
    "screen": Budget(
        blocks=8, times=4, sounds=4, points=10, pairs=3, spots=12, layer_times=2, layer_points=16
    ),
    "draft": Budget(
        blocks=16, times=5, sounds=5, points=18, pairs=4, spots=32, layer_times=4, layer_points=64
    ),
    "full": Budget(
        blocks=48, times=8, sounds=8, points=32, pairs=6, spots=48, layer_times=8, layer_points=96
    ),
}


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """How a field looks and moves as a recipe would render it.

        space_variance, time_variance, audio_variance   see `variance.crossed_variances`; in [0, 1]^2
        frame_variance          E[(255 (f(t + 1/fps) - f(t)))^2] over pixels, frames and channels; 8-bit^2
        neighbour_correlation   of pixels side by side at the recipe's rows; see `correlation`
        frame_correlation       of consecutive frames
        saturated               share of colour values within 2 of 255 levels of black or full

    each with a 95 % bootstrap interval; then `layers`, empty for a field that has none, `verdict`, `flags`,
    `sentence` and `suggestion`. `evaluations` is the number of colours that were computed.
    """

    field: FieldSettings
    frames: FrameSettings
    budget: str
    seed: int
    evaluations: int
    space_variance: Measure
    time_variance: Measure
    audio_variance: Measure
    frame_variance: Measure
    neighbour_correlation: Measure
    frame_correlation: Measure
    saturated: Measure
    layers: tuple[LayerSignal, ...]
    track: FeatureTrack = attribute(repr=False, compare=False)

    @property
    def speed(self) -> float:
        """sqrt(frame_variance) fps: how much a colour changes, in 8-bit levels a second."""
        return float(max(0.0, float(self.frame_variance)) ** 0.5 * self.frames.fps)

    @property
    def facts(self) -> Facts:
        """The numbers that the verdict is made of."""
        return Facts(
            float(self.space_variance),
            float(self.time_variance),
            float(self.audio_variance),
            float(self.neighbour_correlation),
            float(self.frame_correlation),
            float(self.saturated),
            self.speed,
        )

    @property
    def verdict(self) -> Verdict:
        """static, faint, alive or noisy: see `verdict.judge`."""
        return judge(self.facts)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Of deaf, washed out, flickers: see `verdict.flags_of`."""
        return flags_of(self.facts)

    @property
    def sentence(self) -> str:
        """Why, in one sentence."""
        return sentence_of(self.facts, self.layers, self.frames.height, float(self.frames.fps))

    @cached_property
    def suggestion(self) -> Suggestion | None:
        """A field with one setting changed that was diagnosed and found alive; None when all is well.

        Found when it is first asked for: some quick diagnoses, then one like this.
        """

        def measured(budget: str) -> Measured:
            return lambda field: diagnose(
                field, self.track, frames=self.frames, budget=budget, seed=self.seed
            )

        return suggest(self, measured("screen"), measured(self.budget))

    @property
    def measures(self) -> dict[str, Measure]:
        """All measures by name."""
        return {name: getattr(self, name) for name in MEASURES}

    def summary(self) -> str:
        """The diagnosis in a few lines of ASCII."""
        from explorer.diagnostics.diagnosis_text import summary

        return summary(self)

    __repr__ = summary  # what a prompt shows

    def table(self) -> pd.DataFrame:
        """One row a measure: value, low, high."""
        import pandas as pd  # slow to load

        rows = [measure.to_dict() for measure in self.measures.values()]
        return pd.DataFrame(rows, pd.Index(self.measures, name="measure"))

    def layer_table(self) -> pd.DataFrame:
        """One row a layer, predictions in columns `predicted_...`; empty for a field without layers."""
        import pandas as pd

        rows = []
        for layer in self.layers:
            row = layer.to_dict()
            predicted = row.pop("predicted") or {}
            rows.append(row | {f"predicted_{name}": value for name, value in predicted.items()})
        return pd.DataFrame(rows)

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
        from explorer.diagnostics.plots.diagnosis_plot import draw_diagnosis

        return draw_diagnosis(self, width)

    def _repr_png_(self) -> bytes:
        from explorer.diagnostics.plots.diagnosis_plot import png

        return png(self.figure())


def diagnose(
    field: FieldSettings,
    track: FeatureTrack,
    *,
    frames: FrameSettings | None = None,
    budget: str = "full",
    seed: int = 0,
    threads: int | None = None,
    progress: Progress = silent,
) -> Diagnosis:
    """Measure and judge a field as it would be rendered to a track.

    `frames` is the size, rate and excerpt to judge for; 640 x 360 at 30 frames a second unless given. `draft`
    evaluates the field fewer than 20,000 times, `full` ten times as often, on all cores unless
    `threads` are given. The same seed gives the same numbers. Works for any field through `controls`,
    `prepare` and `colors`; layers are reported where the prepared field offers `layers`. A callback that
    raises stops the work. Raises SettingsError.
    """
    check_field_and_track(field, track)
    if budget not in BUDGETS:
        raise SettingsError(f"no budget '{budget}'{nearest(budget, BUDGETS)}")
    frames, planned = frames or DEFAULT_FRAMES, BUDGETS[budget]
    blocks = sample(field, track, frames, planned, seed, progress, threads)
    crossed = np.array([crossed_variances(block.crossed) for block in blocks])
    pairs = np.array([correlation.pair_moments(block.pairs) for block in blocks])
    size = planned.layer_times, planned.layer_points
    (layers,) = in_threads(
        lambda size: layer_signals(field, track, frames, seed, *size), [size], "layers", silent, threads
    )
    return Diagnosis(
        field,
        frames,
        budget,
        seed,
        planned.evaluations + (planned.layer_times * planned.layer_points if layers else 0),
        **_measures(crossed, pairs, np.random.default_rng(seed)),
        layers=layers,
        track=track,
    )


def _measures(
    crossed: Float64[np.ndarray, "blocks 3"],
    pairs: Float64[np.ndarray, "blocks 10"],
    draws: np.random.Generator,
) -> dict[str, Measure]:
    """All measures from one row a block."""

    def group(column: int) -> Measure:
        return bootstrapped(crossed, lambda means: means[..., column], draws)

    found = {name: group(column) for column, name in enumerate(MEASURES[:3])}
    for name in MEASURES[3:]:
        found[name] = bootstrapped(pairs, getattr(correlation, name), draws)
    return found
