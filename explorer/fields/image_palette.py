"""A palette from a picture: its darkest, its most characteristic and its lightest color."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from PIL import Image, UnidentifiedImageError
from scipy.cluster.vq import kmeans2

from explorer.errors import SettingsError
from explorer.fields.oklab import linear_to_oklab, oklab_to_linear
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear

SIDE = 96  # the picture is scaled to this many pixels square
CLUSTERS = 6

Colors = Float64[np.ndarray, "colors 3"]


def palette_from(picture: str | Path) -> str:
    """Three colors of a picture, dark to light, as a value of the setting `palette`.

    Such as `#101830-#c05a20-#ffe8a0`. The colors of its pixels are put into six clusters (k-means in OKLab).
    The darkest and the lightest cluster are the ends; of the others the most colorful, weighted by its size,
    is the middle. The recipe holds the colors and no longer needs the picture. Raises SettingsError for a
    file that is no picture.
    """
    if not Path(picture).is_file():  # to open a pipe could take for ever
        raise SettingsError(_unreadable(Path(picture), FileNotFoundError()))
    try:
        with Image.open(picture) as image:
            return palette_of(image)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise SettingsError(_unreadable(Path(picture), error)) from None


def palette_of(picture: Image.Image) -> str:
    """`palette_from` for a picture in memory."""
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    lab = _to_oklab(np.asarray(small, np.float64).reshape(-1, 3) / 255)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about clusters that stay empty in pictures of few colors
        centers, labels = kmeans2(lab, CLUSTERS, minit="++", seed=0)
    sizes = np.bincount(labels, minlength=CLUSTERS)
    centers, sizes = centers[sizes > 0], sizes[sizes > 0]
    order = np.argsort(centers[:, 0])
    centers, sizes = centers[order], sizes[order]
    inner = slice(1, -1) if len(centers) > 2 else slice(0, 1)
    character = np.hypot(*centers[inner, 1:].T) * np.sqrt(sizes[inner]) + 1e-9 * sizes[inner]
    colors = np.stack([centers[0], centers[inner][character.argmax()], centers[-1]])
    return "-".join("#" + bytes(color).hex() for color in np.round(255 * _to_srgb(colors)).astype(np.uint8))


def _unreadable(picture: Path, error: Exception) -> str:
    """Why a file has no colors."""
    if not picture.exists():
        return f"palette: there is no picture {picture}; check the name and the folder"
    if not picture.is_file() or isinstance(error, UnidentifiedImageError):
        return f"palette: {picture} is no picture; give one such as a JPEG or PNG"
    reason = getattr(error, "strerror", None) or str(error)
    return f"palette: cannot read {picture}: {reason}; give another picture such as a JPEG or PNG"


def _to_oklab(srgb: Colors) -> Colors:
    return linear_to_oklab(srgb_to_linear(srgb))


def _to_srgb(lab: Colors) -> Colors:
    return linear_to_srgb(oklab_to_linear(lab).clip(0, 1))
