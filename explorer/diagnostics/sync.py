"""How well the picture's change follows the sound, and by how much it comes late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import fft, ndimage

REACH = 0.5  # seconds: the largest lag that is looked for, either way
BLUR = 0.04  # seconds, standard deviation; pictures answer a hit within a few frames, not in one
FAR = 1.0  # seconds: a shift by more tells nothing about the lag, so it shows what chance does

Series = Float64[np.ndarray, " frames"]


@dataclass(frozen=True, eq=False)
class Sync:
    """The cross-correlation of the picture's change with the sound's onsets, and its peak.

    `lag_ms` is positive when the picture is late. `p` is the share of all circular shifts of the sound (by
    more than a second) that reach as high a peak: small means that it is no accident. It is large for music
    that repeats exactly, which fits itself after every bar. None: too short to shift.
    """

    correlation: float  # at the peak, -1 ... 1
    lag_ms: float
    p: float | None
    chance: float | None  # the correlation that 95 % of the shifts stay below
    lags_ms: Float64[np.ndarray, " lags"]
    correlations: Float64[np.ndarray, " lags"]


def synchrony(change: Series, onsets: Series, fps: float) -> Sync | None:
    """Pearson correlation of change[n + lag] with onsets[n], for lags within half a second.

    Both are blurred alike, and wrap around at the ends. The lag is read between frames from the parabola
    through the peak. None when either does not vary or there are fewer than eight frames.
    """
    frames = min(len(change), len(onsets))
    if frames < 8:
        return None
    picture, sound = (_standard(series[:frames], BLUR * fps) for series in (change, onsets))
    if not picture.any() or not sound.any():
        return None
    spectrum = fft.rfft(picture) * np.conj(fft.rfft(sound))
    every = fft.irfft(spectrum, n=frames) / frames  # one correlation for each circular lag
    reach = max(1, min(round(REACH * fps), frames // 4))
    lags = np.arange(-reach, reach + 1)
    near = every[lags % frames]
    peak = int(near.argmax())
    by_chance = _peaks_of_shifts(every, reach, round(FAR * fps))
    return Sync(
        correlation=float(near[peak]),
        lag_ms=1000 * (lags[peak] + _between(near, peak)) / fps,
        p=_share_above(by_chance, near[peak]) if len(by_chance) else None,
        chance=float(np.quantile(by_chance, 0.95)) if len(by_chance) else None,
        lags_ms=1000 * lags / fps,
        correlations=near,
    )


def _standard(series: Series, blur: float) -> Series:
    """Blurred, of mean 0 and variance 1; zeros when it does not vary."""
    smooth = ndimage.gaussian_filter1d(series.astype(np.float64), blur, mode="wrap")
    spread = smooth.std()
    return np.asarray((smooth - smooth.mean()) / spread if spread > 1e-12 else np.zeros_like(smooth))


def _peaks_of_shifts(every: Series, reach: int, far: int) -> Float64[np.ndarray, " shifts"]:
    """The peak that would be found had the sound been shifted, for each shift by more than `far`."""
    peaks = ndimage.maximum_filter1d(every, 2 * reach + 1, mode="wrap")
    away = max(far, 2 * reach) + 1
    return np.asarray(peaks[away : len(every) - away], np.float64)


def _share_above(by_chance: Float64[np.ndarray, " shifts"], peak: float) -> float:
    """Share of peaks as high as the one found, which counts as one of them: never 0."""
    return float((1 + np.sum(by_chance >= peak)) / (1 + len(by_chance)))


def _between(values: Float64[np.ndarray, " lags"], peak: int) -> float:
    """Where the parabola through a peak and its neighbours is highest, in steps from it."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, top, after = values[peak - 1 : peak + 2]
    bend = before - 2 * top + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0
