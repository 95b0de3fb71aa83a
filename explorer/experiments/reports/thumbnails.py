"""Pictures inside the page: JPEG data URLs that share a budget of bytes."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

PAGE_BYTES = 2_900_000  # of one page; base64 makes four of three bytes of JPEG
PICTURES_BYTES = 1_800_000  # of JPEG in one page at most
MAX_BYTES, MIN_BYTES = 24_000, 1_500  # for one picture, however few or many there are
WIDTHS = (1600, 1280, 960, 640, 480, 320, 240, 160, 128, 96)  # pixels, the longer side, tried in turn
QUALITY, LOW_QUALITIES = 78, (60, 45)  # at any width; only at the smallest, where that is not small enough
SPRITE_COLUMNS, SPRITE_WIDTH = 20, 96  # pictures in a row of a sprite sheet; pixels of one
SPRITE_SHEET_BYTES, SPRITE_QUALITIES = 400_000, (80, 65, 50, 35, 20)  # of JPEG; tried in turn
MOSAIC_SIDE, MOSAIC_SIZE = 3, (360, 204)  # pictures in a row and in a column at most; pixels of the whole


@dataclass(frozen=True)
class Thumbnail:
    """A small picture as a data URL, with its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class SpriteSheet:
    """Small pictures of one size, row by row in one larger picture."""

    sheet: Thumbnail
    numbers: tuple[int, ...]  # of the pictures asked for, in the order in which they lie in the sheet
    columns: int
    width: int  # pixels of one picture
    height: int


def picture_bytes(count: int, rest: int = 0) -> int:
    """The bytes that each of `count` pictures may have in a page with `rest` other bytes."""
    max_bytes = min(PICTURES_BYTES, (PAGE_BYTES - rest) * 3 // 4)
    return max(MIN_BYTES, min(MAX_BYTES, max_bytes // max(count, 1)))


def embed(path: Path | None, max_bytes: int) -> Thumbnail | None:
    """The picture in about `max_bytes` of JPEG at most; None when there is none or it cannot be decoded."""
    if path is None or not path.is_file():
        return None
    status = path.stat()
    thumbnail = _jpeg_file(path, status.st_mtime_ns) if status.st_size <= max_bytes else None
    if thumbnail is None and (picture := _load_picture(path)):
        thumbnail = _reduce(picture.convert("RGB"), max_bytes)
    return thumbnail


@lru_cache(maxsize=1024)  # a growing report is written again and again
def _jpeg_file(path: Path, written: int) -> Thumbnail | None:
    """A JPEG as it is; None for other files, and for one that cannot be decoded. `written` is when."""
    picture = _load_picture(path)
    return _data_url(path.read_bytes(), picture.size) if picture and picture.format == "JPEG" else None


def mosaic(paths: Sequence[Path], max_bytes: int) -> Thumbnail | None:
    """Pictures evenly chosen from many, in a square of up to MOSAIC_SIDE squared, as one thumbnail."""
    side = min(MOSAIC_SIDE, math.isqrt(len(paths)))
    evenly = [paths[round((n + 0.5) * len(paths) / side**2 - 0.5)] for n in range(side**2)]
    pictures = [picture.convert("RGB") for path in evenly if (picture := _load_picture(path))]
    if not pictures:
        return None
    width, height = MOSAIC_SIZE[0] // side, MOSAIC_SIZE[1] // side
    whole = Image.new("RGB", (width * side, height * side))
    for n, picture in enumerate(pictures):
        whole.paste(ImageOps.fit(picture, (width, height)), (n % side * width, n // side * height))
    return _reduce(whole, max_bytes)


def sprite_sheet(paths: Sequence[Path]) -> SpriteSheet | None:
    """All pictures that can be decoded in one sheet, cropped to the shape of the first; None without any."""
    pictures = {n: picture for n, path in enumerate(paths) if (picture := _load_sprite(path))}
    if not pictures:
        return None
    first = next(iter(pictures.values()))
    width, height = SPRITE_WIDTH, first.height
    columns = min(SPRITE_COLUMNS, len(pictures))
    whole = Image.new("RGB", (width * columns, height * math.ceil(len(pictures) / columns)))
    for place, picture in enumerate(pictures.values()):
        row, column = divmod(place, columns)
        whole.paste(ImageOps.fit(picture, (width, height)), (column * width, row * height))
    data = b""
    for quality in SPRITE_QUALITIES:
        data = _jpeg(whole, quality)
        if len(data) <= SPRITE_SHEET_BYTES:
            break
    return SpriteSheet(_data_url(data, whole.size), tuple(pictures), columns, width, height)


def _load_sprite(path: Path) -> Image.Image | None:
    """The picture at the width of a sprite, at most three times as high as it is wide."""
    picture = _load_picture(path)
    if picture is None:
        return None
    height = round(SPRITE_WIDTH * min(max(picture.height / picture.width, 1 / 3), 3))
    return ImageOps.fit(picture.convert("RGB"), (SPRITE_WIDTH, height), Image.Resampling.BILINEAR)


def _load_picture(path: Path) -> Image.Image | None:
    """The decoded picture; a truncated one fails here rather than in the browser."""
    try:
        with Image.open(path) as picture:
            picture.load()
            decoded: Image.Image = picture
            return decoded
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _reduce(picture: Image.Image, max_bytes: int) -> Thumbnail:
    """The largest version that fits into `max_bytes` bytes, or the smallest there is."""
    data = b""
    side = max(picture.size)
    widths = [min(side, WIDTHS[0]), *(width for width in WIDTHS if width < side)]
    for width, quality in [
        *((width, QUALITY) for width in widths),
        *((widths[-1], quality) for quality in LOW_QUALITIES),
    ]:
        picture.thumbnail((width, width), Image.Resampling.BILINEAR, reducing_gap=2.0)
        data = _jpeg(picture, quality)
        if len(data) <= max_bytes:
            break
    return _data_url(data, picture.size)


def jpeg_thumbnail(pixels: np.ndarray) -> Thumbnail:
    """A picture as it is."""
    picture = Image.fromarray(pixels)
    return _data_url(_jpeg(picture, QUALITY), picture.size)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _data_url(data: bytes, size: tuple[int, int]) -> Thumbnail:
    return Thumbnail("data:image/jpeg;base64," + base64.b64encode(data).decode("ascii"), *size)
