"""Pictures inside the page: JPEG data URLs that share a budget of bytes."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

PAGE = 2_900_000  # bytes of one page; base64 makes four of three bytes of JPEG
BUDGET = 1_800_000  # bytes of JPEG in one page at most
LARGEST, SMALLEST = 24_000, 1_500  # bytes for one picture, however few or many there are
WIDTHS = (1600, 1280, 960, 640, 480, 320, 240, 160, 128, 96)  # pixels, the longer side, tried in turn
QUALITY, ROUGH = 78, (60, 45)  # at any width; only at the smallest, where that is not small enough
TILES, WHOLE = 3, (360, 204)  # a mosaic has up to three rows of three, and is so many pixels wide and high


@dataclass(frozen=True)
class Thumbnail:
    """A small picture as a data URL, with its size in pixels."""

    url: str
    width: int
    height: int


def share(count: int, rest: int = 0) -> int:
    """The bytes that each of `count` pictures may have in a page whose rest is so many bytes."""
    room = min(BUDGET, (PAGE - rest) * 3 // 4)
    return max(SMALLEST, min(LARGEST, room // max(count, 1)))


def embed(path: Path | None, room: int) -> Thumbnail | None:
    """The picture in at most about `room` bytes of JPEG; None when there is none or it cannot be decoded."""
    picture = _opened(path) if path else None
    if picture is None or path is None:
        return None
    if picture.format == "JPEG" and path.stat().st_size <= room:
        return _embedded(path.read_bytes(), picture.size)
    return _smaller(picture.convert("RGB"), room)


def mosaic(paths: Sequence[Path], room: int) -> Thumbnail | None:
    """Pictures evenly chosen from many in a square, up to TILES x TILES of them, as one thumbnail."""
    side = min(TILES, math.isqrt(len(paths)))
    evenly = [paths[round((n + 0.5) * len(paths) / side**2 - 0.5)] for n in range(side**2)]
    pictures = [picture.convert("RGB") for path in evenly if (picture := _opened(path))]
    if not pictures:
        return None
    width, height = WHOLE[0] // side, WHOLE[1] // side
    whole = Image.new("RGB", (width * side, height * side))
    for n, picture in enumerate(pictures):
        whole.paste(ImageOps.fit(picture, (width, height)), (n % side * width, n // side * height))
    return _smaller(whole, room)


def _opened(path: Path) -> Image.Image | None:
    """The decoded picture; a truncated one fails here rather than in the browser."""
    try:
        with Image.open(path) as picture:
            picture.load()
            decoded: Image.Image = picture
            return decoded
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _smaller(picture: Image.Image, room: int) -> Thumbnail:
    """The largest version that fits into `room` bytes, or the smallest there is."""
    data = b""
    longest = max(picture.size)
    widths = [min(longest, WIDTHS[0]), *(width for width in WIDTHS if width < longest)]
    for width, quality in [
        *((width, QUALITY) for width in widths),
        *((widths[-1], rough) for rough in ROUGH),
    ]:
        picture.thumbnail((width, width), Image.Resampling.BILINEAR, reducing_gap=2.0)
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        data = stream.getvalue()
        if len(data) <= room:
            break
    return _embedded(data, picture.size)


def _embedded(data: bytes, size: tuple[int, int]) -> Thumbnail:
    return Thumbnail("data:image/jpeg;base64," + base64.b64encode(data).decode("ascii"), *size)
