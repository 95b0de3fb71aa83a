"""The metadata of a video file (comment with the recipe, title, chapters), in ffmpeg's own text format.

A file and not the command line: Windows allows 32,767 characters there, recipes may be longer.
Format: https://ffmpeg.org/ffmpeg-formats.html#Metadata-2
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.files import write_bytes

HEADER = ";FFMETADATA1"


MILLISECOND = "1/1000"


@dataclass(frozen=True)
class Chapter:
    """A part of a video with a name; seconds from the start of the file."""

    start: float
    end: float
    title: str


def write_metadata(path: Path, entries: Mapping[str, str], chapters: Sequence[Chapter] = ()) -> None:
    """An ffmetadata file that holds entries, escaped, and chapters.

    No line end follows the last one: after an escaped backslash ffmpeg would take that for an escaped one.
    """
    lines = [HEADER, *(f"{name}={_escaped(text)}" for name, text in entries.items())]
    for chapter in chapters:
        start, end = (round(1000 * seconds) for seconds in (chapter.start, chapter.end))
        lines += ["[CHAPTER]", f"TIMEBASE={MILLISECOND}", f"START={start}", f"END={end}"]
        lines.append(f"title={_escaped(chapter.title)}")
    write_bytes(path, "\n".join(lines).encode())


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\\r\n])", r"\\\1", text)


def parse(text: str) -> dict[str, str]:
    """The global entries of an ffmetadata text, unescaped, keys in lower case."""
    entries = {}
    for line in re.findall(r"(?:\\.|[^\\\n])+", text, re.DOTALL):
        if line.startswith("["):  # chapters and streams follow
            break
        entry = re.match(r"((?:\\.|[^\\=])*)=(.*)", line, re.DOTALL)
        if entry and not line.startswith((";", "#")):
            key, value = (re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in entry.groups())
            entries[key.lower()] = value
    return entries
