"""Feature tracks made up for tests: no sound needed."""

import dataclasses

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


def track_with_beats(duration=4.0, bpm=120.0, fps=60.0):
    """A track with a beat in the middle of every interval, bars of four, and a section halfway."""
    track = made_up_track(duration, fps)
    settings = track.settings.with_extras(("beats", "bars", "sections"))
    section = (track.times >= duration / 2).astype(np.float32)
    beat = track.times * bpm / 60 + 0.5
    rows = [beat % 1, np.full_like(beat, bpm), (beat + 3) / 4 % 1, np.full_like(beat, 4.0), section, 0 * beat]
    columns = np.stack(rows, axis=1).astype(np.float32)
    values = np.hstack([track.values, np.zeros_like(columns)])
    raw = np.hstack([track.raw, columns])
    return dataclasses.replace(track, values=values, raw=raw, names=settings.names, settings=settings)
