"""A palette from a picture: its dark, its telling and its light colour."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from PIL import Image, UnidentifiedImageError
from scipy.cluster.vq import kmeans2

from explorer.errors import SettingsError
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.fields.srgb import decoded, encoded

SIDE = 96  # pixels of the picture that are looked at
GROUPS = 6

Colours = Float64[np.ndarray, "colours 3"]


def palette_from(picture: str | Path) -> str:
    """Three colours of a picture, dark to light, as the setting `palette` takes them.

    Such as `#101830-#c05a20-#ffe8a0`. The colours of its pixels are put into six groups (k-means in OKLab).
    The darkest and the lightest group are the ends; of the others the most colourful, weighed by how much
    there is of it, is the middle. The recipe holds the colours, so it needs the picture no more. Raises
    SettingsError for what is no picture.
    """
    try:
        with Image.open(picture) as opened:
            small = opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise SettingsError(_unreadable(Path(picture), error)) from None
    lab = _to_oklab(np.asarray(small, np.float64).reshape(-1, 3) / 255)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of groups that stay empty in pictures of few colours
        centres, labels = kmeans2(lab, GROUPS, minit="++", seed=0)
    sizes = np.bincount(labels, minlength=GROUPS)
    centres, sizes = centres[sizes > 0], sizes[sizes > 0]
    order = np.argsort(centres[:, 0])
    centres, sizes = centres[order], sizes[order]
    inner = slice(1, -1) if len(centres) > 2 else slice(0, 1)
    telling = np.hypot(*centres[inner, 1:].T) * np.sqrt(sizes[inner]) + 1e-9 * sizes[inner]
    chosen = np.stack([centres[0], centres[inner][telling.argmax()], centres[-1]])
    return "-".join("#" + bytes(colour).hex() for colour in np.round(255 * _to_srgb(chosen)).astype(np.uint8))


def _unreadable(picture: Path, error: Exception) -> str:
    """Why there are no colours in what should be a picture."""
    if not picture.exists():
        return f"palette: there is no picture {picture}; check the name and the folder"
    if picture.is_dir() or isinstance(error, UnidentifiedImageError):
        return f"palette: {picture} is no picture; give one such as a JPEG or PNG"
    reason = getattr(error, "strerror", None) or str(error)
    return f"palette: cannot read {picture}: {reason}; give another picture such as a JPEG or PNG"


def _to_oklab(srgb: Colours) -> Colours:
    return np.asarray(np.cbrt(decoded(srgb) @ np.linalg.inv(LMS_TO_LINEAR).T) @ np.linalg.inv(OKLAB_TO_LMS).T)


def _to_srgb(lab: Colours) -> Colours:
    linear = ((lab @ np.array(OKLAB_TO_LMS).T) ** 3 @ np.array(LMS_TO_LINEAR).T).clip(0, 1)
    return encoded(linear)
