"""What a look is like, in numbers from 0 to 1, by name: the axes of an atlas and what looks are bred for.

They are made of the facts of a verdict and of a few small pictures, so that looks can be judged by the
thousand. Pictures are measured in OKLab: lightness L in [0, 1], color axes a and b. They come as
pixels of 8 bits, or as `oklab` already, which saves most of the time where one picture has many measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from jaxtyping import Float64, UInt8

from explorer.diagnostics.verdict import (
    FLICKER_FRAME_CORRELATION,
    STATIC_SPEED,
    WASHED_OUT_SHARE,
    Facts,
    judge,
)
from explorer.fields.oklab import linear_to_oklab
from explorer.fields.srgb import srgb_to_linear

MAX_SPEED = 1024.0  # levels (of 255) a second, where motion is 1: a change by 34 of them in every frame
FULL_CHROMA = 0.25  # mean chroma in OKLab where colorfulness is 1; the most that sRGB has is 0.32
MIN_ENERGY = 1e-8  # below, a picture has one color
LIGHT_OF_LEVEL = srgb_to_linear(np.arange(256) / 255)

Picture = UInt8[np.ndarray, "_ _ 3"] | Float64[np.ndarray, "_ _ 3"]
Lightness = Float64[np.ndarray, "height width"]
Spectrum = Float64[np.ndarray, "rows columns"]
LookMeasure = Callable[[Facts, Sequence[Picture]], float]


def motion(facts: Facts, pictures: Sequence[Picture] = ()) -> float:
    """How fast the picture changes, v in levels a second: log(v / 2) / log(1024 / 2), 0 below v = 2."""
    octaves = math.log(max(facts.speed, STATIC_SPEED) / STATIC_SPEED)
    return _clipped(octaves / math.log(MAX_SPEED / STATIC_SPEED))


def audio_share(facts: Facts, pictures: Sequence[Picture] = ()) -> float:
    """The share of the music in the change: audio variance / (time variance + audio variance)."""
    change = facts.time + facts.audio
    return _clipped(facts.audio / change) if change > 0 else 0.0


def colorfulness(facts: Facts, pictures: Sequence[Picture]) -> float:
    """Mean chroma sqrt(a^2 + b^2) over a quarter: 0 for gray, 1 for the strongest colors throughout."""
    chroma = _mean(np.hypot(lab[..., 1], lab[..., 2]).mean() for lab in map(oklab, pictures))
    return _clipped(chroma / FULL_CHROMA)


def symmetry(facts: Facts, pictures: Sequence[Picture]) -> float:
    """How much a picture is like its mirror image: the correlation of L with L mirrored, 0 below none.

    The largest of left-right, up-down and both (half a turn). A picture of one color has 1.
    """
    return _mean(_symmetry(lightness(picture)) for picture in pictures)


def fineness(facts: Facts, pictures: Sequence[Picture]) -> float:
    """How fine the structure is: the mean logarithm of its spatial frequency, weighted by energy.

    0 is one cycle along the longer side, 1 the finest that its pixels can show.
    """
    return _mean(_fineness(lightness(picture)) for picture in pictures)


def contrast(facts: Facts, pictures: Sequence[Picture]) -> float:
    """Twice the standard deviation of L: 0 for one color, 1 for half black and half white."""
    return _clipped(_mean(2 * lightness(picture).std() for picture in pictures))


LOOK_MEASURES: dict[str, LookMeasure] = {
    "motion": motion,
    "audio_share": audio_share,
    "colorfulness": colorfulness,
    "symmetry": symmetry,
    "fineness": fineness,
    "contrast": contrast,
}


def quality(facts: Facts) -> float:
    """How well a picture holds up, whatever it shows and however it moves: in [0, 1], 0 if static or noisy.

        q = min(1, 2 sqrt(space variance)) c^2 (1 - w)

    with c the correlation of neighboring pixels, times that of consecutive frames over 0.8 where it is less,
    and w the share of saturated colors beyond one half. So structure counts, noise, flicker and glare count
    against it, and motion and music do not count: they are axes.
    """
    if judge(facts) in ("static", "noisy"):
        return 0.0
    smooth = _clipped(facts.neighbor) * _clipped(facts.frame / FLICKER_FRAME_CORRELATION)
    glare = max(0.0, facts.saturated - WASHED_OUT_SHARE)
    return _clipped(2 * math.sqrt(max(0.0, facts.space))) * smooth**2 * (1 - glare)


def oklab(picture: Picture) -> Float64[np.ndarray, "height width 3"]:
    """OKLab of 8-bit pixels; of what is OKLab already, the same."""
    return linear_to_oklab(LIGHT_OF_LEVEL[picture]) if picture.dtype == np.uint8 else picture


def lightness(picture: Picture) -> Lightness:
    """OKLab lightness in [0, 1]."""
    light: Lightness = oklab(picture)[..., 0]
    return light


def spectrum(light: Lightness) -> tuple[Spectrum, Spectrum]:
    """Energy of lightness without its mean, faded out at the edges; frequency in cycles per pixel."""
    window = np.outer(*(np.hanning(side + 2)[1:-1] for side in light.shape))
    weighted = (light - (light * window).sum() / window.sum()) * window
    energy = np.abs(np.fft.rfft2(weighted)) ** 2
    energy[:, 1:-1] *= 2  # the other half of the spectrum
    frequency = np.hypot(
        *np.meshgrid(*(np.fft.fftfreq(light.shape[0]), np.fft.rfftfreq(light.shape[1])), indexing="ij")
    )
    return energy, frequency


def _symmetry(light: Lightness) -> float:
    centered = light - light.mean()
    energy = float((centered**2).mean())
    if energy < MIN_ENERGY:
        return 1.0
    mirrored = (centered[:, ::-1], centered[::-1], centered[::-1, ::-1])
    return _clipped(max(float((centered * other).mean()) for other in mirrored) / energy)


def _fineness(light: Lightness) -> float:
    energy, frequency = spectrum(light)
    total, side = float(energy.sum()), max(light.shape)
    if total < MIN_ENERGY:
        return 0.0
    octaves = np.log(np.maximum(side * frequency, 1.0))
    return _clipped(float((energy * octaves).sum()) / total / math.log(max(side, 3) / 2))


def _mean(values: Iterable[float]) -> float:
    numbers = [float(value) for value in values]
    return sum(numbers) / len(numbers) if numbers else 0.0


def _clipped(value: float) -> float:
    return float(min(1.0, max(0.0, value)))
