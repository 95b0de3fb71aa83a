"""A verdict in a few hundredths of a second: the rules and measures of the diagnosis on fewer colors.

For what is judged by the dozen, such as the children of a generation. There are no intervals, no layers and
no suggestion; `diagnose` has them. A field is judged by one sample a pixel, whatever its own number.
"""

from __future__ import annotations

import numpy as np

from explorer.audio import FeatureTrack
from explorer.diagnostics import correlation
from explorer.diagnostics.sampling import Budget, sample
from explorer.diagnostics.variance import crossed_variances
from explorer.diagnostics.verdict import Facts, Verdict, judge
from explorer.fields import FieldSettings
from explorer.rendering import FrameSettings

QUICK = Budget(blocks=2, times=5, sounds=5, points=48, pairs=12, pixels=40, layer_times=0, layer_points=0)


def quick_facts(
    field: FieldSettings, track: FeatureTrack, frames: FrameSettings, seed: int = 0, budget: Budget = QUICK
) -> Facts:
    """The measures that decide a verdict, on one thread; the same seed gives the same numbers."""
    blocks = sample(field.with_single_samples(), track, frames, budget, seed, threads=1)
    space, time, audio = np.mean([crossed_variances(block.crossed) for block in blocks], axis=0)
    means = np.mean([correlation.pair_moments(block.pairs) for block in blocks], axis=0)
    return Facts(
        space=float(space),
        time=float(time),
        audio=float(audio),
        neighbor=float(correlation.neighbour_correlation(means)),
        frame=float(correlation.frame_correlation(means)),
        saturated=float(correlation.saturated(means)),
        speed=max(0.0, float(correlation.frame_variance(means))) ** 0.5 * float(frames.fps),
    )


def quick_verdict(field: FieldSettings, track: FeatureTrack, frames: FrameSettings, seed: int = 0) -> Verdict:
    """One word for a field as it would be rendered: see `verdict.judge`."""
    return judge(quick_facts(field, track, frames, seed))
