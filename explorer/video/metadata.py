"""The comment of a video file (the recipe of a render), in ffmpeg's own text format.

A file and not the command line: Windows allows 32,767 characters there, recipes may be longer.
Format: https://ffmpeg.org/ffmpeg-formats.html#Metadata-2
"""

from __future__ import annotations

import re
from pathlib import Path

from explorer.files import write_bytes

HEADER = ";FFMETADATA1"


def write_comment(path: Path, comment: str) -> None:
    """An ffmetadata file that holds one comment, escaped.

    No line end follows it: after an escaped backslash ffmpeg would take that for an escaped one.
    """
    escaped = re.sub(r"([=;#\\\r\n])", r"\\\1", comment)
    write_bytes(path, f"{HEADER}\ncomment={escaped}".encode())


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
