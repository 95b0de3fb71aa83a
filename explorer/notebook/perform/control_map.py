"""Which controller moves which setting: a small JSON file of the user's, the same for all panels."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from explorer import files
from explorer.errors import ReadError

FORMAT = 1


def control_map_path() -> Path:
    """$EXPLORER_CONTROLLERS, or `controllers.json` in the user's data folder."""
    named = os.environ.get("EXPLORER_CONTROLLERS")
    data = platformdirs.user_data_path("audio-feature-explorer")
    return Path(named).expanduser() if named else data / "controllers.json"


class ControlMap:
    """The settings by controller. A controller moves one setting; a setting may have several controllers."""

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}

    def load(self) -> None:
        """Read what earlier sessions kept, if anything. Raises ReadError for a damaged file."""
        path = control_map_path()
        if path.exists():
            self.settings = _read(path)

    def assign(self, controller: str, setting: str) -> None:
        """Let a controller move a setting from now on, in later sessions too. Raises OutputError."""
        self._write({**self.settings, controller: setting})

    def remove(self, controller: str) -> None:
        """Let a controller move nothing. Raises OutputError."""
        self._write({each: name for each, name in self.settings.items() if each != controller})

    def _write(self, settings: dict[str, str]) -> None:
        path = control_map_path()
        files.make_folder(path.parent)
        files.write_json(path, {"format": FORMAT, "controllers": settings})
        self.settings = settings


def _read(path: Path) -> dict[str, str]:
    """The settings of a file. Raises ReadError for one that is damaged."""
    settings = files.read_json(path).get("controllers")
    if not isinstance(settings, dict) or not all(isinstance(name, str) for name in settings.values()):
        raise ReadError(path, "this is no list of controllers; delete it to begin again")
    return dict(settings)
