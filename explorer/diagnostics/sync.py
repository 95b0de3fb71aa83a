"""How well the picture's change follows the sound, and by how much it comes late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import fft, ndimage

MAX_LAG_SECONDS = 0.5  # either way
BLUR_SECONDS = 0.04  # standard deviation; pictures answer a hit within a few frames, not in one
MIN_SHIFT_SECONDS = 1.0  # a shift by more has nothing to do with the lag: its peaks are accidents

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
    critical_correlation: float | None  # 95 % of the shifts stay below it
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
    picture, sound = (_standard(series[:frames], BLUR_SECONDS * fps) for series in (change, onsets))
    if not picture.any() or not sound.any():
        return None
    spectrum = fft.rfft(picture) * np.conj(fft.rfft(sound))
    every = fft.irfft(spectrum, n=frames) / frames  # one correlation for each circular lag
    reach = max(1, min(round(MAX_LAG_SECONDS * fps), frames // 4))
    lags = np.arange(-reach, reach + 1)
    near = every[lags % frames]
    peak = int(near.argmax())
    shifted = _peaks_of_shifts(every, reach, round(MIN_SHIFT_SECONDS * fps))
    return Sync(
        correlation=float(near[peak]),
        lag_ms=1000 * (lags[peak] + _parabola_peak(near, peak)) / fps,
        p=_p_value(shifted, near[peak]) if len(shifted) else None,
        critical_correlation=float(np.quantile(shifted, 0.95)) if len(shifted) else None,
        lags_ms=1000 * lags / fps,
        correlations=near,
    )


def _standard(series: Series, blur: float) -> Series:
    """Blurred, of mean 0 and variance 1; zeros when it does not vary."""
    smooth = ndimage.gaussian_filter1d(series.astype(np.float64), blur, mode="wrap")
    spread = smooth.std()
    return np.asarray((smooth - smooth.mean()) / spread if spread > 1e-12 else np.zeros_like(smooth))


def _peaks_of_shifts(every: Series, reach: int, min_shift: int) -> Float64[np.ndarray, " shifts"]:
    """The peak of the correlation with the sound shifted, for each shift by more than `min_shift`."""
    peaks = ndimage.maximum_filter1d(every, 2 * reach + 1, mode="wrap")
    first = max(min_shift, 2 * reach) + 1
    return np.asarray(peaks[first : len(every) - first], np.float64)


def _p_value(shifted: Float64[np.ndarray, " shifts"], peak: float) -> float:
    """Share of peaks as high as the measured one, which counts as one of them: never 0."""
    return float((1 + np.sum(shifted >= peak)) / (1 + len(shifted)))


def _parabola_peak(values: Float64[np.ndarray, " lags"], peak: int) -> float:
    """Where the parabola through a peak and its neighbors is highest, in steps from it."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, top, after = values[peak - 1 : peak + 2]
    bend = before - 2 * top + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0
