"""The numbers of a diagnosis, and the verdict that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from explorer.audio import FeatureTrack
from explorer.diagnostics.layers import LayerSignal
from explorer.diagnostics.measure import MEASURES, Measure
from explorer.diagnostics.verdict import Facts, Flag, Verdict, flags_of, judge
from explorer.diagnostics.verdict_sentence import sentence_of
from explorer.fields import FieldSettings
from explorer.rendering import FrameSettings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class DiagnosisResult:
    """How a field looks and moves as a recipe would render it.

        space_variance, time_variance, audio_variance   see `variance.crossed_variances`; in [0, 1]^2
        frame_variance          E[(255 (f(t + 1/fps) - f(t)))^2] over pixels, frames and channels; 8-bit^2
        neighbour_correlation   of pixels side by side at the recipe's rows; see `correlation`
        frame_correlation       of consecutive frames
        saturated               share of color values within 2 of 255 levels of black or full

    each with a 95 % bootstrap interval; then `layers`, empty for a field that has none, `verdict`, `flags`
    and `sentence`. `evaluations` is the number of colors that were computed.
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
    def neighbor_correlation(self) -> Measure:
        """`neighbour_correlation`, whose spelling stays in files."""
        return self.neighbour_correlation

    @property
    def speed(self) -> float:
        """sqrt(frame_variance) fps: how much a color changes, in 8-bit levels a second."""
        return float(max(0.0, float(self.frame_variance)) ** 0.5 * self.frames.fps)

    @property
    def facts(self) -> Facts:
        """The numbers that decide the verdict."""
        return Facts(
            space=float(self.space_variance),
            time=float(self.time_variance),
            audio=float(self.audio_variance),
            neighbor=float(self.neighbor_correlation),
            frame=float(self.frame_correlation),
            saturated=float(self.saturated),
            speed=self.speed,
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

    @property
    def measures(self) -> dict[str, Measure]:
        """All measures by name."""
        return {name: getattr(self, name) for name in MEASURES}

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
