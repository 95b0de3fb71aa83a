"""Draws lyrics into frames: centered at the bottom, white with a dark outline, with Pillow."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont, features

from explorer.errors import SettingsError, warn
from explorer.files import sha256_of
from explorer.video.lyrics.settings import Lyrics

TEXT_SHARE = 0.06  # height of a row of text, of the shorter side of the frame
MIN_TEXT_PIXELS = 9
MARGIN_SHARE = 0.06  # below the text, of the frame's height
MAX_WIDTH_SHARE = 0.9  # of the frame that a row of text takes
OUTLINE_SHARE = 0.09  # of the height of the text
MAX_ROWS_SHARE = 0.5  # of the frame's height that text takes; what is above is left out
TIME_TOLERANCE = 1e-6  # seconds
RIGHT_TO_LEFT = ("R", "AL")  # classes of letters of Unicode

Frame = UInt8[np.ndarray, "height width 3"]


class TextLayer(NamedTuple):
    """Text ready to be laid over the rows of a frame from `top` on."""

    top: int
    color: UInt8[np.ndarray, "rows width 3"]
    alpha: UInt8[np.ndarray, "rows width 1"]


class LyricsOverlay:
    """Lyrics for frames of one size; a frame without text is returned as it is.

    `font_path` is the file of its font. Raises SettingsError when the font of the lyrics is not given, and
    for text that runs from right to left where Pillow cannot lay it out.
    """

    def __init__(self, lyrics: Lyrics, size: tuple[int, int], font: str | Path | None = None) -> None:
        self._lines, self._size = lyrics.lines, size
        self.font_path = path = font_path(lyrics, font)
        pixels = max(MIN_TEXT_PIXELS, round(TEXT_SHARE * min(size)))
        self._font = ImageFont.truetype(str(path), pixels)
        self._layer = lru_cache(maxsize=16)(self._draw_layer)
        _warn_of_missing_glyphs(lyrics, path)
        _check_layout(lyrics)

    def texts(self, t: float) -> tuple[str, ...]:
        """The lines at a moment in seconds, in the order in which they begin."""
        return tuple(
            text for begin, end, text in self._lines if begin - TIME_TOLERANCE <= t < end - TIME_TOLERANCE
        )

    def draw(self, frame: Frame, t: float) -> Frame:
        """A frame with the lines of a moment: a copy, or the frame itself where there are none."""
        texts = self.texts(t)
        if not texts:
            return frame
        layer = self._layer(texts)
        rows = slice(layer.top, layer.top + len(layer.color))
        alpha = layer.alpha.astype(np.uint16)
        below = frame[rows].astype(np.uint16) * (255 - alpha)
        result = frame.copy()
        result[rows] = (below + layer.color * alpha + 127) // 255
        return result

    def _draw_layer(self, texts: tuple[str, ...]) -> TextLayer:
        width, height = self._size
        ascent, descent = self._font.getmetrics()
        outline = max(1, round(OUTLINE_SHARE * self._font.size))
        step = ascent + descent + outline
        rows = [row for text in texts for row in self._wrapped(text)]
        rows = rows[-max(1, int(MAX_ROWS_SHARE * height / step)) :]
        image = Image.new("RGBA", (width, height))
        pen = ImageDraw.Draw(image)
        bottom = height - round(MARGIN_SHARE * height)
        for n, row in enumerate(reversed(rows)):
            pen.text(
                (width / 2, bottom - n * step), row, "white", self._font, "md",
                stroke_width=outline, stroke_fill="black",
            )  # fmt: skip
        pixels = np.asarray(image)
        inside = np.flatnonzero(pixels[..., 3].any(axis=1))
        top, last = (int(inside[0]), int(inside[-1])) if len(inside) else (0, 0)
        part = pixels[top : last + 1]
        return TextLayer(top, part[..., :3].copy(), part[..., 3:].copy())

    def _wrapped(self, text: str) -> list[str]:
        """Rows that fit into the frame; a word that is longer than a row is cut."""
        limit = MAX_WIDTH_SHARE * self._size[0]
        rows: list[str] = []
        for paragraph in text.split("\n"):
            row = ""
            for word in paragraph.split(" "):
                longer = f"{row} {word}".strip()
                if row and self._font.getlength(longer) > limit:
                    rows.append(row)
                    longer = word
                while self._font.getlength(longer) > limit and len(longer) > 1:
                    count = next(
                        n for n in range(len(longer), 0, -1) if self._fits(longer[:n], limit) or n == 1
                    )
                    rows.append(longer[:count])
                    longer = longer[count:]
                row = longer
            rows.append(row)
        return rows

    def _fits(self, text: str, limit: float) -> bool:
        return self._font.getlength(text) <= limit


def font_path(lyrics: Lyrics, font: str | Path | None) -> Path:
    """The file of the font of lyrics, checked by its hash. Raises SettingsError without it."""
    if lyrics.font is None:
        import matplotlib

        return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    if font is None or not Path(font).is_file() or sha256_of(Path(font)) != lyrics.font_sha256:
        raise SettingsError(
            f"the lyrics are drawn with the font {lyrics.font} (SHA-256 {str(lyrics.font_sha256)[:12]}...), "
            "which is not here; name it: --lyrics-font FILE"
        )
    return Path(font)


def _warn_of_missing_glyphs(lyrics: Lyrics, path: Path) -> None:
    from matplotlib.ft2font import FT2Font

    glyphs = FT2Font(str(path)).get_charmap()
    letters = dict.fromkeys(c for _, _, text in lyrics.lines for c in text if not c.isspace())
    missing = [c for c in letters if ord(c) not in glyphs]
    if missing:
        warn(
            f"the font {path.name} lacks {len(missing)} of the letters of {lyrics.name}, as in "
            f"{''.join(missing[:8])!r}; name another: --lyrics-font FILE"
        )


def _check_layout(lyrics: Lyrics) -> None:
    """Raise SettingsError for letters in an order that Pillow cannot draw here."""
    if features.check("raqm"):
        return
    letters = (letter for _, _, text in lyrics.lines for letter in text)
    if any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in letters):
        raise SettingsError(
            f"{lyrics.name} has text from right to left, for which Pillow needs Raqm; "
            "install Pillow from PyPI, or render without the lyrics"
        )
