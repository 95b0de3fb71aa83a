"""The finish: linear light of a whole frame to bytes, with the glow of its bright places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Int64

from explorer.fields.light.settings import Finish

NUMBERS = ("exposure", "unused", "vignette", "grain")
NOISE_SIZE = 2**18  # numbers of the fixed noise; a row of a frame reads a part of it
NOISE_STEP = 77773  # between the parts of two rows; a prime
MAX_NOISE_ROW = 2**14  # pixels of a row
NEUTRAL = Finish(bloom=0.0, filmic=False, vignette=0.0, grain=0.0)  # what light alone is drawn with

GLOW_ROWS = 120  # of the image that the glow is blurred in, about
GLOWS = ((0.5, 3 / 360, 1), (0.3, 11 / 360, 2), (0.35, 36 / 360, 8))  # share, radius in heights, reduction


@lru_cache(maxsize=1)
def noise() -> Float32[np.ndarray, " numbers"]:
    """Uniform numbers in [0, 1), the same for ever (NumPy NEP 19)."""
    return np.random.RandomState(11).random_sample(NOISE_SIZE).astype(np.float32)


def noise_places(finish: Finish, t: float, rows: int) -> Int64[np.ndarray, "rows 3"]:
    """Where in the noise the rows of a frame start: two parts for grain, one for rounding.

    Grain changes with t in whole microseconds; without grain the rounding is that of every frame.
    """
    seed = round(t * 1_000_000) if finish.grain else 0
    stream = np.random.RandomState([seed % 2**32, seed // 2**32 % 2**32])
    start = stream.randint(0, NOISE_SIZE, 3).astype(np.int64)
    return (start + np.arange(rows)[:, None] * NOISE_STEP) % (NOISE_SIZE - MAX_NOISE_ROW)


def finish_numbers(finish: Finish) -> Float32[np.ndarray, 4]:
    """`NUMBERS`, as the formulas take them."""
    return np.array((finish.exposure, 0, finish.vignette, finish.grain), np.float32)


@dataclass(frozen=True)
class GlowSize:
    """The image that the glow of a frame is blurred in: each pixel is the mean of factor x factor."""

    factor: int
    rows: int
    columns: int

    @classmethod
    def of(cls, width: int, height: int) -> GlowSize:
        factor = max(1, round(min(width, height) / GLOW_ROWS))
        return cls(factor, -(-height // factor), -(-width // factor))

    def radius(self, heights: float, shorter: int) -> float:
        """A length in heights of the frame (its shorter side) in pixels of this image."""
        return heights * shorter / self.factor


def blurred(
    source: Float32[np.ndarray, "3 rows columns"], finish: Finish, size: GlowSize, shorter: int
) -> Float32[np.ndarray, "3 rows columns"]:
    """The glow: the source blurred at three radii, the larger ones in reduced images."""
    from explorer.fields.light import glow_kernel

    total = np.zeros_like(source)
    for share, heights, reduction in GLOWS:
        weights = gauss(size.radius(heights, shorter) / reduction)
        small = glow_kernel.blur(reduced(source, reduction), weights)
        wide = stretched(small, reduction, size.columns)
        rows = neighbors(reduction, size.rows, small.shape[1])
        glow_kernel.add_stretched(total, np.float32(share * finish.bloom), wide, *rows)
    return total


@lru_cache(maxsize=16)
def gauss(radius: float) -> Float32[np.ndarray, " taps"]:
    """The weights of a blur, cut at three radii."""
    reach = round(3 * radius)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def reduced(image: Float32[np.ndarray, "3 rows columns"], factor: int) -> Float32[np.ndarray, "3 less fewer"]:
    """Means of blocks of factor x factor; the last block is filled up with the edge."""
    if factor == 1:
        return image
    _, rows, columns = image.shape
    padded = np.pad(image, ((0, 0), (0, -rows % factor), (0, -columns % factor)), mode="edge")
    lines = padded[:, ::factor]
    for n in range(1, factor):
        lines = lines + padded[:, n::factor]
    blocks = lines[:, :, ::factor]
    for n in range(1, factor):
        blocks = blocks + lines[:, :, n::factor]
    return np.asarray(blocks * np.float32(1 / factor**2), np.float32)


def neighbors(
    factor: int, count: int, small: int
) -> tuple[Int64[np.ndarray, " n"], Float32[np.ndarray, " n"]]:
    """For `count` pixels of an image `factor` times as large: the pixel before each, and how far beyond it.

    The centers of both images agree, and edges are held.
    """
    position = ((np.arange(count) + 0.5) / factor - 0.5).clip(0, small - 1)
    before = np.minimum(position.astype(np.int64), max(0, small - 2))
    return before, (position - before).astype(np.float32)


def stretched(
    image: Float32[np.ndarray, "3 rows columns"], factor: int, columns: int
) -> Float32[np.ndarray, "3 rows larger"]:
    """The image `factor` times as wide, bilinear."""
    from explorer.fields.light import glow_kernel

    if factor == 1:
        return image
    wide: Float32[np.ndarray, "3 rows larger"] = glow_kernel.stretch(
        image, *neighbors(factor, columns, image.shape[2])
    )
    return wide
