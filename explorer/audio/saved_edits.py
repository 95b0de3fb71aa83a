"""Edits that a person saved: one file for each sound, by the hash of its content.

They lie in $EXPLORER_CACHE/edits, else in `edits` in the user's data folder, which no cleaning of caches
empties. An analysis uses them only when it is told to, with `edits="saved"`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs

from explorer.audio.edits import Edits
from explorer.errors import SettingsError
from explorer.files import is_file

SAVED = "saved"
ALLOWED = "edits of timeline.edits, the path of a file of edits, 'saved', or none"


def saved_path(sha256: str) -> Path:
    """The file of the saved edits of a sound with this content."""
    root = os.environ.get("EXPLORER_CACHE")
    data = platformdirs.user_data_path("audio-feature-explorer")
    return (Path(root) if root else data) / "edits" / f"{sha256[:40]}.json"


def load_saved(sha256: str) -> Edits | None:
    """The saved edits of a sound; None where there are none. Raises SettingsError for a damaged file."""
    path = saved_path(sha256)
    return Edits.load(path) if is_file(path) else None


def edits_of(value: Any, name: str, sha256: str) -> Edits | None:
    """The edits that `value` stands for: edits, their values, the path of a file, or 'saved'.

    `name` and `sha256` are those of the sound. Raises SettingsError for edits of another one, and for 'saved'
    where none are saved.
    """
    if value is None:
        return None
    if isinstance(value, str) and value == SAVED:
        edits = load_saved(sha256)
        if edits is None:
            raise SettingsError(f"no edits of {name} are saved; make some with timeline({name!r}), and Save")
    elif isinstance(value, Edits):
        edits = value
    elif isinstance(value, dict):
        edits = Edits.of_values(value, "edits")
    elif isinstance(value, str | Path):
        edits = Edits.load(value)
    else:
        raise SettingsError(f"edits: got {str(value)[:60]!r}; give {ALLOWED}")
    edits.check_sound(name, sha256)
    return edits or None


def with_edits(settings: Mapping[str, Any], name: str, sha256: str) -> dict[str, Any]:
    """Settings of an analysis whose edits, if there are any, are those of this sound: see `edits_of`."""
    if settings.get("edits") is None:
        return {**settings}
    return {**settings, "edits": edits_of(settings["edits"], name, sha256)}
