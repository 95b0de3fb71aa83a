"""The lyrics of a recipe: lines with their times, read from a file, and which font draws them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Self

from pydantic import field_validator

from explorer.errors import ReadError, SettingsError
from explorer.files import is_plain_name, read_bytes, sha256_of
from explorer.formatting import size_text
from explorer.settings import Settings
from explorer.video.lyrics.lrc import Line, parse_lrc

SUBTITLE_SUFFIXES = (".srt", ".vtt", ".ass", ".ssa")
FONT_SUFFIXES = (".ttf", ".otf", ".ttc")
MAX_LYRICS_BYTES = 2_000_000
MAX_LINES = 20_000
MAX_LINE_CHARACTERS = 1000
LYRICS_HINT = f"give a .lrc, or one of {', '.join(SUBTITLE_SUFFIXES)}"


class Lyrics(Settings):
    """Lines of text over a video: begin and end in seconds of the sound, and the text.

    `font` is the name of a font file and `font_sha256` the hash of its bytes; without them the font is
    DejaVu Sans, which comes with Matplotlib.
    """

    name: str
    lines: tuple[Line, ...]
    font: str | None = None
    font_sha256: str | None = None

    @field_validator("name", "font")
    @classmethod
    def _is_plain(cls, name: str | None) -> str | None:
        if name is not None and not is_plain_name(name):
            raise ValueError(f"got {name[:100]!r}; allowed: the name of a file, without folders")
        return name

    @field_validator("lines")
    @classmethod
    def _check_lines(cls, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        if len(lines) > MAX_LINES:
            raise ValueError(f"got {len(lines)} lines; allowed: {MAX_LINES}")
        for begin, end, text in lines:
            if not 0 <= begin <= end < math.inf or len(text) > MAX_LINE_CHARACTERS:
                raise ValueError(
                    f"got the line {text[:40]!r} from {begin} to {end} s; allowed: an end after its begin, "
                    f"and up to {MAX_LINE_CHARACTERS} characters"
                )
        return lines

    @classmethod
    def of_file(cls, path: str | Path, font: str | Path | None = None) -> Self:
        """The lyrics in a file, and a font file. Raises SettingsError for what cannot be read."""
        path = Path(path)
        lines = _lines_of(path)
        if not lines:
            raise SettingsError(
                f"{path.name} holds no line with a time; a line of a .lrc is [01:23.45]text, and of a .srt "
                "00:01:23,450 --> 00:01:25,000 with the text below"
            )
        if font is None:
            return cls(name=path.name, lines=tuple(lines))
        check_font(Path(font))
        return cls(
            name=path.name, lines=tuple(lines), font=Path(font).name, font_sha256=sha256_of(Path(font))
        )


def check_font(path: Path) -> None:
    """Raise SettingsError unless a file is a font."""
    from PIL import ImageFont

    try:
        ImageFont.truetype(str(path), 16)
    except OSError:
        problem = "is no font that can be read" if path.is_file() else "does not exist"
        raise SettingsError(f"the font {path} {problem}; give one of {', '.join(FONT_SUFFIXES)}") from None


def _lines_of(path: Path) -> list[Line]:
    suffix = path.suffix.lower()
    if suffix != ".lrc" and suffix not in SUBTITLE_SUFFIXES:
        raise SettingsError(f"lyrics: got {path.name}; {LYRICS_HINT}")
    text = _text_of(path)
    lines = parse_lrc(text) if suffix == ".lrc" else _subtitles(text, path)
    plain = ((begin, end, _printable(words)) for begin, end, words in lines)
    return [line for line in plain if line[2]]


def _text_of(path: Path) -> str:
    """The text of a file in UTF-8, or UTF-16 with its mark."""
    try:
        data = read_bytes(path)
    except ReadError as error:
        raise SettingsError(f"cannot read the lyrics {path}: {error.reason}") from None
    if len(data) > MAX_LYRICS_BYTES:
        raise SettingsError(
            f"the lyrics {path.name} have {size_text(len(data))}; allowed: {size_text(MAX_LYRICS_BYTES)}"
        )
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"the lyrics {path.name} are not UTF-8; save them as UTF-8 text") from None


def _subtitles(text: str, path: Path) -> list[Line]:
    try:
        import pysubs2
    except ImportError:
        raise SettingsError(
            f"reading {path.suffix} needs pysubs2: python -m pip install pysubs2; a .lrc needs nothing more"
        ) from None
    try:
        events = pysubs2.SSAFile.from_string(text).events
    except Exception as error:  # of any kind, from a file of any kind
        reason = " ".join(str(error).split())[:100]
        raise SettingsError(f"{path.name} holds no subtitles that can be read ({reason})") from None
    cues = sorted((event for event in events if not event.is_comment), key=lambda event: event.start)
    return [
        (max(0, event.start) / 1000, max(0, event.start, event.end) / 1000, event.plaintext) for event in cues
    ]


def _printable(text: str) -> str:
    """Text without control characters, rows of it without spaces around."""
    rows = ("".join(c for c in row if c.isprintable() or c == "\u200d").strip() for row in text.splitlines())
    return "\n".join(filter(None, rows))
