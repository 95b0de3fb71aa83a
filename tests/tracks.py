"""Feature tracks made up for tests: no sound needed."""

import numpy as np

from explorer.audio import FEATURES, AnalysisSettings, FeatureTrack


def made_up_track(duration=4.0, fps=60.0, seed=0):
    """Smooth random features in [-1, 1]."""
    frames = max(1, round(duration * fps))
    steps = np.random.RandomState(seed).uniform(-1, 1, (frames + 30, len(FEATURES)))
    values = np.stack([np.convolve(column, np.ones(31) / 31, "valid") for column in steps.T], axis=1)[:frames]
    values = (values / max(1e-9, np.abs(values).max())).astype(np.float32)
    return FeatureTrack(
        values=values,
        raw=values,
        names=FEATURES,
        fps=fps,
        duration=duration,
        name="made-up.wav",
        sha256="0" * 64,
        settings=AnalysisSettings(fps=fps),
    )
