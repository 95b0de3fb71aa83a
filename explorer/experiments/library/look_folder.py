"""The user's looks: one JSON file each in a folder that can be copied, shared and versioned.

The folder is $EXPLORER_LOOKS, else `looks` in the user's data folder. A look is found by the name in its
file, whatever the file is called; files that others put there are read like any other.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs

from explorer import files
from explorer.errors import ExplorerError, OutputError, ReadError, SettingsError
from explorer.experiments.library.look import Look, look_name
from explorer.fields import FieldSettings, registry
from explorer.fields.presets import LOOKS, look_of, without_seed
from explorer.fields.sketch.presets import sketch_names

SUFFIX = ".json"
MAX_LOOKS = 5_000  # files of the folder that are read
MAX_STEM_CHARACTERS = 60
RESERVED_NAMES = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)\d", re.IGNORECASE)  # on Windows


def looks_folder() -> Path:
    """$EXPLORER_LOOKS, or `looks` in the user's data folder. Raises OutputError for a file."""
    named = os.environ.get("EXPLORER_LOOKS")
    data = platformdirs.user_data_path("audio-feature-explorer")
    root = Path(named).expanduser() if named else data / "looks"
    if root.is_file():
        raise OutputError(f"{root} is a file; set EXPLORER_LOOKS to a folder")
    return root


def file_stem(name: str) -> str:
    """The name of the file of a look: lower-case ASCII, and a hash where that is not the name itself."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_STEM_CHARACTERS].strip("-")
    if stem == name and not RESERVED_NAMES.fullmatch(stem):
        return stem
    return f"{stem or 'look'}-{hashlib.sha256(_key(name).encode()).hexdigest()[:8]}"


def own_looks() -> Iterator[tuple[Path, Look | ExplorerError]]:
    """Every file of the folder in alphabetical order: its look, or what is wrong with it."""
    paths = sorted(looks_folder().glob(f"*{SUFFIX}"))[:MAX_LOOKS]
    for path in paths:
        try:
            status = files.path_within(path.parent, path.name).stat()
            classes = frozenset(registry.custom_kinds().values())
            yield path, _cached_look(path, status.st_mtime_ns, status.st_size, classes)
        except OSError as error:
            yield path, ReadError(path, str(error))
        except ExplorerError as error:
            yield path, error


@lru_cache(maxsize=1000)
def _cached_look(path: Path, mtime_ns: int, size: int, classes: frozenset[type]) -> Look:
    """The look in a file as long as that and the user's classes are not changed: panels ask often."""
    return read_look(path)


def find_own(name: str) -> tuple[Path, Look] | None:
    """The user's look of this name, whatever its capitals, and its file; None where there is none."""
    if not isinstance(name, str) or not name.strip():
        return None
    for path, look in own_looks():
        if isinstance(look, Look) and _key(look.name) == _key(name):
            return path, look
    return None


def check_readable(name: str) -> None:
    """Raise what is wrong with the file of a look of this name, where it cannot be read."""
    for path, look in own_looks():
        if isinstance(look, ExplorerError) and path.stem == file_stem(name):
            raise look


def own_names() -> dict[str, str]:
    """The names of the user's looks by their settings without the seed; see `presets.look_of`."""
    looks = [look for _, look in own_looks() if isinstance(look, Look)]
    return {without_seed(look.field.model_dump(mode="json")): look.name for look in looks}


def name_of(settings: Mapping[str, Any], own: Mapping[str, str] | None = None) -> str | None:
    """The name of the look with the settings of a field (as JSON): one that ships, else the user's.

    `own` are `own_names`, for callers with many fields.
    """
    return look_of(settings) or (own_names() if own is None else own).get(without_seed(settings))


def field_words(field: FieldSettings) -> str:
    """The kind of a field and the name of its look, if it has one."""
    name = name_of(field.model_dump(mode="json"))
    return f"{registry.kind_label(field.kind)}{f', look {name}' if name else ''}"


def listed_name(name: str) -> str:
    """The name that runs of a look have: one of the user's may be a look that ships, unchanged."""
    own = find_own(name)
    return (name_of(own[1].field.model_dump(mode="json")) or name) if own else name


def _shipped_names() -> list[str]:
    return [*(name for presets in LOOKS.values() for name in presets), *sketch_names()]


def read_look(path: Path) -> Look:
    """The look in a JSON file. Raises SettingsError, ReadError for what is no JSON."""
    return Look.of_values(files.read_json(path), path.name)


def store(look: Look, overwrite: bool = False) -> Path:
    """Write a look into the folder; the same look again is left as it is.

    Raises SettingsError for the name of a look that ships, and of another look unless `overwrite`.
    """
    if any(_key(look.name) == _key(name) for name in _shipped_names()):
        raise SettingsError(f"'{look.name}' is a look that ships; choose another name")
    existing = find_own(look.name)
    if existing and existing[1] == look:
        return existing[0]
    if existing and not overwrite:
        raise SettingsError(
            f"there is another look '{existing[1].name}' already; choose another name, or overwrite it "
            "(overwrite=True, --overwrite)"
        )
    path = existing[0] if existing else looks_folder() / (file_stem(look.name) + SUFFIX)
    if not existing and path.exists():  # a damaged file, or one of another look
        raise SettingsError(
            f"{path} exists and is not the look '{look.name}'; move it, or choose another name"
        )
    files.write_json(path, look.to_dict())
    return path


def remove(name: str) -> Path:
    """Delete the file of a look of the user. Raises SettingsError when there is none."""
    own = find_own(look_name(name))
    if own is None:
        ships = name in _shipped_names()
        reason = "is a look that ships and stays" if ships else f"is no look in {looks_folder()}"
        raise SettingsError(f"'{name}' {reason}; see: explorer look list")
    try:
        own[0].unlink()
    except OSError as error:
        raise files.write_error(own[0], error) from error
    return own[0]


def _key(name: str) -> str:
    """What two names of one look have in common: capitals and composed characters do not count."""
    return unicodedata.normalize("NFC", name).strip().casefold()
