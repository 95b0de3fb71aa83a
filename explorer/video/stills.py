"""Single pictures in files: PNG and JPEG, and numbered PNG frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer.errors import OutputError, SettingsError
from explorer.files import memory_file

JPEG_QUALITY = 92
MAX_JPEG_COMMENT_BYTES = 65_533
FAST_COMPRESSION = 1  # zlib level for frame sequences: several times faster than Pillow's 6, a little larger


def save_image(
    image: UInt8[np.ndarray, "height width 3"], path: str | Path, comment: str | None = None
) -> None:
    """Write an RGB picture as PNG or JPEG, by the name's ending; `comment` (a recipe) goes into the file.

    Raises SettingsError for other endings and for a comment that is too long for a JPEG.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".png":
        _save(image, path, "PNG", pnginfo=_text(comment))
    elif suffix in (".jpg", ".jpeg"):
        encoded = (comment or "").encode()
        if len(encoded) > MAX_JPEG_COMMENT_BYTES:
            raise SettingsError(f"{path.name}: a JPEG holds no comment over 64 kB; choose a .png")
        _save(image, path, "JPEG", quality=JPEG_QUALITY, subsampling=0, comment=encoded)
    else:
        raise SettingsError(f"cannot make {path.name}; choose a name that ends in .png, .jpg or .jpeg")


class PngSequence:
    """Numbered frames in a folder: frame_000001.png, frame_000002.png, ...

    A folder that holds such frames already is refused with OutputError, because two sequences would mix.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.written = 0
        if self.folder.is_file():
            raise OutputError(f"{self.folder} is a file; choose a folder for the frames")
        if next(self.folder.glob("frame_*.png"), None):
            raise OutputError(f"{self.folder} already holds frames; empty it or choose another folder")

    def write(self, frame: UInt8[np.ndarray, "height width 3"]) -> None:
        """Save the next frame, losslessly."""
        _save(
            frame, self.folder / f"frame_{self.written + 1:06d}.png", "PNG", compress_level=FAST_COMPRESSION
        )
        self.written += 1


def _save(image: np.ndarray, path: Path, kind: str, **options: Any) -> None:
    with memory_file(path) as file:  # Pillow ignores short writes to a path
        Image.fromarray(image).save(file, format=kind, **options)


def _text(comment: str | None) -> PngInfo:
    info = PngInfo()
    if comment:
        info.add_itxt("Comment", comment, zip=len(comment) > 1000)
    return info
