"""Reading a picture to paint from: upright, opaque, in sRGB, small enough, without a surprise for memory."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageOps, UnidentifiedImageError

from explorer.errors import SettingsError
from explorer.fields.cppn.stored_weights import MAX_PICTURES

MAX_PIXELS = 120_000_000  # that are decoded, half a gigabyte; JPEGs are decoded smaller
PAPER = (255, 255, 255)  # shows where a picture is transparent
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")  # in folders
ADVICE = "give a picture such as a JPEG or PNG"


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in [0, 1] and where it is from: the name of its file, and the hash of its pixels."""

    name: str
    pixels: Float32[np.ndarray, "height width 3"]

    @property
    def sha256(self) -> str:
        """Of its pixels in 8 bits."""
        return hashlib.sha256(self.image.tobytes()).hexdigest()

    @property
    def image(self) -> np.ndarray:
        """In 8 bits."""
        return in_8_bits(self.pixels)


def in_8_bits(pixels: np.ndarray) -> np.ndarray:
    """Colors in [0, 1] as uint8."""
    return np.asarray(pixels * 255 + 0.5, np.uint8)


def load_picture(source: Any, side: int) -> Picture:
    """A picture from a file, a PIL image or an array (height, width, 3) of bytes, at most `side` pixels long.

    It is turned as its camera says, laid on white where it is transparent, and of an animation it is the
    first frame. Raises SettingsError for what is no picture, is damaged or too large.
    """
    if isinstance(source, str | Path):
        path = Path(source).expanduser()
        if not path.is_file():  # to open a pipe could take for ever
            raise SettingsError(f"picture: {str(source)[:200]} is not there; {ADVICE}")
        return Picture(path.name, _read(path, side))
    if isinstance(source, Image.Image):
        return Picture("picture", _pixels(source, side))
    array = np.asarray(source)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise SettingsError(
            f"picture: got {type(source).__name__} of shape {array.shape} and type {array.dtype}; allowed: a "
            "file, a PIL image, or an array (height, width, 3) of uint8"
        )
    return Picture("picture", _pixels(Image.fromarray(array), side))


def load_pictures(source: Any, side: int) -> list[Picture]:
    """One picture as `load_picture` takes it, or several: a list, or a folder, whose other files are skipped.

    Later ones are cut to the shape of the first. Raises SettingsError.
    """
    if isinstance(source, str | Path) and Path(source).expanduser().is_dir():
        folder = Path(source).expanduser()
        source = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        if not source:
            raise SettingsError(f"picture: no pictures in {folder.name}; {ADVICE}")
    if not isinstance(source, list | tuple):
        return [load_picture(source, side)]
    if not 0 < len(source) <= MAX_PICTURES:
        raise SettingsError(f"picture: got {len(source)} pictures; allowed: 1 to {MAX_PICTURES}")
    first, *others = (load_picture(each, side) for each in source)
    height, width = first.pixels.shape[:2]
    return [first, *(_cut(picture, (width, height)) for picture in others)]


def _cut(picture: Picture, size: tuple[int, int]) -> Picture:
    fitted = ImageOps.fit(Image.fromarray(picture.image), size, Image.Resampling.LANCZOS)
    return Picture(picture.name, np.asarray(fitted, np.float32) / np.float32(255))


def _read(path: Path, side: int) -> Float32[np.ndarray, "height width 3"]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                image.draft("RGB", (2 * side, 2 * side))  # JPEGs alone: decoded at up to an eighth
                _check_size(image, path)
                return _pixels(image, side)
    except UnidentifiedImageError:
        raise SettingsError(f"picture: {path.name} is no picture; {ADVICE}") from None
    except Image.DecompressionBombError:
        raise SettingsError(f"picture: {path.name} has too many pixels; {_size_advice()}") from None
    except SettingsError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, TypeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise SettingsError(f"picture: cannot read {path.name}: {reason}; give another picture") from None


def _check_size(image: Image.Image, path: Path) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise SettingsError(f"picture: {path.name} has {width}x{height} pixels; {_size_advice()}")


def _size_advice() -> str:
    return f"save it smaller (up to {MAX_PIXELS // 10**6} megapixels) or as a JPEG, which may be larger"


def _pixels(image: Image.Image, side: int) -> Float32[np.ndarray, "height width 3"]:
    """In sRGB, [0, 1], scaled down to a longer side of at most `side`."""
    image.thumbnail((4 * side, 4 * side), Image.Resampling.BOX)  # in place, before there are copies
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("I;16", "I;16B", "I;16L", "I"):  # gray in 16 bits
        upright = Image.fromarray(
            (np.asarray(upright).astype(np.float64) / 257).clip(0, 255).astype(np.uint8)
        )
    if "A" in upright.getbands() or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        upright = Image.new("RGBA", layered.size, (*PAPER, 255))
        upright.alpha_composite(layered)
    colors = upright.convert("RGB")
    colors.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(colors, np.float32) / np.float32(255)
