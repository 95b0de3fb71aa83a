"""What a picture makes of a song, as numbers: hits, loudness, music against the clock, fine structure."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import ndimage

from explorer.audio import FeatureTrack
from explorer.diagnostics.look_measures import LIGHT_OF_LEVEL, lightness
from explorer.diagnostics.sync import synchrony
from explorer.experiments.library import seed_scores
from explorer.fields.srgb import LUMINANCE

LOUDNESS_SECONDS = 0.5  # standard deviation of the smoothing of loudness
FINE_PIXELS = 10  # structure finer than this is in focus, in a picture of 640x360
HIT_LEVEL, MIN_HITS = 0.3, 0.5  # the onset, 0 to 1, of a hit; hits a second of percussive music
SHIFT_SECONDS = 8.0  # between moments of one song that are compared


def luminances(frames: np.ndarray) -> np.ndarray:
    """The mean luminance of each frame, uint8 (frames, height, width, 3)."""
    channels = np.moveaxis(frames, -1, 1).reshape(len(frames), 3, -1)
    counts = np.array([[np.bincount(levels, minlength=256) for levels in frame] for frame in channels])
    return np.asarray(counts @ LIGHT_OF_LEVEL / channels.shape[2] @ LUMINANCE)


def frame_changes(frames: np.ndarray) -> np.ndarray:
    """The mean difference of each frame from the one before, in levels; 0 for the first."""
    steps = [np.abs(b.astype(np.int16) - a).mean() for a, b in pairwise(frames)]
    return np.array([0.0, *steps])


def onsets_between(track: FeatureTrack, times: np.ndarray) -> np.ndarray:
    """The strongest onset, 0 to 1, since the time before: what a change of frame can answer."""
    onset = (track.values[:, track.names.index("onset")].astype(np.float64) + 1) / 2
    rows = np.round(times * track.fps).astype(int).clip(0, len(onset) - 1)
    step = max(1, int(np.diff(rows, prepend=rows[0]).max(initial=1)))
    return np.array([onset[max(0, row - step + 1) : row + 1].max() for row in rows])


def is_percussive(track: FeatureTrack) -> bool:
    """Whether it has hits: `MIN_HITS` a second and more."""
    onset = (track.values[:, track.names.index("onset")] + 1) / 2
    peaks = (onset[1:-1] > onset[:-2]) & (onset[1:-1] >= onset[2:]) & (onset[1:-1] > HIT_LEVEL)
    return bool(peaks.sum() >= MIN_HITS * track.duration)


def hits(frames: np.ndarray, track: FeatureTrack, times: np.ndarray) -> tuple[float, float]:
    """(r of frame change and onsets at the best lag, what 95 % of shifts of the sound stay below)."""
    fps = (len(times) - 1) / (times[-1] - times[0])
    sync = synchrony(frame_changes(frames), onsets_between(track, times), fps)
    if sync is None:
        return 0.0, 0.0
    return sync.correlation, 0.0 if sync.critical_correlation is None else sync.critical_correlation


def loudness(track: FeatureTrack, times: np.ndarray) -> np.ndarray:
    """Loudness at some times, 0 to 1, smoothed."""
    rms = (track.values[:, track.names.index("rms")].astype(np.float64) + 1) / 2
    smooth = ndimage.gaussian_filter1d(rms, LOUDNESS_SECONDS * track.fps)
    return np.interp(times, track.times, smooth)


def brightness_by_loudness(frames: np.ndarray, track: FeatureTrack, times: np.ndarray) -> float:
    """Correlation over time of mean luminance and smoothed loudness; 0 where either does not vary."""
    light, loud = luminances(frames), loudness(track, times)
    if light.std() < 1e-9 or loud.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(light, loud)[0, 1])


def music_against_clock(songs: list[np.ndarray], seconds: float) -> float:
    """Difference between two songs at the same second over that of one song at other seconds.

    `songs` are frames at the same times, `seconds` apart; 1: the song matters as much as time does.
    """
    count = min(len(song) for song in songs)
    shift = max(1, round(SHIFT_SECONDS / seconds))
    pictures = [song[:count].astype(np.int16) for song in songs]
    between = [np.abs(a - b).mean() for n, a in enumerate(pictures) for b in pictures[:n]]
    within = [
        np.abs(song[k:] - song[:-k]).mean()
        for song in pictures
        for k in range(shift, max(count // 2, shift + 1))
    ]
    return float(np.mean(between) / max(np.mean(within), 1e-9))


def fine_share(frame: np.ndarray) -> float:
    """Share of the energy of lightness, without its mean, in structure finer than `FINE_PIXELS`."""
    return seed_scores.fine_share(lightness(frame), FINE_PIXELS / max(frame.shape[:2]))
