"""Files that commands write where the user says: checked before any work, and new folders told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer import files
from explorer.cli.console import say
from explorer.errors import SettingsError

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".svg", ".pdf")


class Target:
    """A file that a command is going to write. Raises SettingsError when it could never be written.

    A folder that is missing is made, as ours are, and said by `done`: a name that is mistyped shows.
    """

    def __init__(self, flag: str, path: str | Path, kinds: tuple[str, ...] = ()) -> None:
        self.path = Path(path)
        if kinds and self.path.suffix.lower() not in kinds:
            raise SettingsError(f"{flag}: got {str(path)!r}; choose a name that ends in {', '.join(kinds)}")
        if not str(path):
            raise SettingsError(f"{flag}: got ''; give the name of a file")
        if self.path.is_dir():
            raise SettingsError(f"{flag}: {path} is a folder; name a file in it")
        if blocking := files.in_the_way(self.path):
            raise SettingsError(f"{flag}: {blocking} is a file and no folder; choose another name")
        self._new = None if self.path.parent.exists() else self.path.parent

    def done(self, told: str) -> None:
        """Say that it is written, and in which new folder."""
        say(f"{told:<11} {self.path}")
        if self._new:
            say(f"new folder  {self._new}")


def picture(flag: str, path: str | Path) -> Target:
    """A picture that is going to be drawn; its name says its kind."""
    return Target(flag, path, PICTURES)


def save(figure: Any, target: Target) -> None:
    """Write a matplotlib figure."""
    with files.atomic_path(target.path) as part:
        figure.savefig(part, format=target.path.suffix[1:].lower())
