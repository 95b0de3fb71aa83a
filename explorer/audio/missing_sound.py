"""What to say of a sound file that is not there: where it was searched, and which sound files are near."""

from __future__ import annotations

import difflib
import os
import re
from itertools import islice
from pathlib import Path

SOUND_SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma", ".caf",
)  # fmt: skip
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/+(?P<host>[^/]*)", re.IGNORECASE)  # C:/ is a drive
MAX_ENTRIES = 2_000  # of a folder that are looked at
MAX_NAMES = 4  # that are listed
MIN_SIMILARITY = 0.6


def missing_sound_text(path: Path) -> str:
    """One line: the folder that was searched, and the nearest sound files in it, above it and below it."""
    if match := ADDRESS.match(str(path)):
        address = str(path).replace(":/", "://", 1)  # a path has lost the second slash
        return (
            f"{address} is an address on the network ({match['host'] or match[0]}); explorer reads files: "
            "download it first, and name the file"
        )
    folder = path.absolute().parent
    if not folder.is_dir():
        existing = next(parent for parent in folder.parents if parent.is_dir())
        name = folder.relative_to(existing).parts[0]
        return f"there is no file {path.absolute()}; {existing} has no folder '{name}'"
    return f"there is no file {path.absolute()}; {_advice(path.name, folder)}"


def _advice(name: str, folder: Path) -> str:
    """The files that may be meant: of the same name nearby, of a similar name there, or all there."""
    here = _entries(folder, folders=False)
    subfolders = _entries(folder, folders=True)
    for place in (folder, folder.parent, *(folder / subfolder for subfolder in subfolders)):
        for other in _entries(place, folders=False):
            if other.casefold() == name.casefold():
                return f"did you mean {os.path.relpath(place / other, Path.cwd())}?"
    sounds = [other for other in here if other.lower().endswith(SOUND_SUFFIXES)]
    similar = difflib.get_close_matches(name, sounds, 1, MIN_SIMILARITY)
    if similar:
        return f"did you mean {os.path.relpath(folder / similar[0], Path.cwd())}?"
    if not sounds:
        return "it holds no sound files; give the folder too"
    more = f" and {len(sounds) - MAX_NAMES} more" if len(sounds) > MAX_NAMES else ""
    return f"sound files there: {', '.join(sounds[:MAX_NAMES])}{more}"


def _entries(folder: Path, *, folders: bool) -> list[str]:
    """The names of files or folders in a folder, hidden ones left out; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in islice(entries, MAX_ENTRIES)
                if not entry.name.startswith(".") and entry.is_dir() == folders
            )
    except OSError:
        return []
